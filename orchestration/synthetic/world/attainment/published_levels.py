"""Published shares of pupils who achieve a level, by authority, year, stage and deprivation: what is aimed at."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.hidden import largest_remainders
from orchestration.synthetic.world.published import QUINTILES, Row, read_seed

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SCOTLAND = "S92000003"
ORGANISERS = ("reading", "writing", "listening_and_talking", "numeracy")
MEASURED = (*ORGANISERS, "literacy")
_COLUMNS = tuple(f"percent_{group}" for group in (1, 2, 3, 4, 5, "unknown"))
_FIRST, _LAST = 2016, 2024  # academic years that are published
_NOT_COLLECTED = 2019


@dataclass(frozen=True)
class Aim:
    """Share that achieves a level: of all, and by quintile (the last: no data zone); pupils in the published cohort."""

    share: float
    by_quintile: Floats
    cohort: int

    def counts(self, pupils: Ints) -> Ints:
        """How many achieve in each quintile of so many pupils.

        The total is the published share; quintiles keep their differences on the logit scale.
        """
        total = round(self.share * int(pupils.sum()))
        logit = np.log(self.by_quintile / (1 - self.by_quintile))
        low, high = -6.0, 6.0
        wanted = np.zeros(QUINTILES)
        for _ in range(40):
            middle = (low + high) / 2
            wanted = pupils / (1 + np.exp(-(logit + middle)))
            low, high = (middle, high) if wanted.sum() < total else (low, middle)
        if not total:
            return np.zeros(QUINTILES, dtype=np.int64)
        return np.minimum(largest_remainders(wanted + 1e-9 * (pupils > 0), total), pupils)


def published_year(start: int) -> int | None:
    """The published year that an academic year is made after; None where no levels were collected."""
    return None if start == _NOT_COLLECTED else min(max(start, _FIRST), _LAST)


def aims(seeds: Path, authority: str, start: int, stage: str) -> dict[str, Aim]:
    """Aims by organiser, and for literacy, at a published stage such as ``P4`` or ``S3_fourth``.

    None for a year in which levels were not collected.
    """
    year = published_year(start)
    rows = _rows(seeds).get((authority, year_name(year), stage)) if year is not None else None
    if not rows:
        return {}
    scotland = _rows(seeds)[SCOTLAND, year_name(year or 0), stage]
    return {organiser: _aim(rows[organiser], scotland[organiser]) for organiser in MEASURED}


def gaelic_aims(seeds: Path, stage: str, language: str) -> dict[str, float]:
    """Shares of pupils in Gaelic medium education who achieve the level of a stage, by organiser; Scotland 2024/25."""
    return {
        row["organiser"]: float(row["percent"]) / 100
        for row in read_seed(seeds, "published_level_shares")
        if (row["pupil_group"], row["stage"], row["language"]) == ("gaelic_medium", stage, language)
    }


def special_levels(seeds: Path, organiser: str) -> dict[str, float]:
    """Shares of pupils of special schools at each level of an organiser; Scotland 2024/25."""
    found = {
        row["level"]: float(row["percent"])
        for row in read_seed(seeds, "published_level_shares")
        if (row["pupil_group"], row["organiser"]) == ("special_school", organiser)
    }
    return {level: percent / sum(found.values()) for level, percent in found.items()}


@lru_cache(maxsize=2)
def _rows(seeds: Path) -> dict[tuple[str, str, str], dict[str, Row]]:
    found: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in read_seed(seeds, "published_levels"):
        found.setdefault((row["area_code"], row["academic_year"], row["stage"]), {})[row["organiser"]] = row
    return found


def _aim(row: Row, scotland: Row) -> Aim:
    share = _share(row["percent"])
    national = _share(scotland["percent"])
    if share is None or national is None:
        raise ValueError(f"No share of all pupils is published for {row['area_code']} {row['academic_year']}.")
    by_quintile = []
    for column in _COLUMNS:
        own, other = _share(row[column]), _share(scotland[column])
        # hidden: as far from the authority's total as Scotland's quintile is from Scotland's
        by_quintile.append(own if own is not None else share + (other - national if other is not None else -0.1))
    cohort = int(float(row["cohort"])) if row["cohort"] else 0
    return Aim(share, np.clip(np.array(by_quintile), 0.03, 0.985), cohort)


def _share(text: str) -> float | None:
    """A percentage as a share; the middle of a band; None where it is hidden or not there."""
    numbers = [float(number) for number in re.findall(r"[0-9.]+", text)]
    return sum(numbers) / len(numbers) / 100 if numbers else None
