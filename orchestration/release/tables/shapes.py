"""Which marts release understands: kind, keys, measures, stamps, and who stands behind them (RULES 41).

The rules of protection are written for these shapes alone. A mart that is not here, or differs, goes to no reader:
it would be copied by rules that were made for something else. Who wants a new one adds its shape with the rule that
protects it, and a test that an attacker finds nothing.
"""

from dataclasses import dataclass, field

from orchestration.errors import WarehouseError

Groups = dict[str, tuple[str, ...]]


class ContractError(WarehouseError):
    """A mart's contract for release cannot be used."""


SUBJECTS = ("core", "attendance")
"""Subjects whose marts are released, as their folders are named; a red test of another one holds nothing back."""
EXACT = "aggregated_exact"
CODE_LISTS = "reference"
AUTHORITY = ("local_authority_code", "sector", "academic_year")
SCHOOL = ("local_authority_code", "seed_code", "sector", "academic_year")

PUPILS: Groups = {"pupils": ("pupils",)}
OPENINGS: Groups = {"openings": ("openings_possible", "openings_attended", "attendance_rate", "completeness")}
SPLIT: Groups = {"absence": ("openings_authorised", "openings_not_authorised"), "late": ("openings_late",)}
SAME_WEEKS: Groups = {"same_weeks": ("rate_same_weeks_last_year", "weeks_compared")}
CATEGORIES: Groups = {
    "openings": (
        "openings_possible", "openings_attended", "openings_not_recorded", "attendance_rate", "completeness",
    ),
    "categories": (
        "openings_unauthorised", "openings_excluded", "openings_unknown_reason", "openings_not_counted",
    ),
}  # fmt: skip
REASONS: Groups = {"openings": ("pupils", "openings", "share_of_possible")}
RATE: Groups = {"openings": ("attendance_rate",)}
BANDS: Groups = {
    "bands": (
        "pupils", "pupils_absent_under_5", "pupils_absent_5_to_10", "pupils_absent_10_to_20",
        "pupils_absent_20_and_over", "persistently_absent", "severely_absent", "persistent_absence_rate",
        "severe_absence_rate",
    )
}  # fmt: skip

HOW = ("calendar_source", "is_provisional")
OF_SCHOOL = ("national_rate", "national_rate_year", *HOW, "data_as_at")
OF_AUTHORITY = (*OF_SCHOOL, "schools_counted")
OF_BANDS = ("national_rate", "national_rate_year", *HOW, "as_at")

BEHIND = ("behind_pupils", "behind_smallest_month", "withheld")
BEHIND_HALF_DAYS = (*BEHIND, "behind_marked")
BEHIND_SPLIT = (*BEHIND_HALF_DAYS, "behind_authorised", "behind_not_authorised", "behind_late")
BEHIND_CATEGORIES = (
    *BEHIND_SPLIT, "behind_unauthorised", "behind_excluded", "behind_unknown_reason", "behind_not_counted",
)  # fmt: skip
BEHIND_WEEK = ("behind_marked", "behind_pupils", "withheld")


@dataclass(frozen=True)
class Shape:
    """What release knows of one mart.

    ``stamps`` are columns that say how a row came about and are shown always; ``behind`` are columns of the exact
    mart that protection reads and readers never see; ``shared`` is as in ``ReleaseContract``; ``schema`` is where
    the exact rows stand. A mart that others ``need`` must be there with them: its cells are hidden together.
    """

    kind: str
    keys: tuple[str, ...]
    groups: Groups = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    schema: str = EXACT


def _of_school(*further: str, groups: Groups | None = None) -> Shape:
    found = {**OPENINGS, **SPLIT, **(groups or {})}
    return Shape("school", (*SCHOOL, *further), found, OF_SCHOOL, BEHIND_SPLIT)


def _of_authority(*further: str, groups: Groups | None = None) -> Shape:
    found = {**OPENINGS, **SPLIT, **(groups or {})}
    return Shape("authority", (*AUTHORITY, *further), found, OF_AUTHORITY, BEHIND_SPLIT)


ATTENDANCE: dict[str, Shape] = {
    "attendance_by_school_year": _of_school(groups={**PUPILS, **SAME_WEEKS}),
    "attendance_by_school_month": _of_school("month"),
    "attendance_by_school_week": Shape(
        "school", (*SCHOOL, "week"), OPENINGS, (*OF_SCHOOL, "school_week_number"), BEHIND_WEEK
    ),
    "attendance_by_school_weekday": _of_school("weekday", "opening"),
    "attendance_by_school_stage": _of_school("stage", groups=PUPILS),
    "attendance_by_school_sex": _of_school("sex", groups=PUPILS),
    "attendance_by_school_deprivation": _of_school("deprivation_group", groups=PUPILS),
    "attendance_by_authority_year": Shape(
        "authority", AUTHORITY, {**PUPILS, **SPLIT, **CATEGORIES, **SAME_WEEKS}, OF_AUTHORITY, BEHIND_CATEGORIES
    ),
    "attendance_by_authority_month": _of_authority("month"),
    "attendance_by_authority_week": Shape(
        "authority", (*AUTHORITY, "week"), OPENINGS, (*OF_AUTHORITY, "school_week_number"), BEHIND_WEEK
    ),
    "attendance_by_authority_weekday": _of_authority("weekday", "opening"),
    "attendance_by_authority_sex": _of_authority("sex", groups=PUPILS),
    "attendance_by_authority_stage_simd_quintile_month": _of_authority("stage", "simd_quintile", "month"),
    "absence_reasons_by_school": Shape(
        "school_reasons", (*SCHOOL, "reason"), REASONS, (*HOW, "data_as_at"), (*BEHIND, "behind_reason")
    ),
    "absence_reasons_by_authority": Shape(
        "authority_reasons", (*AUTHORITY, "reason"), REASONS, (*HOW, "data_as_at", "schools_counted"),
        (*BEHIND, "behind_reason"),
    ),
    "persistent_absence_by_school": Shape("school_persistent", SCHOOL, BANDS, OF_BANDS, BEHIND),
    "persistent_absence_by_authority": Shape(
        "authority_persistent", ("local_authority_code", "academic_year", "breakdown", "value"), BANDS,
        (*OF_BANDS, "schools_counted"), BEHIND,
    ),
}  # fmt: skip
"""The exact marts of attendance, judged together: none is released without the others."""

