"""Groups of pupils, clusters, reasons and bands: what is added up, and what is not."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dashboards.kit.formats import Figure
from dashboards.subjects.attendance.figures import absence, clusters, groups, headline, many
from dashboards.subjects.attendance.figures.groups import Cells, Group


def row(**values: Any) -> Any:
    return SimpleNamespace(**values, _mapping=values)


def rate(value: float | None, symbol: str = "[c]") -> Figure:
    return Figure(value, None if value is not None else symbol)


def cells(stage: str, possible: int, attended: int, number: int, suppressed: int = 0, missing: int = 0) -> Any:
    return row(stage=stage, possible=possible, attended=attended, cells=number, suppressed=suppressed, missing=missing)


def test_cells_are_added_up_by_group() -> None:
    found = groups.summed([cells("P1", 100, 95, 3), cells("P1", 300, 240, 3, 1), cells("P2", 10, 9, 3)], "stage")
    assert found["P1"] == Cells(400, 335, 6, 1, 0)
    assert str(found["P1"].rate) == "83.8%"
    assert str(found["P2"].rate) == "90.0%"


def test_a_group_of_which_more_than_half_is_hidden_has_no_rate() -> None:
    assert str(Cells(100, 90, 6, 3).rate) == "90.0%"
    assert Cells(100, 90, 6, 4).rate.mark == "[c]"
    assert Cells(100, 90, 6, 0, 4).rate.mark == "[x]"
    assert Cells().rate.mark == "[z]"


def test_the_gap_is_said_in_percentage_points() -> None:
    from dashboards.subjects.attendance.figures.of_authority import gap_sentence

    most = Group("1", "Most deprived fifth", rate(0.9021), rate(None, "[z]"), rate(0.335))
    least = Group("5", "Least deprived fifth", rate(0.951), rate(None, "[z]"), rate(0.162))
    assert gap_sentence(most, least) == (
        "The gap in attendance between the least deprived fifth of areas (95.1%) and the most deprived fifth (90.2%) "
        "is 4.9 percentage points. The gap in persistent absence between the most deprived fifth (33.5%) and the least "
        "deprived fifth of areas (16.2%) is 17.3 percentage points."
    )
    hidden = Group("5", "Least deprived fifth", rate(None), rate(None, "[z]"))
    assert gap_sentence(most, hidden) == "The gap in attendance is not shown: too few pupils to show."


def test_two_groups_are_named_each() -> None:
    found = (Group("F", "Girls", rate(0.923), rate(10)), Group("M", "Boys", rate(0.921), rate(10)))
    assert groups.each(found) == "Attendance was 92.3% for girls and 92.1% for boys."
    assert groups.each(found * 2) == ""


def test_a_cluster_is_shown_from_three_schools_on() -> None:
    found = clusters.added(
        [
            ("stage", "P1", 100, 95), ("stage", "P1", 300, 240), ("stage", "P1", 100, 95), ("stage", "P1", None, None),
            ("stage", "P2", 100, 90), ("stage", "P2", 100, 90), ("stage", "P2", None, None),
        ]
    )  # fmt: skip
    assert [(one.value, one.rate.mark, one.schools) for one in found] == [("P1", "86.0%", 3), ("P2", "[x]", 2)]


def test_who_sees_a_part_of_a_cluster_has_it_from_release() -> None:
    seen = clusters.Cluster("Alva", True, clusters.added([("total", "total", 100, 95), ("stage", "P1", 50, 45)]))
    found = clusters.whole(seen, Decimal("0.934"), 4)
    assert [(one.value, one.rate.mark, one.schools) for one in found.rows] == [("total", "93.4%", 4)]
    assert (found.is_shown, found.is_by_release) == (True, True)
    assert "no other school" in clusters.cluster_table(found, "primary").notes[0]
    few = clusters.whole(seen, None, 3)
    assert [(one.rate.mark, one.schools) for one in few.rows] == [("[x]", 3)]
    assert not few.is_shown
    assert clusters.whole(seen, None, None) is seen
    assert clusters.whole(seen, None, 1) is seen


def test_a_share_that_rounds_to_nothing_is_low() -> None:
    assert absence.or_low(rate(0.0004)).mark == "[low]"
    assert str(absence.or_low(rate(0.0005))) == "0.1%"
    assert str(absence.or_low(rate(0))) == "0.0%"
    assert absence.or_low(rate(None)).mark == "[c]"


def reason(name: str, openings: int | None, share: float | None) -> Any:
    symbol = None if openings is not None else "[c]"
    return row(reason=name, openings=openings, pupils=openings, share_of_possible=share, openings_symbol=symbol)


def test_reasons_stand_largest_first_and_hidden_ones_in_the_table() -> None:
    chart = absence.reasons_chart(
        "reasons",
        [reason("unexplained", None, None), reason("very_late", 7, 0.0001), reason("other_authorised", 900, 0.02)],
    )
    assert chart is not None
    assert [(str(line[0]), str(line[2])) for line in chart.table.rows] == [
        ("Other authorised", "2.0%"), ("Unexplained", "too few pupils to show"), ("Very late", "rounds to zero"),
    ]  # fmt: skip
    assert chart.sentence == (
        "The most frequent reason was other authorised, 2.0% of possible half days. "
        "2 of 3 reasons are not shown: too few pupils or rounds to zero."
    )
    assert absence.reasons_chart("reasons", []) is None


def test_reasons_that_are_all_hidden_have_no_drawing() -> None:
    chart = absence.reasons_chart("reasons", [reason("unexplained", None, None)])
    assert chart is not None
    assert chart.svg == ""
    assert chart.sentence == "The only reason is not shown: too few pupils."


def bands(**values: Any) -> Any:
    counts: dict[str, Any] = {
        "pupils": 200, "pupils_absent_under_5": 120, "pupils_absent_5_to_10": 30, "pupils_absent_10_to_20": 30,
        "pupils_absent_20_and_over": 20, "persistently_absent": 50, "severely_absent": 0,
        "persistent_absence_rate": 0.25, "severe_absence_rate": 0, "national_rate": 0.239,
        "national_rate_year": "2023/24", "as_at": dt.date(2025, 10, 31), "bands_symbol": None,
        "academic_year": "2025/26",
    }  # fmt: skip
    return row(**{**counts, **values})


def test_bands_say_how_many_missed_a_tenth_and_a_half() -> None:
    chart = absence.bands_chart("bands", bands())
    assert chart is not None
    assert chart.sentence == "25.0% of pupils missed 10% or more of their half days. No pupil missed half or more."
    assert [str(line[2]) for line in chart.table.rows] == ["60.0%", "15.0%", "15.0%", "10.0%", "25.0%", "0.0%"]


def test_persistent_absence_stands_beside_the_national_share() -> None:
    card = headline.persistent_card(bands(severely_absent=None, severe_absence_rate=None, bands_symbol="[c]"))
    assert card is not None
    assert card.lines == (
        "Pupils who missed 10% or more of their half days (50 of 200).",
        "Scotland, in all of 2023/24: 23.9%.",
        "Severe absence, half or more: too few pupils to show.",
    )
    whole = headline.persistent_card(bands(as_at=dt.date(2026, 6, 24)))
    assert whole is not None
    assert whole.lines[1] == "1.1 percentage points above Scotland in 2023/24 (23.9%).", "a year beside a year"


def school(name: str, attendance: float | None, pupils: int = 100, before: float | None = 0.9) -> many.SchoolLine:
    return many.SchoolLine(
        name,
        "primary",
        name,
        "",
        Figure(pupils, None, "count"),
        rate(attendance),
        rate(before),
        rate(None, "[x]"),
        rate(0.2),
    )


def test_schools_stand_by_name_and_hidden_figures_last() -> None:
    found = [school("C", 0.9), school("A", None), school("B", 0.95, pupils=50)]
    orders = {order: [line.name for line in many.in_order(found, order)] for order in many.ORDERS}
    assert orders["name"] == ["A", "B", "C"]
    assert orders["attendance"] == ["B", "C", "A"]
    assert orders["change"] == ["B", "C", "A"]
    assert orders["pupils"] == ["A", "C", "B"]
