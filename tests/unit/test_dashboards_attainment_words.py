"""Words and figures of attainment: small cohorts, bands, breaks, organisers that hold back, aims, composition."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection

from dashboards.kit.formats import Figure
from dashboards.kit.markup import rows_html
from dashboards.kit.page import PageRequest, Reader, Release
from dashboards.subjects.attainment.figures import gap, one_school, organisers, overview, trend, words
from dashboards.subjects.attainment.figures.council import Council
from dashboards.subjects.core.figures.attained import Attained, attained, pooled, sentence_of
from dashboards.subjects.core.queries import published
from tests.support.published_figures import published_figures

YEAR, BEFORE = "2024/25", "2023/24"
OFFICER = Reader(0, "officer", "Officer", authorities=("S12000005",), is_officer=True)
RELEASE = Release("S12000005", 1, dt.date(2025, 10, 31), dt.datetime(2025, 11, 1, tzinfo=dt.UTC),
                  dt.datetime(2025, 11, 1, tzinfo=dt.UTC), "1", (), "")  # fmt: skip
ASKED = PageRequest(OFFICER, RELEASE, "Clackmannanshire", YEAR, (YEAR, BEFORE), BEFORE)


def band(achieved: int, of: int) -> str | None:
    """The official band, as the released marts have it."""
    tens = 10 * achieved // of if of > 20 else None
    return None if tens is None else "90% or more" if tens >= 9 else f"{10 * tens}% to under {10 * tens + 10}%"


def cohort(achieved: int | None, of: int | None, symbol: str | None = None) -> Attained:
    share = None if achieved is None or not of else achieved / of
    return Attained(
        Figure(of, None if of is not None else "[c]", "count"),
        Figure(achieved, None if achieved is not None else symbol or "[c]", "count"),
        Figure(share, None if share is not None else symbol or ("[z]" if of == 0 else "[c]")),
        band(achieved, of) if achieved is not None and of else None,
    )


def row(**figures: Any) -> Any:
    """A released row with these columns, and every other one null."""
    known = {"state": "published", "simd_edition": "SIMD 2020v2", **figures}

    class Anything(dict):  # type: ignore[type-arg]
        def __missing__(self, key: str) -> None:
            return None

    return SimpleNamespace(**known, _mapping=Anything(known))


def literacy(achieved: int, of: int, **more: Any) -> Any:
    return row(literacy_cohort=of, literacy_achieved=achieved, literacy_share=achieved / of, **more)


@pytest.mark.parametrize(
    ("found", "text", "said"),
    [
        (cohort(100, 139), "71.9%", "70% to under 80%"),
        (cohort(21, 28), "21 of 28", "70% to under 80%"),
        (cohort(49, 49), "49 of 49", "90% or more"),
        (cohort(45, 50), "90.0%", "90% or more"),
        (cohort(35, 50), "70.0%", "70% to under 80%"),
        (cohort(4, 60), "6.7%", "0% to under 10%"),
        (cohort(15, 20), "15 of 20", "too few pupils to show"),
        (cohort(None, 40), "too few pupils to show", "too few pupils to show"),
        (cohort(None, None), "too few pupils to show", "too few pupils to show"),
        (cohort(0, 0), "does not apply", "does not apply"),
    ],
)
def test_a_cohort_on_the_screen_and_on_paper(found: Attained, text: str, said: str) -> None:
    assert (found.text, str(found.band)) == (text, said)


def test_paper_has_nothing_without_a_released_band() -> None:
    shown = Attained(Figure(80, None, "count"), Figure(60, None, "count"), Figure(0.75))
    assert str(shown.band) == "too few pupils to show"
    hidden = Attained(Figure(80, None, "count"), Figure(None, "[c]", "count"), Figure(None, "[c]"), "70% to under 80%")
    assert str(hidden.band) == "too few pupils to show"


def test_years_are_pooled_from_shown_counts_alone() -> None:
    assert pooled([cohort(20, 30), cohort(10, 30)]).text == "50.0%"
    assert pooled([cohort(20, 30), cohort(None, 30)]).text == "too few pupils to show"


def test_a_released_row_is_read_with_its_symbols() -> None:
    hidden = row(reading_cohort=40, reading_achieved_symbol="[c]")
    assert attained(hidden, "reading").text == "too few pupils to show"
    assert attained(hidden, "reading").cohort.text == "40"
    assert attained(None, "reading").text == "not available"


def test_a_brief_says_what_is_shown_and_why_the_rest_is_not() -> None:
    both = {"literacy": cohort(70, 100).of_cohort, "numeracy": cohort(80, 101).of_cohort}
    assert sentence_of(YEAR, "primary", both) == (
        "In the return of 2024/25 70.0% of 100 pupils of P1, P4 and P7 achieved the level expected of their stage in "
        "literacy, and 79.2% of 101 in numeracy."
    )
    one = {"literacy": cohort(None, None).band, "numeracy": cohort(80, 101).band}
    assert sentence_of(YEAR, "secondary", one, "of the pupils") == (
        "In the return of 2024/25 70% to under 80% of the pupils of S3 achieved third level or better in numeracy; "
        "literacy is not shown: too few pupils to show."
    )
    assert "is not shown: too few" in sentence_of(YEAR, "primary", {"literacy": cohort(None, 9).band})


def test_the_lowest_organiser_holds_literacy_back() -> None:
    here = {"reading": cohort(80, 100), "writing": cohort(75, 100), "listening_and_talking": cohort(90, 100),
            "literacy": cohort(70, 100)}  # fmt: skip
    tie = {**here, "reading": cohort(75, 100)}
    hidden = {**here, "writing": cohort(None, 100)}
    found = organisers.holds_back({"P1": here, "P4": tie, "P7": hidden, "P1P4P7": here})
    assert found == [
        "Writing is the lowest of the three and holds literacy back most in P1 (75.0%, literacy 70.0%); and the three "
        "stages together (75.0%, literacy 70.0%)."
    ]
    assert organisers.holds_back({"P7": hidden}) == ["Which organiser holds literacy back is not shown."]


def test_a_trend_speaks_of_years_after_the_last_break_alone() -> None:
    years = tuple(f"20{year}/{year + 1}" for year in range(16, 25))
    assert [years[one.at] for one in trend.cuts_of(years, "P1P4P7")] == ["2018/19", "2019/20", "2020/21", "2021/22"]
    assert [years[one.at] for one in trend.cuts_of(years, "S3")] == ["2018/19", "2019/20", "2021/22"]
    said = [Figure(Decimal(60 + at) / 100) for at in range(9)]
    none = [Figure(None, "[x]")] * 9
    assert trend.trend_sentence(years, said, none, "P1P4P7") == (
        "As published: 65.0% in 2021/22, 68.0% in 2024/25, up 3.0 percentage points. Years before that may not be "
        "compared."
    )
    assert trend.trend_sentence(years, none, said, "P1P4P7").startswith("As returned: 65.0% in 2021/22")
    assert trend.trend_sentence(years, none, none, "P1P4P7") == "None of 9 figures is shown: not available."


def group(name: str, is_stage: bool, now: Attained, before: Attained) -> overview.Group:
    return overview.Group(name, name, is_stage, now, before, Figure(None, "[x]"))


def test_for_whom_names_lowest_and_most_moved_and_leaves_small_groups_out() -> None:
    groups = [
        group("P1", True, cohort(80, 100), cohort(78, 100)),
        group("P4", True, cohort(70, 100), cohort(76, 100)),
        group("P7", True, cohort(5, 30), cohort(25, 30)),
        group("Most deprived fifth", False, cohort(60, 100), cohort(59, 100)),
        group("Least deprived fifth", False, cohort(85, 100), cohort(None, 100)),
    ]
    assert overview.whom_sentence(groups, "Literacy", BEFORE) == (
        "Literacy was lowest in P4 (70.0%) and the most deprived fifth (60.0%). Since 2023/24 it has moved most in P4 "
        "(down 6.0 percentage points) and the most deprived fifth (up 1.0 percentage point)."
    )
    assert "Since" not in overview.whom_sentence(groups, "Literacy", "")
    assert (
        overview.whom_sentence(groups[2:3], "Literacy", BEFORE) == "Literacy of groups is not shown, or of few pupils."
    )


def test_gaelic_stands_by_itself_and_is_marked_as_such() -> None:
    found = {
        ("P1", "gaelic_reading"): cohort(30, 40), ("P1", "gaelic_literacy"): cohort(60, 80),
        ("P4", "gaelic_reading"): cohort(None, None),
    }  # fmt: skip
    nobody = cohort(0, 0)
    table = organisers.gaelic_table(YEAR, ("P1", "P4"), lambda *key: found.get(key, nobody))
    assert table is not None
    assert [str(row[0]) for row in table.rows] == [
        "P1: reading (Leughadh)",
        "P1: literacy (Litearrachd)",
        "P4: reading (Leughadh)",
    ]
    assert [str(row[1]) for row in table.rows] == ["30 of 40", "75.0%", "too few pupils to show"]
    assert 'P1: reading (<span lang="gd">Leughadh</span>)' in rows_html(table, lambda link: "")
    assert table.as_sheet("gaelic").rows[0][0] == "P1: reading (Leughadh)"
    on_paper = organisers.gaelic_table(YEAR, ("P1",), lambda *key: found.get(key, nobody), on_paper=True)
    assert on_paper is not None
    assert [str(row[1]) for row in on_paper.rows] == ["70% to under 80%", "70% to under 80%"]
    assert organisers.gaelic_table(YEAR, ("P1", "P4"), lambda *key: nobody) is None


def school(years: dict[str, Any], sector: str = "primary") -> one_school.School:
    whole = {"primary": "P1P4P7", "secondary": "S3"}[sector]
    return one_school.School(
        ASKED, sector, {(whole, year): row for year, row in years.items()}, {YEAR: literacy(70, 100)}
    )


def test_a_small_school_has_a_count_and_neither_percentage_nor_direction() -> None:
    card, _ = one_school.cards(school({BEFORE: literacy(20, 40), YEAR: literacy(30, 40)}))
    assert card.figure == "30 of 40"
    assert card.lines == (
        "One pupil is 2.5 percentage points, so no percentage and no direction is given.",
        "In the authority's primary schools it was 70.0%.",
    )


def test_a_larger_school_stands_beside_last_year_and_its_council() -> None:
    rows = {"2022/23": literacy(50, 80), BEFORE: literacy(56, 80), YEAR: literacy(60, 80)}
    card, _ = one_school.cards(school(rows))
    assert str(card.figure) == "75.0%"
    assert card.lines == (
        "60 of 80 pupils.",
        "Up 5.0 percentage points from 2023/24 (70.0%).",
        "5.0 percentage points above the authority's primary schools (70.0%).",
        "Three years together: 166 of 240 pupils (69.2%).",
    )
    few = one_school.cards(school({BEFORE: literacy(20, 40), YEAR: literacy(60, 80)}))[0]
    assert not [line for line in few.lines if BEFORE in line], "a small cohort gives no direction"


def test_a_school_that_teaches_in_gaelic_leads_with_it() -> None:
    row_ = row(literacy_cohort=0, literacy_achieved=0, literacy_achieved_symbol="[z]",
               gaelic_literacy_cohort=60, gaelic_literacy_achieved=45, gaelic_literacy_share=0.75)  # fmt: skip
    card, _ = one_school.cards(school({YEAR: row_}))
    assert (card.heading, str(card.figure)) == ("Literacy in Gaelic, P1, P4 and P7", "75.0%")


def series(share: str, by_quintile: dict[str, str], year: str = YEAR) -> published.Series:
    fifths = {quintile: published.share_of(by_quintile.get(quintile, "")) for quintile in published.QUINTILES}
    return {(year, "P1P4P7", "literacy"): published.Published(100, published.share_of(share), fifths)}


NATION = {"1": "65", "2": "70", "3": "75", "4": "80", "5": "85"}


def council(own: list[int], achieved: int, nation: str = "75") -> Council:
    rows = {("P1P4P7", YEAR): literacy(achieved, 1000, literacy_gap=Decimal(20))}
    areas = {("P1P4P7", str(at), YEAR): literacy(each, 100) for at, each in enumerate(own, 1)}
    return Council(ASKED, rows, areas, scotland=series(nation, NATION))


def test_a_council_lower_because_of_where_its_pupils_live_is_told() -> None:
    assert words.composition(council([65, 70, 75, 80, 85], 700)) == (
        "With as many pupils in each fifth of areas literacy would be 75.0% here and 75.0% in Scotland: most of the "
        "difference comes from where pupils live."
    )
    assert words.composition(council([60, 65, 70, 75, 80], 700)) == "", "lower in every fifth"
    assert words.composition(council([65, 70, 75, 80, 85], 745)) == "", "half a point is no difference"


def test_the_gap_has_both_ends_with_their_pupils_and_scotland_beside() -> None:
    found = council([60, 65, 70, 75, 80], 700)
    assert gap.gap_sentence(found, "literacy") == (
        "In P1, P4 and P7 60.0% of 100 pupils from the most deprived fifth of areas achieved literacy, and 80.0% of "
        "100 from the least deprived: a gap of 20.0 percentage points (20.0 in Scotland)."
    )
    none = Council(ASKED, {("P1P4P7", YEAR): literacy(1, 100, literacy_gap_symbol="[z]")}, {})
    assert gap.gap_sentence(none, "literacy") == gap.NO_AREA
    hidden = Council(ASKED, {("P1P4P7", YEAR): literacy(1, 100, literacy_gap_symbol="[c]")}, {})
    assert gap.gap_sentence(hidden, "literacy").startswith("The gap in literacy is not shown")


@pytest.fixture(scope="module")
def figures() -> Iterator[Connection]:
    with published_figures() as connection:
        yield connection


def test_an_aim_is_in_pupils_and_ends_with_its_round(figures: Connection) -> None:
    aims = published.aims_of(figures, "S12000005", dt.date(2025, 10, 31))
    (aim,) = [one for one in aims if one.organiser == "literacy"]
    assert overview.aim_sentence(cohort(1066, 1477), aim) == (
        "Aim for 2025/26 (made up for the demonstration): 76.0%, that is 57 pupils more."
    )
    assert overview.aim_sentence(cohort(76, 100), aim).endswith("76.0%, reached.")
    assert published.aims_of(figures, "S12000005", dt.date(2026, 8, 1)) == ()
    assert published.aims_of(figures, "S12000005", dt.date(2025, 10, 31), is_live=True) == (), (
        "nobody's aims beside real pupils"
    )
    assert "no aim is shown" in overview.without_aim(council([65, 70, 75, 80, 85], 700))


def test_published_figures_are_read_as_they_stand(figures: Connection) -> None:
    assert published.share_of("72.241").text == "72.2%"
    assert published.share_of("93 - 100%").text == "93 - 100%"
    assert published.share_of("c").text == "too few pupils to show"
    assert published.share_of("95-100%").text == "95-100%"
    assert published.share_of("").text == "not published"
    assert published.share_of("-").symbol == "[z]", "a fifth in which nobody lives"
    with pytest.raises(ValueError, match="'low' is no percentage"):
        published.share_of("low")
    found = published.levels_of(figures, "S12000005")[YEAR, "P1P4P7", "literacy"]
    assert (found.cohort, found.share.text, found.gap.text) == (1477, "72.2%", "18.3")
    assert (YEAR, "S3", "literacy") in published.levels_of(figures, published.SCOTLAND), "third level"
    assert published.levels_of(figures, "S12999999") == {}
