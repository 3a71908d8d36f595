"""Groups of a school beside themselves at the same time of last year: which state is taken, and what is said of it."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dashboards.kit.formats import Figure
from dashboards.subjects.attendance.figures.groups import Group, groups_chart
from dashboards.subjects.attendance.figures.year_before import NOTHING_BEFORE, moved, window, year_before


def rate(value: str | None) -> Figure:
    return Figure(Decimal(value)) if value else Figure(None, "[c]")


def row(kind: str, value: str, day: dt.date, attendance: str | None) -> Any:
    found = {
        "attendance_rate": Decimal(attendance) if attendance else None,
        "openings_symbol": "" if attendance else "[c]",
    }
    return SimpleNamespace(kind=kind, value=value, data_as_at=day, _mapping=found)


def test_the_state_is_of_the_same_time_within_a_week() -> None:
    first, last = window(dt.date(2026, 10, 30)) or (None, None)
    assert (first, last) == (dt.date(2025, 9, 26), dt.date(2025, 11, 7))
    assert window(None) is None


def test_the_newest_state_counts_alone() -> None:
    october, september = dt.date(2025, 10, 31), dt.date(2025, 9, 30)
    rows = [
        row("stage", "P1", september, "0.95"),
        row("stage", "P2", september, "0.94"),
        row("stage", "P1", october, "0.93"),
    ]
    found = year_before(rows, "2025/26")
    assert found.until == october
    assert {key: figure.text for key, figure in found.rates.items()} == {("stage", "P1"): "93.0%"}
    assert "31 October 2025" in found.note.text
    assert year_before([], "2025/26") == NOTHING_BEFORE
    assert "nothing beside them" in NOTHING_BEFORE.note.text


def test_who_moved_furthest_is_said_and_hidden_groups_are_not() -> None:
    names = ["P1", "P2", "P3", "P4"]
    now = [rate("0.950"), rate("0.900"), rate("0.930"), rate(None)]
    then = [rate("0.940"), rate("0.925"), rate("0.930"), rate("0.700")]
    assert moved(names, now, then) == (
        "From the same time last year P2 is down 2.5 percentage points and P1 is up 1.0 percentage point."
    )
    assert moved(names, now, [rate(None)] * 4) == ""
    assert moved(names[:1], now[:1], now[:1]) == "No group has changed from last year."


def test_a_chart_has_both_years_where_there_is_one_and_else_as_before() -> None:
    groups = [Group(f"P{n}", f"P{n}", rate(f"0.9{n}"), Figure(20, None, "count")) for n in range(1, 4)]
    then = year_before([row("stage", "P1", dt.date(2025, 10, 31), "0.90")], "2025/26")
    chart, without = (groups_chart("stage", "By stage", "Stage", groups, before=one) for one in (then, NOTHING_BEFORE))
    assert chart is not None
    assert without is not None
    assert [column.heading for column in chart.table.columns] == ["Stage", "Attendance", "2025/26", "Change", "Pupils"]
    assert [str(cell) for cell in chart.table.rows[0][1:4]] == [
        str(one) for one in (rate("0.91"), rate("0.90"), rate("0.91").minus(rate("0.90")))
    ]
    assert "From the same time last year P1 is up 1.0 percentage point." in chart.sentence
    assert [column.heading for column in without.table.columns] == ["Stage", "Attendance", "Pupils"]
    assert "last year" not in without.sentence
