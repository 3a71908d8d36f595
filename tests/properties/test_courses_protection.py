"""Results of courses as they are declared: nobody works out 1 to 4 pupils, and subjects are the list of the seed."""

import csv
import os

import numpy as np
import pytest

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import PLACE, BoolArray, coded
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL
from orchestration.settings import PROJECT_DIR
from tests.support.made_up_leavers import SENIOR_PHASE
from tests.support.seen import seen_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
UNITS = [("5000001", "secondary"), ("5000002", "secondary"), ("5000003", "secondary")]
RESULTS = ("grade_a", "grade_b_or_c", "other_award", "no_award", "not_resulted")
LEVELS = ("resulted", "grade_a_to_c", "grade_a")
SHARES = (0.22, 0.5, 0.12, 0.11, 0.05)


def test_groups_of_subjects_are_those_of_the_seed() -> None:
    with (PROJECT_DIR / "seeds" / "course_subjects.csv").open(encoding="utf-8") as file:
        groups = {row["subject_group"] for row in csv.DictReader(file)}
    values = read_declaration(SENIOR_PHASE).dimensions["course_subject"].values
    assert sorted(values) == sorted({*groups, "Other subjects"})


def told_of_all(system: System, hidden: BoolArray) -> list[str]:
    """Groups of which all or none are shown to have an A to C in the council, with a small cohort at a school.

    A cohort is those with a result; of fewer than 21 nothing is to be known that holds for all of them.
    """
    shown, counts = {}, {}
    for cell, value, is_open in zip(system.cells, system.values, system.is_shown & ~hidden, strict=True):
        kind = next((one for one in LEVELS if f"course_{one}/" in cell.table), "entered")
        groups = tuple(group for group in cell.groups if group not in {"reached", "not reached"})
        if "not reached" in cell.groups or len(groups) != 2:
            continue
        counts[cell.place, kind, groups] = int(value)
        if is_open:
            shown[cell.place, kind, groups] = int(value)
    found = []
    for (place, kind, groups), value in shown.items():
        whole = shown.get((place, "resulted", groups))
        if kind != "grade_a_to_c" or "|" in place or value not in {0, whole}:
            continue
        schools = ["|".join(unit) for unit in UNITS]
        if any(0 < counts[school, "resulted", groups] <= 20 for school in schools):
            found.append(f"{kind} of {groups}")
    return found


@pytest.mark.parametrize("seed", range(8 if IS_LONG else 2))
def test_no_result_of_one_to_four_pupils_can_be_worked_out(seed: int) -> None:
    """Three schools, of whose 600 pupils each has up to seven courses, the rarer the further down the list."""
    declaration = read_declaration(SENIOR_PHASE)
    figures = figures_of(declaration, "courses", UNITS, BREAKDOWNS_FROM)
    subjects = list(declaration.dimensions["course_subject"].values)
    generator = np.random.default_rng(seed)
    popular = 1 / (1 + np.arange(len(subjects)))
    rows = []
    for pupil in range(600):
        chosen = generator.choice(
            len(subjects), size=generator.integers(1, 8), replace=False, p=popular / popular.sum()
        )
        course = generator.choice(["national_5", "higher", "advanced_higher"], p=[0.6, 0.34, 0.06])
        rows += [(pupil, subjects[one], str(course), str(generator.choice(RESULTS, p=SHARES))) for one in chosen]
    ids, of_subject, of_course, results = (list(column) for column in zip(*rows, strict=True))
    columns = {
        PLACE: ["|".join(UNITS[pupil % 3]) for pupil in ids],
        "course_subject": of_subject, "course": of_course, "course_result": results,
    }  # fmt: skip
    model = figures.model
    system = system_of(model, coded(model, np.array(ids, dtype=np.int64), columns))
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    hidden = found.cells & system.is_shown
    assert told_of_all(system, hidden) == []
    true = {
        " ".join((cell.table, cell.place, *cell.groups)): int(value)
        for cell, value in zip(system.cells, system.values, strict=True)
    }
    assert hidden.any()
    assert (system.is_shown & ~hidden).sum() > 100
    given = bounded(puzzle_of(model.dimensions, seen_of(model, system, hidden)))
    assert [one.name for one in given if one.low != one.low or 0 < true[one.name] < SMALL] == []
