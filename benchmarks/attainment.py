"""Synthetic attainment against what is published of each authority: counts of judgements, made without files.

``python -m benchmarks.attainment`` prints the section of the page that ``make verify`` writes, and ends with 1 where a
promise is not kept.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.settings import PROJECT_DIR
from orchestration.synthetic import generate_pupils_only
from orchestration.synthetic.world.attainment.levels import (
    EXPECTED,
    LITERACY,
    NUMERACY,
    Levels,
    levels_of_year,
)
from orchestration.synthetic.world.attainment.published_levels import ORGANISERS, aims
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES, read_seed

SEEDS = PROJECT_DIR / "seeds"
AUTHORITIES = ("Clackmannanshire", "Highland", "Glasgow City", "Orkney Islands")
YEAR = "2024/25"
POOLED = tuple(STAGES.index(stage) for stage in ("P1", "P4", "P7"))
WITHIN, GAP_WITHIN, QUINTILE_WITHIN, LARGE_COHORT, GAELIC_WITHIN = 1.0, 2.0, 3.0, 100, 5
_POSITION = np.array([0, 1, 2, 3, 4, 5, 0, 6, -1])  # of each level; -1 is in no cohort
Promise = tuple[str, str, bool]


@dataclass(frozen=True)
class Cohort:
    """Pupils with a judgement and whether they achieved, by position of each among the people."""

    person: NDArray[np.int64]
    achieved: NDArray[np.bool_]

    def share(self, which: NDArray[np.bool_] | None = None) -> float:
        """Percent that achieved, of all or of some."""
        chosen = self.achieved if which is None else self.achieved[which]
        return 100 * float(chosen.mean()) if len(chosen) else float("nan")


def cohorts(levels: Levels, stage: int, expected: int | None = None) -> dict[str, Cohort]:
    """Cohorts of a stage in English by organiser, and of literacy: who has a judgement in all three.

    ``expected`` is the position of the level to achieve where it is not that of the stage.
    """
    expected = EXPECTED[stage] if expected is None else expected
    position = _POSITION[levels.level]
    here = (levels.stage == stage) & (levels.language == 0) & (position >= 0)
    found = {}
    for organiser in (*LITERACY, NUMERACY):
        rows = np.flatnonzero(here & (levels.organiser == organiser))
        found[ORGANISERS[organiser]] = Cohort(levels.person[rows], position[rows] >= expected)
    parts = [found[ORGANISERS[organiser]] for organiser in LITERACY]
    everybody = np.unique(np.concatenate([part.person for part in parts]))
    judged = np.all([np.isin(everybody, part.person) for part in parts], axis=0)
    reached = np.all([np.isin(everybody, part.person[part.achieved]) for part in parts], axis=0)
    found["literacy"] = Cohort(everybody[judged], reached[judged])
    return found


def pooled(levels: Levels, organiser: str) -> Cohort:
    """The pupils of P1, P4 and P7 together."""
    parts = [cohorts(levels, stage)[organiser] for stage in POOLED]
    return Cohort(np.concatenate([one.person for one in parts]), np.concatenate([one.achieved for one in parts]))


def compare(world: YearWorld) -> Iterator[tuple[str, Promise]]:
    """A row of the table and the promise it stands for, for each figure of an authority."""
    levels, name, code = levels_of_year(world), world.authority.name, world.authority.code
    quintile = world.people.quintile
    published = aims(SEEDS, code, world.start, "P1P4P7")
    for organiser in ("literacy", "numeracy"):
        one, aim = pooled(levels, organiser), published[organiser]
        found, told = one.share(), 100 * aim.share
        text = f"{organiser} of P1, P4 and P7, {name}: within {WITHIN:.0f} point of its own"
        yield _row(name, f"{organiser}, pooled", len(one.person), found, told), _promise(text, found, told, WITHIN)
        ends = [one.share(quintile[one.person] == end) for end in (0, 4)]
        if _has_most_deprived(code):
            found, told = ends[1] - ends[0], 100 * (aim.by_quintile[4] - aim.by_quintile[0])
            text = f"gap in {organiser}, {name}: within {GAP_WITHIN:.0f} points of its own"
            yield _row(name, f"{organiser}, gap", len(one.person), found, told), _promise(text, found, told, GAP_WITHIN)
    for stage in EXPECTED:
        yield from _of_stage(world, levels, stage)
    yield _gaelic(world, levels)


def _of_stage(world: YearWorld, levels: Levels, stage: int) -> Iterator[tuple[str, Promise]]:
    name, quintile = world.authority.name, world.people.quintile
    here = cohorts(levels, stage)
    published = "S3_third" if STAGES[stage] == "S3" else STAGES[stage]
    rows = _published_row(world.authority.code, published)
    worst, cells = 0.0, 0
    for organiser, one in here.items():
        for group in range(5):
            which = quintile[one.person] == group
            told = rows[organiser][f"percent_{group + 1}"]
            if int(which.sum()) >= LARGE_COHORT and told.replace(".", "").isdigit():
                worst, cells = max(worst, abs(one.share(which) - float(told))), cells + 1
    text = (
        f"{published} by organiser and quintile, {name}: cohorts of {LARGE_COHORT} or more within {QUINTILE_WITHIN:.0f}"
    )
    shown = f"{worst:.2f} at worst of {cells} cells"
    row = f"| {name} | {published} by organiser and quintile, largest difference | {cells} cells | {worst:.2f} | |"
    yield row, (text, shown, worst <= QUINTILE_WITHIN)
    smallest = min(len(here[organiser].person) for organiser in ORGANISERS[:3])
    text = f"cohort of literacy, {published}, {name}: not above the smallest organiser"
    size = len(here["literacy"].person)
    row = f"| {name} | {published}, cohort of literacy and smallest organiser | | {size:,} | {smallest:,} |"
    yield row, (text, f"{size} and {smallest}", size <= smallest)


def _gaelic(world: YearWorld, levels: Levels) -> tuple[str, Promise]:
    """P4 pupils with numeracy and no English reading, against those in Gaelic medium education, and the published."""
    p4, name = STAGES.index("P4"), world.authority.name
    at_p4 = levels.stage == p4
    gaelic = np.unique(levels.person[at_p4 & (levels.language == 1)])
    rows = _published_row(world.authority.code, "P4")
    told = int(rows["numeracy"]["cohort"]) - int(rows["reading"]["cohort"])
    row = f"| {name} | P4 in Gaelic medium education | | {len(gaelic):,} | {told:,} |"
    text = f"P4 numeracy cohort less reading cohort, {name}: within {GAELIC_WITHIN} of the published"
    return row, (text, f"{len(gaelic)} and {told}", abs(len(gaelic) - told) <= GAELIC_WITHIN)


def _published_row(code: str, stage: str) -> dict[str, dict[str, str]]:
    return {
        row["organiser"]: row
        for row in read_seed(SEEDS, "published_levels")
        if (row["area_code"], row["academic_year"], row["stage"]) == (code, YEAR, stage)
    }


def _has_most_deprived(code: str) -> bool:
    return any(row["local_authority_code"] == code and row["quintile"] == "1" for row in read_seed(SEEDS, "data_zones"))


def _row(name: str, what: str, pupils: int, found: float, told: float) -> str:
    return f"| {name} | {what} | {pupils:,} | {found:.2f} | {told:.2f} |"


def _promise(text: str, found: float, told: float, within: float) -> Promise:
    return text, f"{found:.2f} and {told:.2f}", abs(found - told) <= within


def section(authorities: tuple[str, ...] = AUTHORITIES, seeds: Path = SEEDS) -> tuple[list[str], list[Promise]]:
    """Lines of the table, and the promises."""
    lines = ["| authority | figure, 2024/25 | pupils | found | published |", "|---|---|---|---|---|"]
    promises: list[Promise] = []
    for world in generate_pupils_only(seeds, authorities, (YEAR,)):
        for row, promise in compare(world):
            lines.append(row)
            promises.append(promise)
    return lines, promises


def tell(lines: list[str], promises: list[Promise]) -> int:
    """Print a table and its promises; the exit code is 1 where one is not kept."""
    print("\n".join(lines))
    for text, found, kept in promises:
        print(f"{'kept    ' if kept else 'NOT KEPT'} {text}: {found}")
    return 0 if all(kept for _, _, kept in promises) else 1


if __name__ == "__main__":
    sys.exit(tell(*section()))
