"""Small extracts of the attainment feeds for tests: one good row of each, and the same with columns changed."""

from collections.abc import Mapping

from tests.support.extracts import ALLOA, SCNS, Extract, extract

GOOD: Mapping[str, Mapping[str, str]] = {
    "cfe_levels": {
        "scn": SCNS[0], "academic_year": "2024/25", "organiser": "reading", "language": "english",
        "seed_code": ALLOA, "stage": "P4", "level_achieved": "first", "assessed_on": "2025-06-02",
        "recorded_at": "2025-06-03T09:00:00+01:00",
    },
    "cfe_tracking": {
        "scn": SCNS[0], "academic_year": "2024/25", "collection": "1", "organiser": "reading",
        "language": "english", "seed_code": ALLOA, "stage": "P4", "predicted_level": "first", "on_track": "on_track",
        "progress": "", "recorded_at": "2024-11-04T09:00:00+00:00",
    },
    "qualifications": {
        "scn": SCNS[0], "academic_year": "2024/25", "course_code": "C847", "subject": "Mathematics",
        "subject_group": "", "seed_code": ALLOA, "presenting_seed_code": "", "stage": "S4", "scqf_level": "5",
        "award_type": "national_5", "provider": "", "entry_status": "", "grade": "A", "result_band": "1",
        "scqf_credit_points": "24", "result_stage": "pre_review", "awarded_on": "2025-08-05",
        "recorded_at": "2025-08-06T09:00:00+01:00",
    },
    "leavers": {
        "scn": SCNS[0], "academic_year": "2024/25", "seed_code": ALLOA, "leaving_stage": "S6",
        "leaving_date": "2025-06-25", "initial_destination": "higher_education", "initial_as_at": "2025-09-29",
        "follow_up_destination": "", "follow_up_as_at": "", "recorded_at": "2025-09-30T09:00:00+01:00",
    },
    "support_needs": {
        "scn": SCNS[0], "start_date": "2023-10-02", "plan_type": "child_plan", "need_code": "dyslexia",
        "nature_of_support": "social_work|health", "mainstream_integration": "all", "end_date": "",
        "updated_at": "2025-08-20T09:00:00+01:00",
    },
}  # fmt: skip


def changed(feed: str, **columns: str) -> dict[str, str]:
    """The good row of a feed with other values."""
    unknown = columns.keys() - GOOD[feed].keys()
    assert not unknown, unknown
    return {**GOOD[feed], **columns}


def of_feed(feed: str, *rows: Mapping[str, str]) -> Extract:
    """A file of such rows."""
    names = tuple(GOOD[feed])
    return extract(feed, [[row[name] for name in names] for row in rows], names)
