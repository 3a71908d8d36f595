"""Bad rows: a copy of a good row with one column spoilt, so that exactly one rule is broken.

``tomorrow`` stands for the day after the extract, ``later`` for a time after it was made.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from orchestration.synthetic.feeds.times import moment

NO_SUCH_SCHOOL = "9999999"


@dataclass(frozen=True)
class Spoiling:
    """What is written into which column, and the reason for which the row must be rejected."""

    reason: str
    column: str | None = None
    value: str = ""


WRONG_COUNT = Spoiling("wrong_column_count")

SPOILINGS: dict[str, tuple[Spoiling, ...]] = {
    "establishments": (
        Spoiling("missing_required", "establishment_name"),
        Spoiling("wrong_type", "half_day_openings_per_week", "ten"),
        Spoiling("pattern", "seed_code", "57001"),
        Spoiling("unknown_code", "sector", "primary+nursery"),
        Spoiling("unknown_code", "local_authority_code", "S12999999"),
        Spoiling("date_logic", "closed_on", "1900-01-01"),
        Spoiling("out_of_range", "working_capacity", "0"),
        WRONG_COUNT,
    ),
    "calendar": (
        Spoiling("missing_required", "is_open"),
        Spoiling("wrong_type", "is_open", "perhaps"),
        Spoiling("wrong_type", "opening_date", "31/02/2026"),
        Spoiling("pattern", "seed_code", "SCHOOL1"),
        Spoiling("unknown_code", "opening", "EVE"),
        Spoiling("unknown_code", "reason", "gala_day"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
    "pupils": (
        Spoiling("missing_required", "surname"),
        Spoiling("missing_required", "looked_after"),
        Spoiling("wrong_type", "date_of_birth", "31/02/2016"),
        Spoiling("wrong_type", "free_meal_registered", "yes"),
        Spoiling("pattern", "scn", "12345"),
        Spoiling("pattern", "seemis_pupil_id", "AB-1"),
        Spoiling("unknown_code", "sex", "X"),
        Spoiling("unknown_code", "data_zone_code", "S01999999"),
        Spoiling("unknown_code", "ethnicity_code", "77"),
        Spoiling("date_logic", "date_of_birth", "1980-01-01"),
        Spoiling("date_logic", "updated_at", "later"),
        WRONG_COUNT,
    ),
    "enrolments": (
        Spoiling("missing_required", "entry_date"),
        Spoiling("wrong_type", "is_base_school", "maybe"),
        Spoiling("wrong_type", "entry_date", "2025-13-01"),
        Spoiling("pattern", "scn", "ABCDEFGHI"),
        Spoiling("unknown_code", "stage", "P9"),
        Spoiling("unknown_code", "status", "visiting"),
        Spoiling("wrong_type", "leaving_date", "30/06/2026"),
        Spoiling("date_logic", "entry_date", "2099-01-01"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
    "support_needs": (
        Spoiling("missing_required", "need_code"),
        Spoiling("wrong_type", "start_date", "31/02/2024"),
        Spoiling("pattern", "scn", "12345"),
        Spoiling("unknown_code", "plan_type", "05"),
        Spoiling("unknown_code", "nature_of_support", "health+social_work"),
        Spoiling("date_logic", "end_date", "1900-01-01"),
        WRONG_COUNT,
    ),
    "cfe_levels": (
        Spoiling("missing_required", "level_achieved"),
        Spoiling("wrong_type", "academic_year", "2024-25"),
        Spoiling("pattern", "scn", "1234"),
        Spoiling("unknown_code", "organiser", "science"),
        Spoiling("unknown_code", "level_achieved", "fifth"),
        Spoiling("date_logic", "assessed_on", "2001-01-01"),
        Spoiling("date_logic", "recorded_at", "later"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
    "cfe_tracking": (
        Spoiling("missing_required", "organiser"),
        Spoiling("out_of_range", "collection", "9"),
        Spoiling("unknown_code", "on_track", "nearly"),
        Spoiling("date_logic", "recorded_at", "later"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
    "qualifications": (
        Spoiling("missing_required", "subject"),
        Spoiling("pattern", "course_code", "C-101"),
        Spoiling("out_of_range", "scqf_level", "13"),
        Spoiling("unknown_code", "grade", "E"),
        Spoiling("unknown_code", "award_type", "standard_grade"),
        Spoiling("wrong_type", "awarded_on", "5 August"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
    "leavers": (
        Spoiling("missing_required", "leaving_stage"),
        Spoiling("unknown_code", "initial_destination", "gap_year"),
        Spoiling("date_logic", "leaving_date", "1999-06-25"),
        Spoiling("date_logic", "recorded_at", "later"),
        WRONG_COUNT,
    ),
    "attendance": (
        Spoiling("missing_required", "attendance_code"),
        Spoiling("wrong_type", "attendance_date", "31/02/2026"),
        Spoiling("wrong_type", "recorded_at", "this morning"),
        Spoiling("pattern", "scn", "1234"),
        Spoiling("unknown_code", "opening", "XX"),
        Spoiling("unknown_code", "attendance_code", "77"),
        Spoiling("unknown_code", "attendance_code", "TOOLONG"),
        Spoiling("unknown_code", "attendance_code", "?!"),
        Spoiling("date_logic", "attendance_date", "tomorrow"),
        Spoiling("date_logic", "recorded_at", "later"),
        Spoiling("unknown_establishment", "seed_code", NO_SUCH_SCHOOL),
        WRONG_COUNT,
    ),
}


def spoilt(row: dict[str, str], spoiling: Spoiling, extract_date: date) -> list[str]:
    """The fields of a row with its one fault."""
    if spoiling.column is None:
        return list(row.values())[:-1]
    tomorrow = extract_date + timedelta(days=1)
    value = {"tomorrow": tomorrow.isoformat(), "later": moment(tomorrow, 12, 0)}.get(spoiling.value, spoiling.value)
    bad = {**row, spoiling.column: value}
    if spoiling.reason == "date_logic" and spoiling.column == "closed_on":
        bad["opened_on"] = "1950-01-01"
    if spoiling.reason == "date_logic" and spoiling.column == "entry_date":
        bad["leaving_date"] = ""
    return list(bad.values())


def chosen_spoilings(feed: str, rows: int, rate: float, every: bool, random: np.random.Generator) -> list[Spoiling]:
    """Which faults a file gets: every kind in an opening delivery, else as many as the rate asks for.

    Never so many that the file is quarantined: more than 10 rows and more than 1% of the file.
    """
    kinds = SPOILINGS[feed]
    most = max(10, rows * 9 // 1000)
    wanted = min(most, max(round(rate * rows), len(kinds) if every else 1))
    if wanted >= len(kinds):
        more = random.integers(len(kinds), size=wanted - len(kinds))
        return [*kinds, *(kinds[place] for place in more.tolist())]
    return [kinds[place] for place in random.permutation(len(kinds))[:wanted].tolist()]
