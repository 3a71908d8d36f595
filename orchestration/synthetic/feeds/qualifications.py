"""The feed of qualifications: entries in November, results in August, and in autumn what appeals have changed."""

from datetime import date

import numpy as np
import pyarrow as pa

from orchestration.synthetic.feeds.events import Days, Events, codes, seed_codes
from orchestration.synthetic.feeds.times import moments
from orchestration.synthetic.options import year_name
from orchestration.synthetic.world.attainment.ability import draw
from orchestration.synthetic.world.attainment.results import (
    ADVANCED,
    BACCALAUREATE,
    GRADES,
    GROUPS,
    PASS,
    SUBJECTS,
    TYPES,
    A,
    Results,
)
from orchestration.synthetic.world.attainment.results import D as GRADE_D
from orchestration.synthetic.world.attainment.year import YearOfAttainment
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES, read_seed

_APPEALED = 0.03  # of grades A to C were one lower before the review
_CREDITS, _CREDITS_ADVANCED = "24", "32"


def qualification_events(world: YearWorld, year: YearOfAttainment) -> list[Events]:
    """What becomes known in a year: results of the years before it, withdrawals, and its own entries."""
    found = []
    for start, results in year.results.items():
        found.extend(_results(world, start, results))
    if year.withdrawn is not None:
        closed = np.full(len(year.withdrawn.person), np.datetime64(f"{world.start}-06-30"))
        found.append(_events(world, world.start - 1, year.withdrawn, "withdrawn", "pre_review", None, closed))
    entered = np.full(len(year.entries.person), np.datetime64(f"{world.start}-11-15"))
    found.append(_events(world, world.start, year.entries, "entered", "pre_review", None, entered))
    return found


def _results(world: YearWorld, start: int, results: Results) -> list[Events]:
    """Results before review, and those that a review has changed."""
    on = results_day(world, start)
    luck = draw(world, results.person * 64 + results.subject, start, "appeal")
    changed = (luck < _APPEALED) & (results.grade >= A) & (results.grade < GRADE_D) & (results.award != BACCALAUREATE)
    before = np.where(changed, results.grade + 1, results.grade)
    published = np.full(len(results.person), np.datetime64(on, "D"))
    first = _events(world, start, results, "resulted", "pre_review", before, published)
    places = np.flatnonzero(changed)
    reviewed = np.full(len(places), np.datetime64(f"{start + 1}-10-06"))
    appealed = results.take(places)
    return [first, _events(world, start, appealed, "resulted", "post_review", appealed.grade, reviewed)]


def results_day(world: YearWorld, start: int) -> date:
    """The day on which the results of an academic year come out."""
    for row in read_seed(world.registry.seeds, "attainment_returns"):
        if row["academic_year"] == year_name(start):
            return date.fromisoformat(row["results_on"])
    raise ValueError(f"Academic year {year_name(start)} is not in seeds/attainment_returns.csv; add it there.")


def _events(
    world: YearWorld, start: int, results: Results, status: str, stage: str, grade: np.ndarray | None, recorded: Days
) -> Events:
    count = len(results.person)
    has_grade = grade is not None
    shown = np.full(count, len(GRADES)) if grade is None else grade
    band = np.where(shown < PASS, 2 * shown + 1 + results.person % 2, 0)
    table = pa.table(
        {
            "academic_year": [year_name(start)] * count,
            "course_code": course_codes(results),
            "subject": codes(SUBJECTS, results.subject),
            "subject_group": pa.array(
                codes(tuple(GROUPS.get(name) for name in SUBJECTS), results.subject), pa.string()
            ),
            "seed_code": seed_codes((school.seed_code for school in world.schools), results.department),
            "presenting_seed_code": pa.nulls(count, pa.string()),
            "stage": codes(STAGES, results.stage),
            "scqf_level": [str(level) for level in results.level.tolist()],
            "award_type": codes(TYPES, results.award),
            "provider": np.where(results.is_other_provider, "other", "sqa").tolist(),
            "entry_status": [status] * count,
            "grade": pa.array(codes((*GRADES, None), shown), pa.string()),
            "result_band": pa.array([str(one) if one and has_grade else None for one in band.tolist()], pa.string()),
            "scqf_credit_points": np.where(results.award == ADVANCED, _CREDITS_ADVANCED, _CREDITS).tolist(),
            "result_stage": [stage] * count,
            "awarded_on": pa.array(recorded.astype(str).tolist() if has_grade else [None] * count, pa.string()),
            "recorded_at": pa.array(moments(recorded), pa.string()),
        }
    )
    return Events(table, results.person, recorded)


def course_codes(results: Results) -> list[str]:
    """A code of each subject, level and kind of award."""
    return [
        f"C{subject + 1:02d}{level}{award}"
        for subject, level, award in zip(
            results.subject.tolist(), results.level.tolist(), results.award.tolist(), strict=True
        )
    ]
