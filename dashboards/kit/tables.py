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


def of(data_type: TypeEngine[Any], *names: str) -> Columns:
    """Columns of one type."""
    return dict.fromkeys(names, data_type)


def mart(name: str, *parts: Columns) -> Table:
    """A released table with these columns, by name their types."""
    columns = {column: data_type for part in parts for column, data_type in part.items()}
    return Table(name, METADATA, *(Column(column, data_type) for column, data_type in columns.items()))


def counted(*names: str) -> Columns:
    """Counts with the symbols that say why they are null."""
    return of(COUNT, *names) | of(TEXT, *(f"{name}_symbol" for name in names))


AUTHORITY = of(TEXT, "local_authority_code")
SCHOOL = of(TEXT, "local_authority_code", "seed_code", "sector")
YEAR = of(TEXT, "academic_year")
SECTOR = of(TEXT, "sector")
PUPILS = of(COUNT, "pupils")
NATIONAL = of(RATE, "national_rate") | of(TEXT, "national_rate_year")
STATE = of(TEXT, "calendar_source") | of(FLAG, "is_provisional")
AS_AT = of(DATE, "data_as_at")
COUNTED = of(COUNT, "schools_counted")

RATES = (
    of(OPENINGS, "openings_possible", "openings_attended", "openings_authorised", "openings_not_authorised")
    | of(OPENINGS, "openings_late")
    | of(RATE, "completeness", "attendance_rate")
    | NATIONAL
    | STATE
    | AS_AT
    | of(TEXT, "openings_symbol", "absence_symbol", "late_symbol")
)
OF_PUPILS = PUPILS | of(TEXT, "pupils_symbol")
"""Of a year and its groups: weeks, months and half days of the week count no pupils."""
BANDS = (
    PUPILS
    | of(COUNT, "pupils_absent_under_5", "pupils_absent_5_to_10", "pupils_absent_10_to_20")
    | of(COUNT, "pupils_absent_20_and_over", "persistently_absent", "severely_absent")
    | of(RATE, "persistent_absence_rate", "severe_absence_rate")
    | NATIONAL
    | STATE
    | of(DATE, "as_at")
    | of(TEXT, "bands_symbol")
)
REASONS = (
    of(TEXT, "reason")
    | PUPILS
    | of(OPENINGS, "openings")
    | of(RATE, "share_of_possible")
    | STATE
    | AS_AT
    | of(TEXT, "openings_symbol")
)

SAME_WEEKS = (
    of(RATE, "rate_same_weeks_last_year") | of(SmallInteger(), "weeks_compared") | of(TEXT, "same_weeks_symbol")
)

attendance_by_school_year = mart("attendance_by_school_year", SCHOOL, YEAR, OF_PUPILS, RATES, SAME_WEEKS)
attendance_by_school_month = mart("attendance_by_school_month", SCHOOL, YEAR, of(DATE, "month"), RATES)
attendance_by_school_stage = mart("attendance_by_school_stage", SCHOOL, YEAR, of(TEXT, "stage"), OF_PUPILS, RATES)
attendance_by_school_sex = mart("attendance_by_school_sex", SCHOOL, YEAR, of(TEXT, "sex"), OF_PUPILS, RATES)
attendance_by_school_deprivation = mart(
    "attendance_by_school_deprivation", SCHOOL, YEAR, of(TEXT, "deprivation_group"), OF_PUPILS, RATES
)
attendance_by_school_weekday = mart(
    "attendance_by_school_weekday", SCHOOL, YEAR, of(COUNT, "weekday"), of(TEXT, "opening"), RATES
)
attendance_by_authority_year = mart(
    "attendance_by_authority_year",
    AUTHORITY, SECTOR, YEAR, OF_PUPILS, RATES, SAME_WEEKS, COUNTED,
    of(OPENINGS, "openings_unauthorised", "openings_excluded", "openings_unknown_reason"),
    of(OPENINGS, "openings_not_counted", "openings_not_recorded"),
    of(TEXT, "categories_symbol"),
)  # fmt: skip
attendance_by_authority_month = mart(
    "attendance_by_authority_month", AUTHORITY, SECTOR, YEAR, of(DATE, "month"), RATES, COUNTED
)
attendance_by_authority_stage_simd_quintile_month = mart(
    "attendance_by_authority_stage_simd_quintile_month",
    AUTHORITY, SECTOR, YEAR, of(TEXT, "stage", "simd_quintile"), of(DATE, "month"), RATES, COUNTED,
)  # fmt: skip
absence_reasons_by_school = mart("absence_reasons_by_school", SCHOOL, YEAR, REASONS)
absence_reasons_by_authority = mart("absence_reasons_by_authority", AUTHORITY, SECTOR, YEAR, REASONS, COUNTED)
persistent_absence_by_school = mart("persistent_absence_by_school", SCHOOL, YEAR, BANDS)
persistent_absence_by_authority = mart(
    "persistent_absence_by_authority", AUTHORITY, YEAR, of(TEXT, "breakdown", "value"), BANDS, COUNTED
)
schools = mart(
    "schools",
    SCHOOL, YEAR, PUPILS, STATE, AS_AT,
    of(TEXT, "school_name", "denomination", "medium_of_education", "pupils_symbol"),
    of(FLAG, "gaelic_medium", "integrated_special_unit"),
    of(COUNT, "half_day_openings_per_week", "capacity"),
    of(DATE, "opened_on", "closed_on", "mothballed_on"),
)  # fmt: skip
attendance_codes = mart(
    "attendance_codes", of(TEXT, "attendance_code", "description", "category", "reason", "number_checked")
)
data_dictionary = mart(
    "data_dictionary",
    of(TEXT, "mart", "column_name", "data_type", "description", "unit", "privacy") | of(COUNT, "position"),
)
data_freshness = mart(
    "data_freshness",
    AUTHORITY, of(TEXT, "seed_code", "feed", "status"), of(DATE, "last_extracted_on", "data_to", "due_on"),
)  # fmt: skip
data_quality = mart("data_quality", AUTHORITY, YEAR, of(TEXT, "subject", "feed", "kind", "verdict"))
national_statistics = mart(
    "national_statistics",
    of(TEXT, "measure", "academic_year", "sector", "stage", "pupil_group", "unit", "basis", "source"),
    of(Numeric(8, 4), "value") | of(Numeric(7, 6), "rate"),
)
published_levels = mart(
    "published_levels",
    of(TEXT, "area_code", "academic_year", "stage", "organiser", "percent", "percent_unknown"),
    of(TEXT, *(f"percent_{fifth}" for fifth in range(1, 6))) | of(COUNT, "cohort"),
)
stretch_aims = mart(
    "stretch_aims",
    of(TEXT, "area_code", "aim_year", "measure", "pupil_group", "aim_round", "status", "source"),
    of(Numeric(6, 3), "aim_percent", "low_percent", "high_percent"),
)
_BEGINS = of(COUNT, "begins_month", "begins_day", "begins_weekday", "place")
today_seasons = mart("today_seasons", of(TEXT, "area_code", "season", "topic", "audience"), _BEGINS)
releases = mart(
    "releases",
    AUTHORITY, AS_AT, of(TIMESTAMP, "released_at", "checked_at"),
    of(TEXT, "code_version", "label"), of(TEXTS, "deliveries"), of(COUNT, "release_id"),
)  # fmt: skip

