"""Released tables of attainment and of the senior phase (see ``tables``)."""

from sqlalchemy import Numeric

from dashboards.kit.tables import AUTHORITY, COUNT, RATE, SCHOOL, SECTOR, TEXT, YEAR, Columns, counted, mart, of


def _shares(*names: str) -> Columns:
    """Counts and symbols with the shares of them."""
    return counted(*names) | of(RATE, *(f"{name}_share" for name in names))


def _gaps_of(*names: str) -> Columns:
    """Gaps between fifths of areas, with their symbols."""
    return of(Numeric(9, 6), *(f"{name}_gap" for name in names)) | of(TEXT, *(f"{name}_gap_symbol" for name in names))


_ORGANISERS = ("reading", "writing", "listening_and_talking", "literacy", "numeracy")
_OF_GAELIC = ("gaelic_reading", "gaelic_writing", "gaelic_listening_and_talking", "gaelic_literacy")
_ATTAINED = of(TEXT, "state")
for _organiser in (*_ORGANISERS, *_OF_GAELIC):
    _ATTAINED |= counted(f"{_organiser}_cohort", f"{_organiser}_achieved") | of(RATE, f"{_organiser}_share")
_BANDS = of(TEXT, *(f"{_organiser}_band" for _organiser in (*_ORGANISERS, *_OF_GAELIC)))
_GAPS = of(TEXT, "simd_edition") | _gaps_of(*_ORGANISERS)
_AREAS = of(TEXT, "simd_quintile", "simd_edition")
_FORESEEN = _shares("literacy_predicted", "numeracy_predicted")
_FORESEEN |= of(Numeric(9, 6), "literacy_prediction_error", "numeracy_prediction_error")
_FORESEEN |= of(TEXT, "literacy_prediction_error_symbol", "numeracy_prediction_error_symbol")
LEVELS = ("above", "expected", "one_below", "further_below")
"""How far from the level expected of a stage; literacy, which is made of three organisers, has none of its own."""
_LEVELS: Columns = {}
for _organiser in (*_ORGANISERS, *_OF_GAELIC):
    if not _organiser.endswith("literacy"):
        _LEVELS |= of(COUNT, *(f"{_organiser}_{_level}" for _level in LEVELS))
        _LEVELS |= of(TEXT, f"{_organiser}_levels_symbol")
attainment_by_school = mart("attainment_by_school", SCHOOL, YEAR, _ATTAINED, _BANDS)
attainment_by_school_stage = mart(
    "attainment_by_school_stage", SCHOOL, YEAR, of(TEXT, "stage"), _ATTAINED, _BANDS, _FORESEEN
)
attainment_by_sector = mart("attainment_by_sector", AUTHORITY, SECTOR, YEAR, _ATTAINED, _GAPS, _FORESEEN)
attainment_by_sector_stage = mart(
    "attainment_by_sector_stage", AUTHORITY, SECTOR, YEAR, of(TEXT, "stage"), _ATTAINED, _GAPS, _FORESEEN, _LEVELS
)
attainment_by_sector_deprivation = mart("attainment_by_sector_deprivation", AUTHORITY, SECTOR, YEAR, _AREAS, _ATTAINED)
attainment_by_sector_stage_deprivation = mart(
    "attainment_by_sector_stage_deprivation", AUTHORITY, SECTOR, YEAR, of(TEXT, "stage"), _AREAS, _ATTAINED
)
_FORECAST = counted("literacy_forecast_cohort", "numeracy_forecast_cohort") | of(COUNT, "newest_collection")
_FORECAST |= _shares("literacy_forecast", "numeracy_forecast")
for _organiser in ("reading", "numeracy"):
    _FORECAST |= counted(f"{_organiser}_on_track_cohort") | _shares(f"{_organiser}_on_track")
forecast_by_sector = mart("forecast_by_sector", AUTHORITY, SECTOR, YEAR, _FORECAST)
_PROGRESS = of(TEXT, "academic_year_of_p4", "state")
for _organiser in _ORGANISERS:
    for _count in ("p4_cohort", "p4_achieved", "followed", "at_first_level", "reached_second_level"):
        _PROGRESS |= counted(f"{_organiser}_{_count}")
    _PROGRESS |= counted(f"{_organiser}_p7_cohort", f"{_organiser}_p7_achieved")
    _PROGRESS |= of(RATE, f"{_organiser}_progress_share")
progress_by_sector = mart("progress_by_sector", AUTHORITY, SECTOR, YEAR, _PROGRESS)
_OF_GROUPS = of(TEXT, "breakdown", "pupil_group", "caution", "state") | counted("cohort")
for _organiser in ("literacy", "numeracy"):
    _OF_GROUPS |= counted(f"achieved_in_{_organiser}") | of(RATE, f"share_in_{_organiser}")
