"""Names of feeds, reasons and checks in the words of a reader who has never seen the warehouse."""

FEEDS = {
    "": "Whole delivery",
    "attendance": "Attendance",
    "calendar": "School calendar",
    "cfe_levels": "Levels of the curriculum",
    "cfe_tracking": "Tracking of levels",
    "enrolments": "Enrolments",
    "establishments": "School details",
    "pupils": "Pupils",
    "all": "All",
    "contacts": "Contacts",
    "pastoral_notes": "Pastoral notes",
}
FRESHNESS = {"fresh": "Up to date", "late": "Late", "missing": "Nothing received"}
OUTCOMES = {
    "landed": "Received",
    "landed in part": "Received in part",
    "held back": "Held back",
    "refused": "Refused",
}
FILE_STATES = {
    "landed": "Received",
    "quarantined": "Held back",
    "refused": "Refused",
    "set_aside": "Put aside",
}
STEPS = {
    "manifest to file": "The files hold as many rows as were announced",
    "manifest to file by establishment": "Each school has as many rows as were announced",
    "file to raw": "Every row was taken in, or left out for a reason that is named",
    "raw to canonical": "Every row taken in is counted once, or replaced by a newer one",
    "canonical to pupil months": "Every half day is in the monthly counts",
    "pupil months to weekday codes": "Weekdays and reasons add up to the monthly counts",
    "pupil months to school weekdays": "Half days without a mark add up to the monthly counts",
    "pupil months to marts": "The figures add up to the monthly counts",
}
STEP_ORDER = tuple(STEPS)
VERDICTS = {
    "closes": "Yes",
    "does not close": "No",
}
PROBLEMS = {
    "missing_required": "A value that must be there is missing",
    "wrong_type": "Not a date or number where one must be",
    "pattern": "Written in a form that cannot be right",
    "unknown_code": "A code that is not in the list",
    "date_logic": "Dates that contradict each other",
    "out_of_range": "A number that cannot be right",
    "duplicate_key": "The same row twice",
    "wrong_column_count": "Too many or too few columns",
    "unknown_establishment": "A school that is not known",
    "seed_check_digit": "A SEED code with a wrong check digit",
    "scn_check_digit": "A candidate number with a wrong check digit",
    "scn_year": "A candidate number from before the pupil was born",
    "scotxed_code": "An old number instead of a code",
    "unmapped_code": "An attendance code that is not mapped yet: counted as absence of unknown reason",
    "byte_order_mark": "File begins with a byte order mark",
    "crlf": "Lines end as on Windows",
    "blank_records": "Records without any value: skipped",
    "renamed_column": "A column under a name of older files",
    "calendar_short": "A calendar that ends before the data do",
    "placeholder_scn": "A placeholder in place of a candidate number: what comes under it waits",
    "leaving_date_before_entry_date": "Left before entering: read as never came",
    "header_only": "File without rows",
    "unknown_column": "A column that is not known, and was not read",
    "missing_optional_column": "A column that may be left out is not there",
    "column_order": "Columns in another order",
    "rows_by_establishment_missing": "The announcement does not count rows by school",
    "unlisted_file": "A file that the delivery does not announce",
    "unknown_feed_rows": "Another number of rows than announced, of a kind of file that is not known yet",
    "unknown_manifest_field": "The list of files says something that is not known",
}
FILE_REASONS = {
    "hash_mismatch": "The file is not the one that the manifest speaks of.",
    "count_mismatch": "The file has another number of rows than the manifest says.",
    "not_readable": "The file cannot be read.",
    "wrong_encoding": "The file is not in UTF-8.",
    "wrong_delimiter": "The columns are not parted by commas.",
    "no_header": "The file has no line of column names.",
    "missing_column": "A column that must be there is missing.",
    "too_many_rejects": "Too many rows of the file cannot be used.",
    "missing_file": "The manifest names a file that is not there.",
    "future_extract": "The file was extracted at a time that is still to come, by its own word.",
    "too_large": "The file holds far more than was announced, or than any of its kind can.",
    "implausible_change": "Pupils or their numbers changed so suddenly that the file is held until a person decides.",
    "refused_feed": "The warehouse does not take this feed, and did not open the file.",
    "unknown_feed": "This version does not know the feed; the file waits until one does.",
    "manifest_invalid": "The manifest cannot be used.",
    "changed_delivery": "Its files changed after it had landed; it must come under a new sequence.",
    "wrong_environment": "It holds live data for a warehouse of made-up data, or the reverse.",
    "unknown_authority": "It names an authority that does not exist.",
}
"""Why a whole file or delivery is held back; the words of the seed ``landing_reasons``."""
COLUMNS = {
    "english_level": "level of English",
    "establishment_name": "name of the school",
    "is_base_school": "main school or not",
    "is_open": "open or closed",
    "local_authority_code": "authority",
    "opening": "half day",
    "opening_date": "day",
    "recorded_at": "time of the mark",
    "scn": "candidate number",
    "seed_code": "SEED code",
    "seemis_pupil_id": "SEEMiS number",
    "updated_at": "time of the change",
}
SUBJECTS = {
    "rejected rows": "Row not used",
    "warnings": "Used, but worth a look",
    "files not landed": "File not used",
}
AMOUNTS = {
    "under 0.1% of rows": "Under 0.1% of rows",
    "0.1% to under 1% of rows": "0.1% to under 1% of rows",
    "1% of rows or more": "1% of rows or more",
    "one file": "One file",
    "several files": "Several files",
}
MARTS = {
    "attendance_by_authority_year": "Authority: attendance, year to date",
    "attendance_by_authority_month": "Authority: attendance by month",
    "attendance_by_authority_week": "Authority: attendance by week",
    "attendance_by_authority_sex": "Authority: attendance by sex",
    "attendance_by_authority_weekday": "Authority: attendance by weekday and half day",
    "attendance_by_authority_stage_simd_quintile_month": "Authority: attendance by stage, deprivation and month",
    "absence_reasons_by_authority": "Authority: reasons for absence",
    "persistent_absence_by_authority": "Authority: persistent absence",
    "attendance_by_school_year": "School: attendance, year to date",
    "attendance_by_school_month": "School: attendance by month",
    "attendance_by_school_week": "School: attendance by week",
    "attendance_by_school_stage": "School: attendance by stage",
    "attendance_by_school_deprivation": "School: attendance by deprivation",
    "attendance_by_school_sex": "School: attendance by sex",
    "attendance_by_school_weekday": "School: attendance by weekday and half day",
    "absence_reasons_by_school": "School: reasons for absence",
    "persistent_absence_by_school": "School: persistent absence",
    "persistent_absence_by_month": "School: persistent absence by month",
    "similar_schools": "School: schools like it",
    "attendance_by_cluster": "School: attendance of its cluster",
    "schools": "School: list of schools",
}
"""Tables that a reader can ask about, those of the whole authority first."""


def feed_name(feed: str) -> str:
    """A feed as readers call it: ``enrolments`` as ``Enrolments``."""
    return FEEDS.get(feed, plain(feed))


def problem(kind: str) -> tuple[str, str]:
    """A kind of reject or warning, and its column: ``wrong_type in attendance_date``."""
    name, _, column = kind.partition(" in ")
    return PROBLEMS.get(name, plain(name)), column_name(column) if column else ""


def file_problem(kind: str) -> tuple[str, str]:
    """State and reason of files that were not used, out of ``quarantined: hash_mismatch``."""
    state, _, reason = kind.partition(": ")
    return FILE_STATES.get(state, plain(state)), reason


def column_name(column: str) -> str:
    """A column of a file in words."""
    return COLUMNS.get(column, plain(column).lower())


def plain(name: str) -> str:
    """A technical name in plain letters: ``attendance_date`` as ``Attendance date``."""
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