_WEEK = of(DATE, "week") | of(SmallInteger(), "school_week_number")
_WEEKLY = (
    of(OPENINGS, "openings_possible", "openings_attended")
    | of(RATE, "completeness", "attendance_rate")
    | NATIONAL
    | STATE
    | AS_AT
    | of(TEXT, "openings_symbol")
)
attendance_by_school_week = mart("attendance_by_school_week", SCHOOL, YEAR, _WEEK, _WEEKLY)
attendance_by_authority_week = mart("attendance_by_authority_week", AUTHORITY, SECTOR, YEAR, _WEEK, _WEEKLY, COUNTED)
attendance_by_authority_sex = mart(
    "attendance_by_authority_sex", AUTHORITY, SECTOR, YEAR, of(TEXT, "sex"), OF_PUPILS, RATES, COUNTED
)
attendance_by_authority_weekday = mart(
    "attendance_by_authority_weekday",
    AUTHORITY, SECTOR, YEAR, of(COUNT, "weekday"), of(TEXT, "opening"), RATES, COUNTED,
)  # fmt: skip
persistent_absence_by_month = mart(
    "persistent_absence_by_month", SCHOOL, YEAR, of(TEXT, "breakdown", "value"), of(DATE, "month"), BANDS, COUNTED
)
similar_schools = mart(
    "similar_schools",
    SCHOOL, YEAR, of(TEXTS, "similar_to"), of(TEXT, "rule", "openings_symbol"), COUNTED, of(RATE, "attendance_rate"),
)  # fmt: skip
attendance_by_cluster = mart(
    "attendance_by_cluster",
    SCHOOL, YEAR, of(TEXT, "cluster_name", "openings_symbol"), COUNTED, of(RATE, "attendance_rate"), AS_AT,
)  # fmt: skip
clusters = mart("clusters", SCHOOL, of(TEXT, "cluster_name"), of(FLAG, "is_invented"))
_ROLL = counted(
    "pupils", "pupils_with_english_as_additional_language", "pupils_asked_for_free_meals",
    "pupils_registered_for_free_meals", "pupils_taught_in_gaelic",
) | of(DATE, "census_on")  # fmt: skip
_COUNTED_AT = PUPILS | of(DATE, "census_on") | of(TEXT, "pupils_symbol")
roll_by_school = mart("roll_by_school", SCHOOL, YEAR, _ROLL, of(COUNT, "capacity"), of(Numeric(6, 4), "occupancy"))
roll_by_school_stage = mart("roll_by_school_stage", SCHOOL, YEAR, of(TEXT, "stage"), _COUNTED_AT)
roll_by_sector = mart("roll_by_sector", AUTHORITY, SECTOR, YEAR, _ROLL)
roll_by_sector_stage = mart("roll_by_sector_stage", AUTHORITY, SECTOR, YEAR, of(TEXT, "stage"), _COUNTED_AT)
roll_by_school_deprivation = mart(
    "roll_by_school_deprivation", SCHOOL, YEAR, of(TEXT, "deprivation_group"), _COUNTED_AT
)
provenance = mart(
    "provenance",
    AUTHORITY, YEAR, of(TEXT, "mart", "seed_code", "code_version"), of(TEXTS, "deliveries"),
    of(TIMESTAMP, "last_extracted_at"),
)  # fmt: skip
deliveries = mart(
    "deliveries",
    AUTHORITY, YEAR, of(TEXT, "delivery_key", "feed", "outcome", "status", "reason"), of(DATE, "extract_date"),
    of(TIMESTAMP, "landed_at"), of(FLAG, "is_in_force"),
)  # fmt: skip
