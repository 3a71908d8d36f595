"""Which schools to call and why, levels that are never called clear, and months that are set beside months."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dashboards.kit.formats import Figure
from dashboards.kit.page import PageRequest, Reader, Release
from dashboards.subjects.core.figures import lead_attendance, months
from dashboards.subjects.core.figures.attention import School, Week
from dashboards.subjects.core.figures.checks import Audience
from dashboards.subjects.core.figures.digest_text import text_of
from dashboards.subjects.core.figures.morning import Lead, Morning
from dashboards.subjects.core.figures.to_call import schools_to_call, sentence_of

ALVA = School("5000001", "primary", "Alva Primary School")
BURN = School("5000002", "primary", "Burn Primary School")
CRAIG = School("5000003", "secondary", "Craig Academy")
SCHOOLS = (ALVA, BURN, CRAIG)
MONDAY = dt.date(2025, 10, 27)
RELEASE = Release("S12000005", 9, dt.date(2025, 10, 31), dt.datetime(2025, 11, 1, tzinfo=dt.UTC),
                  dt.datetime(2025, 11, 1, tzinfo=dt.UTC), "1", (), "")  # fmt: skip
OFFICER = Reader(0, "officer", "Officer", authorities=("S12000005",), is_officer=True)
ASKED = PageRequest(OFFICER, RELEASE, "Clackmannanshire", "2025/26", ("2025/26", "2024/25"), "2024/25")


def row(**values: Any) -> Any:
    return SimpleNamespace(**values, _mapping=values)


def year(school: School | None, rate: str | None, same: str | None, sector: str = "all") -> Any:
    place = {"seed_code": school.seed_code, "sector": school.sector} if school else {"sector": sector}
    return row(
        **place, attendance_rate=rate and Decimal(rate), openings_symbol=None if rate else "[c]",
        rate_same_weeks_last_year=same and Decimal(same), same_weeks_symbol=None if same else "[c]", weeks_compared=11,
    )  # fmt: skip


def absence(school: School | None, month: int, share: str | None, sector: str = "all") -> Any:
    return row(
        seed_code=school.seed_code if school else "", sector=school.sector if school else "all", value=sector,
        month=dt.date(2025, month, 1), as_at=dt.date(2025, month, 30), persistent_absence_rate=share and Decimal(share),
        bands_symbol=None if share else "[c]", persistently_absent=None, pupils=None, national_rate=Decimal("0.285"),
        national_rate_year="2024/25",
    )  # fmt: skip


def morning(**more: Any) -> Morning:
    known: dict[str, Any] = {
        "asked": ASKED, "audience": Audience(None, 3), "day": dt.date(2025, 10, 31),
        "schools": {school.key: school for school in SCHOOLS},
        "years": [year(ALVA, "0.93", "0.93"), year(BURN, "0.93", "0.93"), year(CRAIG, "0.91", "0.91")],
        "weeks": dict.fromkeys(SCHOOLS, ()), "last_week": MONDAY, "months": [],
        "authority": {"all": year(None, "0.92", "0.92"), "primary": year(None, "0.93", "0.93", "primary"),
                      "secondary": year(None, "0.91", "0.91", "secondary")},
        "authority_before": {},
    }  # fmt: skip
    return Morning(**{**known, **more})


def test_nothing_is_pointed_out_where_nothing_moved() -> None:
    assert schools_to_call(morning()) == ()
    assert sentence_of((), morning()) == "Nothing about attendance is pointed out at any of 3 schools."


def test_a_fall_a_rise_and_a_level_are_reasons_and_the_heaviest_school_comes_first() -> None:
    shares = [
        absence(None, 9, "0.20"), absence(None, 10, "0.24"), absence(None, 10, "0.24", "primary"),
        absence(ALVA, 9, "0.25"), absence(ALVA, 10, "0.35"), absence(BURN, 9, "0.20"), absence(BURN, 10, "0.25"),
        absence(CRAIG, 9, "0.30"), absence(CRAIG, 10, None),
    ]  # fmt: skip
    found = schools_to_call(
        morning(
            years=[year(ALVA, "0.89", "0.93"), year(BURN, "0.90", "0.921"), year(CRAIG, None, "0.91")], months=shares
        )
    )
    assert [one.school for one in found] == [ALVA, BURN]
    assert found[0].why == (
        "Persistent absence 35.0%, up 10.0 percentage points from September 2025; persistent absence 35.0%, 11.0 "
        "percentage points above all primary schools; attendance 89.0%, down 4.0 percentage points from the same weeks "
        "of last year; attendance 89.0%, 4.0 percentage points below all primary schools."
    )
    assert found[1].why == "Attendance 90.0%, down 2.1 percentage points from the same weeks of last year.", (
        "Burn has risen by a point more than everywhere, and is one point above its sector: neither is pointed out"
    )
    assert sentence_of(found, morning()) == "2 of 3 schools are worth a call."


def test_a_bad_week_is_a_reason() -> None:
    weeks = tuple(
        Week(
            MONDAY - dt.timedelta(weeks=ago), 100, 1000, attended, Figure(Decimal(attended) / 1000), Figure(Decimal(1))
        )
        for ago, attended in ((2, 930), (1, 930), (0, 890))
    )
    (found,) = schools_to_call(morning(weeks={ALVA: weeks, BURN: (), CRAIG: ()}))
    assert found.why == "89.0% in the last whole week, down 4.0 percentage points from the 4 weeks before."


def test_a_high_level_is_never_clear_however_little_has_moved() -> None:
    """30.9% of pupils persistently absent was called nothing to note, since it had not risen."""
    still = [absence(None, 9, "0.309"), absence(None, 10, "0.309")]
    lead = lead_attendance.persistent(None, morning(months=still))  # type: ignore[arg-type]
    assert lead.state == "attention"
    assert lead.text == (
        "30.9% had missed 10% or more of their half days by 30 October 2025. No change since September 2025 (30.9%). "
        "Scotland, in all of 2024/25: 28.5%."
    )
    low = lead_attendance.persistent(None, morning(months=[absence(None, 10, "0.1")]))  # type: ignore[arg-type]
    assert low.state == "clear"
    assert "No change" not in low.text


def test_low_attendance_is_never_clear() -> None:
    assert lead_attendance.state_of(year(None, "0.899", "0.89"), Decimal("0.5")) == "attention"
    assert lead_attendance.state_of(year(None, "0.92", "0.92"), Decimal("0.5")) == "clear"
    assert lead_attendance.state_of(year(None, "0.92", "0.925"), Decimal("0.5")) == "attention"
    assert lead_attendance.state_of(year(None, None, "0.92"), Decimal("0.5")) == "unknown"
    assert lead_attendance.state_of(year(None, "0.92", None), Decimal("0.5")) == "told"


def cell(academic_year: str, month: dt.date, stage: str, attended: int | None, symbol: str | None = None) -> Any:
    return row(
        academic_year=academic_year, sector="primary", stage=stage, simd_quintile="1", month=month,
        openings_attended=attended, openings_possible=None if attended is None else 1000, openings_symbol=symbol,
    )  # fmt: skip


def test_a_month_stands_beside_that_month_and_only_when_both_are_over_and_shown() -> None:
    september, october = (dt.date(2025, month, 1) for month in (9, 10))
    rows = [
        cell("2025/26", september, "P1", 900), cell("2024/25", dt.date(2024, 9, 1), "P1", 950),
        cell("2025/26", september, "P2", None, "[c]"), cell("2024/25", dt.date(2024, 9, 1), "P2", 950),
        cell("2025/26", september, "P3", None, "[z]"),
        cell("2025/26", october, "P1", 100), cell("2024/25", dt.date(2024, 10, 1), "P1", 950),
    ]  # fmt: skip
    same = months.same_months(rows, "2025/26", "2024/25", dt.date(2025, 10, 30))
    assert same.called == "September", "31 October 2025 is a Friday, so October is not over on the 30th"
    (part,) = same.by("stage", {"P1": "P1", "P2": "P2"})
    assert (part.now.text, part.before.text) == ("90.0%", "95.0%")
    assert same.left_out == 0.5
    over = months.same_months(rows, "2025/26", "2024/25", dt.date(2025, 10, 31))
    assert over.called == "September to October"
    assert months.same_months(rows, "2025/26", None, dt.date(2025, 10, 31)).months == ()


def test_a_month_that_ends_on_a_weekend_is_over_on_its_friday() -> None:
    assert months.is_over(dt.date(2026, 2, 1), dt.date(2026, 2, 27))
    assert not months.is_over(dt.date(2026, 2, 1), dt.date(2026, 2, 26))


def test_the_digest_says_what_the_page_says_and_nothing_of_a_school_that_stays_on_the_screen() -> None:
    leads = [
        Lead("Levels returned", "told", "2024/25: literacy 31 of 42.", None, "2024/25: literacy 70% to under 80%.")
    ]
    named = schools_to_call(morning(years=[year(ALVA, "0.89", "0.93"), year(BURN, "0.93", "0.93"),
                                           year(CRAIG, "0.91", "0.91")]))  # fmt: skip
    text = text_of(ASKED, "Attendance needs attention.", "November", leads, named, "Data: nothing is late.")
    assert "31 of 42" not in text
    assert "- Levels returned (for information): 2024/25: literacy 70% to under 80%." in text
    assert f"1. Alva Primary School: {named[0].why}" in text
    assert "data as at 31 October 2025, released 1 November 2025 (release 9)" in text
