"""Synthetic attainment of all 32 authorities together against what is published of Scotland, without files.

``python -m benchmarks.scotland`` prints the section of the page that ``make verify`` writes. Levels are those of the
latest return; leavers those of the year before it, whose awards of all their years count by latest and best.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.attainment import SEEDS, YEAR, Cohort, Promise, cohorts, pooled, tell
from orchestration.synthetic import generate_pupils_only
from orchestration.synthetic.world.attainment.leavers import POSITIVE, Leavers
from orchestration.synthetic.world.attainment.levels import Levels
from orchestration.synthetic.world.attainment.results import GRADES, GROUPS, SUBJECTS, TYPES, Results
from orchestration.synthetic.world.attainment.year import Attainment
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES, read_seed

SCOTLAND = "S92000003"
YEARS = (YEAR, "2025/26")  # who has left a year is known in the next
S3, FOURTH = STAGES.index("S3"), 5
WITHIN, GAP_WITHIN, OF_SCHOOL, SCHOOLS, LARGE_SCHOOL = 1.0, 2.0, 5.0, 0.9, 20
# Percent of leavers, the latest year given: Summary statistics for attainment and initial leaver destinations, editions
# of 2025 and 2026. Those with one or more at 6, or in All SCQF, and gaps are of 2023/24.
LEAVERS: dict[str, tuple[float, float | None]] = {
    "positive initial destination": (95.7, 4.3),
    "National Qualifications, 1 or more at 4": (94.8, 7.3),
    "National Qualifications, 1 or more at 5": (84.1, 22.7),
    "National Qualifications, 1 or more at 6": (57.4, None),
    "All SCQF, 1 or more at 5": (87.4, None),
    "All SCQF, 1 or more at 6": (66.5, None),
    "All SCQF, 5 or more at 4": (84.3, None),
    "All SCQF, 5 or more at 5": (68.6, None),
    "All SCQF, 5 or more at 6": (40.8, None),
}
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass
class Tally:
    """Persons and those of them who are in a figure: of all, of the most and of the least deprived fifth."""

    counts: Ints = field(default_factory=lambda: np.zeros((3, 2), dtype=np.int64))

    def add(self, quintile: Ints, is_in: Flags) -> None:
        """Count more persons, by the fifth of their area (0 to 4)."""
        for row, which in enumerate((quintile >= -1, quintile == 0, quintile == 4)):
            self.counts[row] += (which.sum(), is_in[which].sum())

    @property
    def share(self) -> float:
        """Percent of all."""
        return float(100 * self.counts[0, 1] / self.counts[0, 0])

    @property
    def gap(self) -> float:
        """Percent of the least deprived less that of the most deprived fifth, in points."""
        most, least = (100 * self.counts[row, 1] / self.counts[row, 0] for row in (1, 2))
        return float(least - most)


@dataclass
class Scotland:
    """Figures of all authorities together, and by school the leavers and those of them with five or more at SCQF 6."""

    levels: dict[str, Tally] = field(default_factory=dict)
    leavers: dict[str, Tally] = field(default_factory=dict)
    schools: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add_levels(self, world: YearWorld, levels: Levels) -> None:
        """Judgements of one authority's return."""
        for organiser in ("literacy", "numeracy"):
            self._add(f"P1P4P7 {organiser}", world, pooled(levels, organiser))
            for stage in ("P1", "P4", "P7"):
                self._add(f"{stage} {organiser}", world, cohorts(levels, STAGES.index(stage))[organiser])
            self._add(f"S3_third {organiser}", world, cohorts(levels, S3)[organiser])
            self._add(f"S3_fourth {organiser}", world, cohorts(levels, S3, FOURTH)[organiser])

    def _add(self, name: str, world: YearWorld, cohort: Cohort) -> None:
        self.levels.setdefault(name, Tally()).add(world.people.quintile[cohort.person], cohort.achieved)

    def add_leavers(self, world: YearWorld, leavers: Leavers, results: Results) -> None:
        """Leavers of mainstream schools of one authority, with all that they have ever taken."""
        is_mainstream = leavers.stage < len(STAGES) - 1
        who, department = leavers.person[is_mainstream], leavers.department[is_mainstream]
        quintile = world.people.quintile[who]
        figures = {"positive initial destination": leavers.initial[is_mainstream] < POSITIVE}
        national, every = awards(results)
        for level in (4, 5, 6):
            figures[f"National Qualifications, 1 or more at {level}"] = subjects_at(results, national, level, who) >= 1
            number = subjects_at(results, every, level, who)
            figures[f"All SCQF, 1 or more at {level}"] = number >= 1
            figures[f"All SCQF, 5 or more at {level}"] = number >= 5
        for name, is_in in figures.items():
            self.leavers.setdefault(name, Tally()).add(quintile, is_in)
        five = figures["All SCQF, 5 or more at 6"]
        for number, school in enumerate(world.schools):
            here = department == number
            if here.any():
                before = self.schools.get(school.seed_code, (0, 0))
                self.schools[school.seed_code] = before[0] + int(here.sum()), before[1] + int(five[here].sum())


