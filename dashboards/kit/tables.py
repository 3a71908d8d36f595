"""The released tables as SQLAlchemy sees them: names and types, so that a query with a wrong column does not import.

``tests/integration/test_dashboards_tables.py`` compares them with the database, column by column.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

SCHEMA = "released"
METADATA = MetaData(schema=SCHEMA)

TEXT = Text()
RATE = Numeric(9, 8)
COUNT = Integer()
OPENINGS = BigInteger()
DATE = Date()
TIMESTAMP = DateTime(timezone=True)
FLAG = Boolean()
TEXTS = ARRAY(Text())

Columns = dict[str, TypeEngine[Any]]


def _of(data_type: TypeEngine[Any], *names: str) -> Columns:
    return dict.fromkeys(names, data_type)


def _mart(name: str, *parts: Columns) -> Table:
    columns = {column: data_type for part in parts for column, data_type in part.items()}
    return Table(name, METADATA, *(Column(column, data_type) for column, data_type in columns.items()))


def _counted(*names: str) -> Columns:
    """Counts with the symbols that say why they are null."""
    return _of(COUNT, *names) | _of(TEXT, *(f"{name}_symbol" for name in names))


AUTHORITY = _of(TEXT, "local_authority_code")
SCHOOL = _of(TEXT, "local_authority_code", "seed_code", "sector")
YEAR = _of(TEXT, "academic_year")
SECTOR = _of(TEXT, "sector")
PUPILS = _of(COUNT, "pupils")
NATIONAL = _of(RATE, "national_rate") | _of(TEXT, "national_rate_year")
STATE = _of(TEXT, "calendar_source") | _of(FLAG, "is_provisional")
AS_AT = _of(DATE, "data_as_at")
COUNTED = _of(COUNT, "schools_counted")

RATES = (
    _of(OPENINGS, "openings_possible", "openings_attended", "openings_authorised", "openings_not_authorised")
    | _of(OPENINGS, "openings_late")
    | _of(RATE, "completeness", "attendance_rate")
    | NATIONAL
    | STATE
    | AS_AT
    | _of(TEXT, "openings_symbol", "absence_symbol", "late_symbol")
)
OF_PUPILS = PUPILS | _of(TEXT, "pupils_symbol")
"""Of a year and its groups: weeks, months and half days of the week count no pupils."""
BANDS = (
    PUPILS
    | _of(COUNT, "pupils_absent_under_5", "pupils_absent_5_to_10", "pupils_absent_10_to_20")
    | _of(COUNT, "pupils_absent_20_and_over", "persistently_absent", "severely_absent")
    | _of(RATE, "persistent_absence_rate", "severe_absence_rate")
    | NATIONAL
    | STATE
    | _of(DATE, "as_at")
    | _of(TEXT, "bands_symbol")
)
REASONS = (
    _of(TEXT, "reason")
    | PUPILS
    | _of(OPENINGS, "openings")
    | _of(RATE, "share_of_possible")
    | STATE
    | AS_AT
    | _of(TEXT, "openings_symbol")
)

SAME_WEEKS = (
    _of(RATE, "rate_same_weeks_last_year") | _of(SmallInteger(), "weeks_compared") | _of(TEXT, "same_weeks_symbol")
)

attendance_by_school_year = _mart("attendance_by_school_year", SCHOOL, YEAR, OF_PUPILS, RATES, SAME_WEEKS)
attendance_by_school_month = _mart("attendance_by_school_month", SCHOOL, YEAR, _of(DATE, "month"), RATES)
attendance_by_school_stage = _mart("attendance_by_school_stage", SCHOOL, YEAR, _of(TEXT, "stage"), OF_PUPILS, RATES)
attendance_by_school_sex = _mart("attendance_by_school_sex", SCHOOL, YEAR, _of(TEXT, "sex"), OF_PUPILS, RATES)
attendance_by_school_deprivation = _mart(
    "attendance_by_school_deprivation", SCHOOL, YEAR, _of(TEXT, "deprivation_group"), OF_PUPILS, RATES
)
attendance_by_school_weekday = _mart(
    "attendance_by_school_weekday", SCHOOL, YEAR, _of(COUNT, "weekday"), _of(TEXT, "opening"), RATES
)
attendance_by_authority_year = _mart(
    "attendance_by_authority_year",
    AUTHORITY, SECTOR, YEAR, OF_PUPILS, RATES, SAME_WEEKS, COUNTED,
    _of(OPENINGS, "openings_unauthorised", "openings_excluded", "openings_unknown_reason"),
    _of(OPENINGS, "openings_not_counted", "openings_not_recorded"),
    _of(TEXT, "categories_symbol"),
)  # fmt: skip
attendance_by_authority_month = _mart(
    "attendance_by_authority_month", AUTHORITY, SECTOR, YEAR, _of(DATE, "month"), RATES, COUNTED
)
attendance_by_authority_stage_simd_quintile_month = _mart(
    "attendance_by_authority_stage_simd_quintile_month",
    AUTHORITY, SECTOR, YEAR, _of(TEXT, "stage", "simd_quintile"), _of(DATE, "month"), RATES, COUNTED,
)  # fmt: skip
absence_reasons_by_school = _mart("absence_reasons_by_school", SCHOOL, YEAR, REASONS)
absence_reasons_by_authority = _mart("absence_reasons_by_authority", AUTHORITY, SECTOR, YEAR, REASONS, COUNTED)
persistent_absence_by_school = _mart("persistent_absence_by_school", SCHOOL, YEAR, BANDS)
persistent_absence_by_authority = _mart(
    "persistent_absence_by_authority", AUTHORITY, YEAR, _of(TEXT, "breakdown", "value"), BANDS, COUNTED
)
schools = _mart(
    "schools",
    SCHOOL, YEAR, PUPILS, STATE, AS_AT,
    _of(TEXT, "school_name", "denomination", "medium_of_education", "pupils_symbol"),
    _of(FLAG, "gaelic_medium", "integrated_special_unit"),
    _of(COUNT, "half_day_openings_per_week", "capacity"),
    _of(DATE, "opened_on", "closed_on", "mothballed_on"),
)  # fmt: skip
attendance_codes = _mart(
    "attendance_codes", _of(TEXT, "attendance_code", "description", "category", "reason", "number_checked")
)
data_dictionary = _mart(
    "data_dictionary",
    _of(TEXT, "mart", "column_name", "data_type", "description", "unit", "privacy") | _of(COUNT, "position"),
)
data_freshness = _mart(
    "data_freshness",
    AUTHORITY, _of(TEXT, "seed_code", "feed", "status"), _of(DATE, "last_extracted_on", "data_to", "due_on"),
)  # fmt: skip
data_quality = _mart("data_quality", AUTHORITY, YEAR, _of(TEXT, "subject", "feed", "kind", "verdict"))
national_statistics = _mart(
    "national_statistics",
    _of(TEXT, "measure", "academic_year", "sector", "stage", "pupil_group", "unit", "basis", "source"),
    _of(Numeric(8, 4), "value") | _of(Numeric(7, 6), "rate"),
)
published_levels = _mart(
    "published_levels",
    _of(TEXT, "area_code", "academic_year", "stage", "organiser", "percent", "percent_unknown"),
    _of(TEXT, *(f"percent_{fifth}" for fifth in range(1, 6))) | _of(COUNT, "cohort"),
)
stretch_aims = _mart(
    "stretch_aims",
    _of(TEXT, "area_code", "aim_year", "measure", "pupil_group", "aim_round", "status", "source"),
    _of(Numeric(6, 3), "aim_percent", "low_percent", "high_percent"),
)
_BEGINS = _of(COUNT, "begins_month", "begins_day", "begins_weekday", "place")
today_seasons = _mart("today_seasons", _of(TEXT, "area_code", "season", "topic", "audience"), _BEGINS)
releases = _mart(
    "releases",
    AUTHORITY, AS_AT, _of(TIMESTAMP, "released_at", "checked_at"),
    _of(TEXT, "code_version", "label"), _of(TEXTS, "deliveries"), _of(COUNT, "release_id"),
)  # fmt: skip

_WEEK = _of(DATE, "week") | _of(SmallInteger(), "school_week_number")
_WEEKLY = (
    _of(OPENINGS, "openings_possible", "openings_attended")
    | _of(RATE, "completeness", "attendance_rate")
    | NATIONAL
    | STATE
    | AS_AT
    | _of(TEXT, "openings_symbol")
)
attendance_by_school_week = _mart("attendance_by_school_week", SCHOOL, YEAR, _WEEK, _WEEKLY)
attendance_by_authority_week = _mart("attendance_by_authority_week", AUTHORITY, SECTOR, YEAR, _WEEK, _WEEKLY, COUNTED)
attendance_by_authority_sex = _mart(
    "attendance_by_authority_sex", AUTHORITY, SECTOR, YEAR, _of(TEXT, "sex"), OF_PUPILS, RATES, COUNTED
)
attendance_by_authority_weekday = _mart(
    "attendance_by_authority_weekday",
    AUTHORITY, SECTOR, YEAR, _of(COUNT, "weekday"), _of(TEXT, "opening"), RATES, COUNTED,
)  # fmt: skip
persistent_absence_by_month = _mart(
    "persistent_absence_by_month", SCHOOL, YEAR, _of(TEXT, "breakdown", "value"), _of(DATE, "month"), BANDS, COUNTED
)
similar_schools = _mart(
    "similar_schools",
    SCHOOL, YEAR, _of(TEXTS, "similar_to"), _of(TEXT, "rule", "openings_symbol"), COUNTED, _of(RATE, "attendance_rate"),
)  # fmt: skip
attendance_by_cluster = _mart(
    "attendance_by_cluster",
    SCHOOL, YEAR, _of(TEXT, "cluster_name", "openings_symbol"), COUNTED, _of(RATE, "attendance_rate"), AS_AT,
)  # fmt: skip
clusters = _mart("clusters", SCHOOL, _of(TEXT, "cluster_name"), _of(FLAG, "is_invented"))
_ROLL = _counted(
    "pupils", "pupils_with_english_as_additional_language", "pupils_asked_for_free_meals",
    "pupils_registered_for_free_meals", "pupils_taught_in_gaelic",
) | _of(DATE, "census_on")  # fmt: skip
_COUNTED_AT = PUPILS | _of(DATE, "census_on") | _of(TEXT, "pupils_symbol")
roll_by_school = _mart("roll_by_school", SCHOOL, YEAR, _ROLL, _of(COUNT, "capacity"), _of(Numeric(6, 4), "occupancy"))
roll_by_school_stage = _mart("roll_by_school_stage", SCHOOL, YEAR, _of(TEXT, "stage"), _COUNTED_AT)
roll_by_sector = _mart("roll_by_sector", AUTHORITY, SECTOR, YEAR, _ROLL)
roll_by_sector_stage = _mart("roll_by_sector_stage", AUTHORITY, SECTOR, YEAR, _of(TEXT, "stage"), _COUNTED_AT)
roll_by_school_deprivation = _mart(
    "roll_by_school_deprivation", SCHOOL, YEAR, _of(TEXT, "deprivation_group"), _COUNTED_AT
)
provenance = _mart(
    "provenance",
    AUTHORITY, YEAR, _of(TEXT, "mart", "seed_code", "code_version"), _of(TEXTS, "deliveries"),
    _of(TIMESTAMP, "last_extracted_at"),
)  # fmt: skip
deliveries = _mart(
    "deliveries",
    AUTHORITY, YEAR, _of(TEXT, "delivery_key", "feed", "outcome", "status", "reason"), _of(DATE, "extract_date"),
    _of(TIMESTAMP, "landed_at"), _of(FLAG, "is_in_force"),
)  # fmt: skip