BESIDE: dict[str, Shape] = {
    "schools": Shape(
        "schools",
        ("local_authority_code", "seed_code", "sector"),
        PUPILS,
        (
            "academic_year", "school_name", "denomination", "gaelic_medium", "medium_of_education",
            "half_day_openings_per_week", "capacity", "integrated_special_unit", "opened_on", "closed_on",
            "mothballed_on", *HOW, "data_as_at",
        ),
        BEHIND,
    ),
    "persistent_absence_by_month": Shape(
        "month_history",
        ("local_authority_code", "seed_code", "sector", "breakdown", "value", "academic_year", "month"),
        BANDS,
        (*OF_BANDS, "schools_counted"),
    ),
    "similar_schools": Shape(
        "similar_schools", SCHOOL, RATE, ("similar_to", "rule", "schools_counted"), ("schools_needed",)
    ),
    "attendance_by_cluster": Shape(
        "cluster_attendance", SCHOOL, RATE, ("cluster_name", "schools_counted", "data_as_at")
    ),
    "clusters": Shape(
        "clusters", ("local_authority_code", "seed_code", "sector", "cluster_name"), stamps=("is_invented",)
    ),
}  # fmt: skip
"""Profiles of schools, and what release makes of released rows."""

COPIED: dict[str, Shape] = {
    "data_dictionary": Shape(
        "reference",
        ("mart", "column_name"),
        stamps=("position", "data_type", "description", "unit", "privacy", "key_position", "population"),
    ),
    "data_freshness": Shape(
        "reference",
        ("local_authority_code", "seed_code", "feed"),
        stamps=("last_extracted_on", "data_to", "due_on", "status"),
        shared=("*",),
    ),
    "data_quality": Shape(
        "reference",
        ("local_authority_code", "academic_year", "subject", "feed", "kind"),
        stamps=("verdict",),
        shared=("subject", "balance sheet", "expected schools"),
    ),
    "deliveries": Shape(
        "reference",
        ("local_authority_code", "delivery_key", "feed"),
        stamps=("academic_year", "extract_date", "landed_at", "outcome", "is_in_force", "status", "reason"),
    ),
    "provenance": Shape(
        "reference",
        ("local_authority_code", "mart", "seed_code", "academic_year"),
        stamps=("deliveries", "last_extracted_at", "code_version"),
        shared=("*",),
    ),
    "attendance_codes": Shape(
        "reference",
        ("attendance_code",),
        stamps=("description", "category", "reason", "number_checked"),
        schema=CODE_LISTS,
    ),
    "school_calendar": Shape(
        "reference",
        ("local_authority_code", "seed_code", "day"),
        stamps=("academic_year", "is_open_in_the_morning", "is_open_in_the_afternoon", "half_days_open"),
    ),
    "calendar_days": Shape(
        "reference",
        ("day",),
        stamps=("academic_year", "month", "week", "weekday", "weekday_name", "is_census_day"),
    ),
    "metric_definitions": Shape(
        "reference",
        ("metric",),
        stamps=(
            "title",
            "formula",
            "numerator",
            "denominator",
            "numerator_column",
            "denominator_column",
            "unit",
            "source",
            "marts",
        ),
    ),
    "national_statistics": Shape(
        "reference",
        ("measure", "academic_year", "sector", "stage", "pupil_group"),
        stamps=("value", "unit", "rate", "basis", "source"),
        schema=CODE_LISTS,
    ),
    "today_seasons": Shape(
        "reference",
        ("area_code", "season", "place"),
        stamps=("begins_month", "begins_day", "begins_weekday", "topic", "audience"),
        schema=CODE_LISTS,
    ),
    "published_levels": Shape(
        "reference",
        ("area_code", "academic_year", "stage", "organiser"),
        stamps=(
            "cohort", "percent", "percent_1", "percent_2", "percent_3", "percent_4", "percent_5", "percent_unknown",
            "is_imported",
        ),
    ),
    "published_school_rolls": Shape(
        "reference", ("seed_code", "sector", "academic_year"), stamps=("roll", "tolerance", "edition")
    ),
    "stretch_aims": Shape(
        "reference",
        ("area_code", "aim_year", "measure", "pupil_group"),
        stamps=("aim_round", "aim_percent", "low_percent", "high_percent", "status", "source", "is_imported"),
    ),
}  # fmt: skip
"""Copied as they are, because nothing in them is of a pupil: what is delivered, checked, and known to everybody."""

SHAPES: dict[str, Shape] = {**ATTENDANCE, **BESIDE, **COPIED}
KINDS = tuple(dict.fromkeys(shape.kind for shape in SHAPES.values()))
BREAKDOWNS = {
    "school": ((), ("stage",), ("sex",), ("deprivation_group",)),
    "authority": ((), ("sex",), ("stage", "simd_quintile")),
}
"""Combinations of breakdowns that a rule protects, in marts of attendance."""
