"""Landing of the attainment feeds: what their layouts ask for beyond single values."""

import pytest

from orchestration.landing import FileResult
from orchestration.settings import Settings
from tests.support.attainment_extracts import GOOD, changed, of_feed
from tests.support.extracts import SCNS
from tests.support.landings import land, ledger, rejects


@pytest.fixture
def warehouse(landing_warehouse: Settings) -> Settings:
    return landing_warehouse


def landed(warehouse: Settings, feed: str, *rows: dict[str, str]) -> FileResult:
    (file,) = land(warehouse, of_feed(feed, *rows)).files
    assert file.status == "landed", file.message
    return file


@pytest.mark.parametrize("feed", GOOD)
def test_a_good_row_lands(warehouse: Settings, feed: str) -> None:
    assert landed(warehouse, feed, dict(GOOD[feed])).rows_rejected == 0


def test_an_academic_year_is_kept_as_its_first_day(warehouse: Settings) -> None:
    file = landed(warehouse, "cfe_levels", changed("cfe_levels"), changed("cfe_levels", scn=SCNS[1]))
    found = ledger(
        warehouse, "select distinct academic_year::text from raw.cfe_levels where _file_id = %s", file.file_id
    )
    assert found == [("2024-08-01",)]
    years = ledger(warehouse, "select academic_year from control.file_years where file_id = %s", file.file_id)
    assert years == [("2024/25",)]


@pytest.mark.parametrize(
    ("feed", "columns", "reason", "column"),
    [
        ("cfe_levels", {"academic_year": "2024/26"}, "wrong_type", "academic_year"),
        ("cfe_levels", {"academic_year": "2024-08-01"}, "wrong_type", "academic_year"),
        ("cfe_tracking", {"academic_year": "1950/51"}, "date_logic", "academic_year"),
        ("cfe_levels", {"assessed_on": "2024-07-31"}, "date_logic", "assessed_on"),
        ("cfe_levels", {"assessed_on": "2025-08-01"}, "date_logic", "assessed_on"),
        ("cfe_levels", {"level_achieved": ""}, "missing_required", "level_achieved"),
        ("cfe_levels", {"level_achieved": "fifth"}, "unknown_code", "level_achieved"),
        ("cfe_levels", {"level_achieved": "beyond_broad_general_education"}, "unknown_code", "level_achieved"),
        ("cfe_levels", {"stage": "S4"}, "unknown_code", "stage"),
        ("cfe_levels", {"organiser": "science"}, "unknown_code", "organiser"),
        ("cfe_tracking", {"predicted_level": "", "on_track": ""}, "missing_required", "predicted_level"),
        ("cfe_tracking", {"collection": "5"}, "out_of_range", "collection"),
        ("cfe_tracking", {"stage": "SP"}, "unknown_code", "stage"),
        ("qualifications", {"awarded_on": ""}, "missing_required", "awarded_on"),
        ("qualifications", {"entry_status": "resulted", "awarded_on": ""}, "missing_required", "awarded_on"),
        ("qualifications", {"scqf_level": "11"}, "out_of_range", "scqf_level"),
        ("qualifications", {"grade": "E"}, "unknown_code", "grade"),
        ("qualifications", {"result_band": "0"}, "out_of_range", "result_band"),
        ("qualifications", {"scqf_credit_points": "241"}, "out_of_range", "scqf_credit_points"),
        ("leavers", {"leaving_date": "2024-09-10"}, "date_logic", "leaving_date"),
        ("leavers", {"leaving_date": "2025-09-10"}, "date_logic", "leaving_date"),
        ("leavers", {"initial_destination": "gap_year"}, "unknown_code", "initial_destination"),
        ("support_needs", {"plan_type": "05"}, "unknown_code", "plan_type"),
        ("support_needs", {"nature_of_support": "health|health"}, "unknown_code", "nature_of_support"),
        ("support_needs", {"end_date": "2023-10-01"}, "date_logic", "end_date"),
    ],
)
def test_what_breaks_a_rule_is_rejected(
    warehouse: Settings, feed: str, columns: dict[str, str], reason: str, column: str
) -> None:
    file = landed(warehouse, feed, changed(feed, **columns), changed(feed, scn=SCNS[1]))
    assert rejects(warehouse, file) == [(1, column, reason)]


@pytest.mark.parametrize(
    ("feed", "columns"),
    [
        ("cfe_levels", {"stage": "SP", "level_achieved": "beyond_broad_general_education"}),
        ("cfe_levels", {"stage": "P5"}),
        ("cfe_levels", {"assessed_on": "2025-07-31", "recorded_at": "2025-08-20T09:00:00Z"}),
        ("cfe_tracking", {"predicted_level": ""}),
        ("cfe_tracking", {"on_track": ""}),
        ("qualifications", {"entry_status": "entered", "awarded_on": "", "grade": ""}),
        ("qualifications", {"provider": "other", "award_type": "foundation_apprenticeship"}),
        ("qualifications", {"presenting_seed_code": "5702631"}),
        ("leavers", {"leaving_stage": "AD"}),
        ("leavers", {"leaving_date": "2024-09-11"}),
        ("leavers", {"leaving_date": "2025-09-09"}),
        ("leavers", {"initial_destination": "", "initial_as_at": ""}),
        ("support_needs", {"plan_type": "06"}),
    ],
)
def test_what_is_odd_but_legal_lands(warehouse: Settings, feed: str, columns: dict[str, str]) -> None:
    assert landed(warehouse, feed, changed(feed, **columns)).rows_rejected == 0


@pytest.mark.parametrize("feed", ["cfe_levels", "cfe_tracking"])
def test_numeracy_has_one_field_in_the_return(warehouse: Settings, feed: str) -> None:
    gaelic = changed(feed, organiser="numeracy", language="gaelic")
    file = landed(warehouse, feed, gaelic, changed(feed, language="gaelic"))
    found = ledger(
        warehouse, f"select organiser, language from raw.{feed} where _file_id = %s order by 1", file.file_id
    )
    assert found == [("numeracy", "english"), ("reading", "gaelic")]
    warned = ledger(
        warehouse, "select kind, row_count, example_row from control.warnings where file_id = %s", file.file_id
    )
    assert warned == [("language_read_as_english", 1, 1)]


def test_one_numeracy_in_two_languages_is_one_key(warehouse: Settings) -> None:
    later = {"recorded_at": "2025-06-04T09:00:00+01:00", "level_achieved": "second"}
    rows = [
        changed("cfe_levels", organiser="numeracy", **later),
        changed("cfe_levels", organiser="numeracy", language="gaelic"),
    ]
    file = landed(warehouse, "cfe_levels", *rows)
    assert rejects(warehouse, file) == [(2, "", "duplicate_key")]


@pytest.mark.parametrize("post_comes_first", [True, False])
def test_in_a_file_a_row_after_review_beats_a_newer_one_before_it(warehouse: Settings, post_comes_first: bool) -> None:
    post = changed("qualifications", result_stage="post_review", grade="B", recorded_at="2025-09-01T09:00:00Z")
    pre = changed("qualifications", recorded_at="2025-09-15T09:00:00Z")
    rows = [post, pre] if post_comes_first else [pre, post]
    file = landed(warehouse, "qualifications", *rows)
    kept = ledger(warehouse, "select grade, result_stage from raw.qualifications where _file_id = %s", file.file_id)
    assert kept == [("B", "post_review")]
    assert rejects(warehouse, file) == [(2 if post_comes_first else 1, "", "duplicate_key")]