def awards(results: Results) -> tuple[Ints, Ints]:
    """Level at which each course counts in National Qualifications and in All SCQF; 0 where it does not."""
    types = {row["award_type"]: row for row in read_seed(SEEDS, "award_types")}
    grades = {row["grade"]: row for row in read_seed(SEEDS, "award_grades")}
    is_award = np.array([grades[grade]["is_award"] == "true" for grade in GRADES])[results.grade]
    lower = np.array([int(grades[grade]["levels_lower_in_national_qualifications"]) for grade in GRADES])[results.grade]
    counts = {
        kind: is_award & np.array([types[name][f"counts_in_{kind}"] == "true" for name in TYPES])[results.award]
        for kind in ("national_qualifications", "all_scqf")
    }
    national = np.where(counts["national_qualifications"], results.level - lower, 0)
    return national, np.where(counts["all_scqf"] & (results.level >= 3), results.level, 0)


def subjects_at(results: Results, level_of: Ints, level: int, who: Ints) -> Ints:
    """Number of subjects in which each of these persons has an award at a level or better."""
    subject = np.array([SUBJECTS.index(GROUPS.get(name, name)) for name in SUBJECTS])[results.subject]
    enough = level_of >= level
    found = np.unique(np.stack([results.person[enough], subject[enough]]), axis=1)[0]
    person, number = np.unique(found, return_counts=True)
    at = np.searchsorted(person, who)
    has_any = (at < len(person)) & (person[np.minimum(at, len(person) - 1)] == who) if len(person) else at < 0
    return np.where(has_any, number[np.minimum(at, len(number) - 1)] if len(number) else 0, 0)


def measured(authorities: tuple[str, ...] = ("all",)) -> Scotland:
    """All authorities, one after another, from the generator's pupils without files."""
    found = Scotland()
    attainment, taken = Attainment(), list[Results]()
    for world in generate_pupils_only(SEEDS, authorities, YEARS):
        if world.academic_year == YEAR:
            attainment, taken = Attainment(), []
        year = attainment.year(world, is_tracked=False)
        taken += year.results.values()
        if world.academic_year == YEAR:
            found.add_levels(world, year.levels)
        elif year.leavers is not None:
            found.add_leavers(world, year.leavers, _together(taken))
    return found


def _together(parts: list[Results]) -> Results:
    """All years' results: a course that is taken again is there twice."""
    names = Results.__dataclass_fields__
    return Results(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _published_levels() -> Mapping[str, tuple[float, float]]:
    """Percent and gap of Scotland by stage and organiser."""
    return {
        f"{row['stage']} {row['organiser']}": (
            float(row["percent"]),
            float(row["percent_5"]) - float(row["percent_1"]),
        )
        for row in read_seed(SEEDS, "published_levels")
        if row["area_code"] == SCOTLAND and row["academic_year"] == YEAR and row["percent_1"] and row["percent_5"]
    }


def compare(found: Scotland) -> Iterator[tuple[str, Promise]]:
    """A row of the table and the promise it stands for, for each figure."""
    published: dict[str, tuple[float, float | None]] = {**_published_levels()}
    for tallies, told_of in ((found.levels, published), (found.leavers, LEAVERS)):
        for name, tally in tallies.items():
            if name not in told_of:
                continue
            told, gap = told_of[name]
            yield _figure(name, tally.counts[0, 0], tally.share, told, WITHIN)
            if gap is not None:
                yield _figure(f"{name}, gap", tally.counts[0, 0], tally.gap, gap, GAP_WITHIN)
    for level in (5, 6):
        national = found.leavers[f"National Qualifications, 1 or more at {level}"].share
        every = found.leavers[f"All SCQF, 1 or more at {level}"].share
        text = f"National Qualifications below All SCQF at {level}, all 32 authorities"
        yield "", (text, f"{national:.1f} and {every:.1f}", national < every)
    yield _of_schools(found)


def _figure(name: str, pupils: int, found: float, told: float, within: float) -> tuple[str, Promise]:
    row = f"| {name} | {pupils:,} | {found:.1f} | {told:.1f} | {found - told:+.1f} |"
    text = f"{name}, all 32 authorities: within {within:.0f} of {told:.1f}"
    return row, (text, f"{found:.2f}", abs(found - told) <= within)


def _of_schools(found: Scotland) -> tuple[str, Promise]:
    told = {
        int(row["seed_code"]): float(row["percent_of_leavers"])
        for row in read_seed(SEEDS, "school_five_awards")
        if row["academic_year"] == YEAR and row["percent_of_leavers"][0].isdigit()
    }
    compared = [
        abs(100 * five / leavers - told[code]) <= OF_SCHOOL
        for code, (leavers, five) in found.schools.items()
        if leavers >= LARGE_SCHOOL and code in told
    ]
    near = sum(compared)
    text = f"five or more at SCQF 6 by school of {LARGE_SCHOOL} or more leavers: {SCHOOLS:.0%} within {OF_SCHOOL:.0f}"
    row = f"| schools within {OF_SCHOOL:.0f} points, five or more at SCQF 6 | {len(compared)} schools | {near} | | |"
    return row, (text, f"{near} of {len(compared)}", near >= SCHOOLS * len(compared))


def section(authorities: tuple[str, ...] = ("all",)) -> tuple[list[str], list[Promise]]:
    """Lines of the table, and the promises."""
    lines = ["| figure, percent or points | persons | found | published | difference |", "|---|---|---|---|---|"]
    every = list(compare(measured(authorities)))
    return lines + [row for row, _ in every if row], [promise for _, promise in every]


if __name__ == "__main__":
    sys.exit(tell(*section()))
