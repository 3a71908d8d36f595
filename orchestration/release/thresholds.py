"""Thresholds of disclosure control, read from ``thresholds.yml`` beside this file (RULES 33, 37)."""

from pathlib import Path

import yaml

_NUMBERS: dict[str, int] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))

SMALL = _NUMBERS["small"]
"""Fewer pupils than this are never shown, and no bound on a hidden cell may say "fewer than this"."""
BUFFER = _NUMBERS["buffer"]
"""A row that was never shown is hidden below this, so that it need not be hidden when a pupil leaves."""
FEW_SCHOOLS = _NUMBERS["few_schools"]
"""Fewer schools than this in a sector: what one of them hides, the others could work out."""
OTHERS_AT_LEAST = _NUMBERS["others_at_least"]
"""Schools that a cluster's average of the others stands on, at least."""
BREAKDOWNS_FROM = _NUMBERS["breakdowns_from"]
"""A school with fewer pupils has no breakdown in what a subject declares."""
SMALL_COHORT = _NUMBERS["small_cohort"]
"""Results of a cohort of so many pupils or fewer are not shown."""
