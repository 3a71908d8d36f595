"""Thresholds of disclosure control, read from ``thresholds.yml`` beside this file (RULES 33, 37, 44)."""

from pathlib import Path
from typing import Any

from orchestration.yaml_files import read_yaml

_KNOWN: dict[str, Any] = read_yaml(Path(__file__).with_suffix(".yml"))

SMALL: int = _KNOWN["small"]
"""Fewer pupils than this are never shown, and no bound on a hidden cell may say "fewer than this"."""
BUFFER: int = _KNOWN["buffer"]
"""A row that was never shown is hidden below this, so that it need not be hidden when a pupil leaves."""
FEW_SCHOOLS: int = _KNOWN["few_schools"]
"""Fewer schools than this in a sector: what one of them hides, the others could work out."""
OTHERS_AT_LEAST: int = _KNOWN["others_at_least"]
"""Schools that a cluster's average of the others stands on, at least."""
BREAKDOWNS_FROM: int = _KNOWN["breakdowns_from"]
"""A school with fewer pupils has no breakdown in what a subject declares."""
SMALL_COHORT: int = _KNOWN["small_cohort"]
"""Results of a cohort of so many pupils or fewer are not shown."""
REFRESHED_AFTER: frozenset[int] = frozenset(_KNOWN["refreshed_after_months"])
"""Months of the year at whose end closed weeks and months may change."""
FINAL_ON: tuple[int, int] = (int(_KNOWN["final_on"][:2]), int(_KNOWN["final_on"][3:]))
"""Month and day from which a year that is over may change at any time."""
HISTORY_DAYS: int = _KNOWN["history_days"]
"""Days for which a row that gave way to another is kept where it stood at no end of a month."""