attainment_by_sector_group = mart("attainment_by_sector_group", AUTHORITY, SECTOR, YEAR, _OF_GROUPS)
_LEAVER_MEASURES = (
    "national_1_at_4", "national_1_at_5", "national_1_at_6", "all_scqf_1_at_5", "all_scqf_1_at_6", "all_scqf_5_at_4",
    "all_scqf_5_at_5", "all_scqf_5_at_6",
)  # fmt: skip


_BREADTH = ("all_scqf_3_at_4", "all_scqf_3_at_5", "all_scqf_3_at_6", "all_scqf_1_at_7")
_AWARDED = of(TEXT, "state", "other_providers") | counted("leavers", "cohort") | _shares(*_LEAVER_MEASURES)
_POSITIVE = counted("leavers", "initial_cohort", "follow_up_cohort") | of(TEXT, "state")
_POSITIVE |= _shares("initial_positive", "follow_up_positive")
_WENT = dict(_POSITIVE)
for _edition in ("initial", "follow_up"):
    _KINDS = ("higher_education", "further_education", "employment", "other_positive")
    _WENT |= counted(*(f"{_edition}_{kind}" for kind in _KINDS))
_EDITION = of(TEXT, "simd_edition")
_RESULTS = counted("s4_roll") | of(TEXT, "stage", "other_providers")
for _end, _by_end in {
    "s4": ("national_1_at_4", "national_1_at_5", "national_5_at_5", "all_scqf_1_at_5", "all_scqf_5_at_5"),
    "s5": tuple(f"{_set}_{_number}_at_6" for _set in ("national", "all_scqf") for _number in (1, 3, 5)),
    "s6": ("national_1_at_7", "all_scqf_1_at_7"),
}.items():
    _RESULTS |= counted(f"by_{_end}_cohort") | _shares(*(f"by_{_end}_{name}" for name in _by_end))
    _RESULTS |= of(TEXT, f"by_{_end}_state")
leaver_attainment_by_school = mart(
    "leaver_attainment_by_school",
    SCHOOL, YEAR, _AWARDED, _shares(*_BREADTH), of(TEXT, *(f"{name}_band" for name in (*_LEAVER_MEASURES, *_BREADTH))),
)  # fmt: skip
_COMPARED = of(TEXT, "state", "other_providers", "comparison_source", "matched_band", "matched_band_symbol")
_COMPARED |= counted("leavers", "cohort")
for _measure in ("national_1_at_5", "national_1_at_6", "all_scqf_1_at_5", "all_scqf_1_at_6", "all_scqf_5_at_6"):
    _COMPARED |= _shares(_measure) | of(TEXT, f"{_measure}_comparison_symbol", f"{_measure}_draws_symbol")
    _COMPARED |= of(Numeric(4, 3), *(f"{_measure}_{what}" for what in ("comparison", "draws_low", "draws_high")))
leaver_comparisons_by_school = mart("leaver_comparisons_by_school", SCHOOL, YEAR, _COMPARED)
leaver_attainment_by_authority = mart(
    "leaver_attainment_by_authority",
    AUTHORITY,
    YEAR,
    _AWARDED,
    _shares(*_BREADTH),
    _EDITION,
    _gaps_of(*_LEAVER_MEASURES),
)
leaver_attainment_by_authority_deprivation = mart(
    "leaver_attainment_by_authority_deprivation", AUTHORITY, YEAR, _AREAS, _AWARDED
)
leaver_destinations_by_school = mart("leaver_destinations_by_school", SCHOOL, YEAR, _WENT)
leaver_destinations_by_authority = mart(
    "leaver_destinations_by_authority", AUTHORITY, YEAR, _WENT, _EDITION,
    _gaps_of("initial_positive", "follow_up_positive"),
)  # fmt: skip
leaver_destinations_by_authority_deprivation = mart(
    "leaver_destinations_by_authority_deprivation", AUTHORITY, YEAR, _AREAS, _POSITIVE
)
s4_roll_results_by_school = mart("s4_roll_results_by_school", SCHOOL, YEAR, _RESULTS)
_COURSES = {
    **of(TEXT, "subject_group", "qualification", "state"), **counted("resulted"), **_shares("grade_a_to_c"),
}  # fmt: skip
course_results_by_school = mart("course_results_by_school", SCHOOL, YEAR, _COURSES)
course_results_by_authority = mart(
    "course_results_by_authority", AUTHORITY, YEAR, _COURSES, counted("entered", "grade_a")
)
s4_roll_results_by_authority = mart("s4_roll_results_by_authority", AUTHORITY, YEAR, _RESULTS)
