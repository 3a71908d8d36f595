"""Who leaves school in the made-up world, and how awards of leavers are counted when they are held against Scotland."""

import numpy as np
import pytest

from benchmarks.scotland import YEARS, awards, subjects_at
from orchestration.settings import PROJECT_DIR
from orchestration.synthetic import generate_pupils_only
from orchestration.synthetic.world.attainment.leavers import Before, has_left, keep
from orchestration.synthetic.world.attainment.results import GRADES, SUBJECTS, TYPES, Results
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.movement import REASONS
from orchestration.synthetic.world.published import SPECIAL_STAGE, STAGES

S4 = STAGES.index("S4")
COURSES = [  # person, subject, kind of award, level, grade, level in National Qualifications, in All SCQF
    (0, "English", "higher", 6, "A", 6, 6),
    (0, "English", "higher", 6, "no_award", 0, 0),  # the year before
    (0, "Mathematics", "national_5", 5, "D", 4, 5),
    (0, "Applications of Mathematics", "national_5", 5, "B", 5, 5),  # the same subject
    (1, "Engineering", "foundation_apprenticeship", 6, "pass", 0, 6),
    (1, "Physics", "baccalaureate", 7, "pass", 0, 0),
    (1, "French", "national_unit", 3, "pass", 0, 0),
]


@pytest.fixture
def results() -> Results:
    person, subject, award, level, grade, _, _ = zip(*COURSES, strict=True)
    count = len(COURSES)
    return Results(
        np.array(person), np.zeros(count, dtype=np.int64), np.full(count, S4),
        np.array([*map(SUBJECTS.index, subject)]), np.array([*map(TYPES.index, award)]), np.array(level),
        np.array([*map(GRADES.index, grade)]), np.zeros(count, dtype=bool),
    )  # fmt: skip


def test_each_award_counts_where_the_rules_say(results: Results) -> None:
    national, every = awards(results)
    assert national.tolist() == [row[5] for row in COURSES]
    assert every.tolist() == [row[6] for row in COURSES]


def test_a_subject_counts_once_by_its_best(results: Results) -> None:
    national, every = awards(results)
    who = np.array([1, 0, 2])
    assert subjects_at(results, national, 5, who).tolist() == [0, 2, 0]
    assert subjects_at(results, every, 5, who).tolist() == [1, 2, 0]
    assert subjects_at(results, national, 6, who).tolist() == [0, 1, 0]


@pytest.fixture(scope="module")
def two_years() -> tuple[Before, YearWorld]:
    worlds = generate_pupils_only(PROJECT_DIR / "seeds", ("Clackmannanshire",), YEARS)
    before = keep(next(worlds))
    return before, next(worlds)


def test_whoever_does_not_come_back_after_s4_has_left_whatever_the_age(two_years: tuple[Before, YearWorld]) -> None:
    before, world = two_years
    spells = before.enrolments
    moved = np.isin(before.person, spells.person[spells.is_base & (spells.reason == REASONS.index("transfer_out"))])
    gone = (before.stage == S4) & ~np.isin(before.person, world.roll.person) & ~moved
    age = (np.datetime64(before.last_day, "D") - world.people.birth[before.person]).astype(int) / 365.25
    assert (age[gone] < 16).any()
    assert has_left(before, world)[gone].all()


def test_of_special_schools_those_have_left_who_are_old_enough(two_years: tuple[Before, YearWorld]) -> None:
    before, world = two_years
    left = has_left(before, world) & (before.stage == SPECIAL_STAGE)
    age = (np.datetime64(before.last_day, "D") - world.people.birth[before.person]).astype(int) // 365
    assert left.any()
    assert (age[left] >= 16).all()
