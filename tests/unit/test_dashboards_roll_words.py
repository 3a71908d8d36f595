"""The roll in words: how full schools are, what agrees with the published roll, who came and left."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from dashboards.kit.formats import Figure
from dashboards.subjects.roll.figures import beside, months
from dashboards.subjects.roll.figures.census import NONE, SchoolRoll

DAY = "10 September 2025"


def count(value: int | None) -> Figure:
    return Figure(value, None if value is not None else "[c]", "count")


def school(number: int, pupils: int | None, capacity: int | None = 100) -> SchoolRoll:
    share = None if pupils is None or not capacity else pupils / capacity
    return SchoolRoll(
        f"500000{number}", "primary", f"School {number}", count(pupils), NONE, capacity,
        Figure(share, None if share is not None else "[c]"), NONE, NONE, NONE,
    )  # fmt: skip


def row(**values: Any) -> Any:
    return SimpleNamespace(**values, _mapping=values)


def moved(month: dt.date, entry: int | None, leaver: int | None, move: int | None) -> list[Any]:
    counts = {"entry": entry, "leaver": leaver, "move": move}
    return [
        row(month=month, movement=kind, pupils=number, pupils_symbol=None if number is not None else "[c]")
        for kind, number in counts.items()
    ]


@pytest.mark.parametrize(
    ("share", "band"),
    [(0.499, 0), (0.5, 1), (0.749, 1), (0.75, 2), (0.9, 3), (1, 3), (1.001, 4)],
)
def test_a_band_has_its_lower_end_and_a_full_school_is_not_over(share: float, band: int) -> None:
    assert beside.band_of(Figure(share, None)) == beside.BANDS[band]
    assert beside.band_of(Figure(None, "[c]")) is None


def test_capacity_adds_up_schools_that_have_both() -> None:
    chart = beside.capacity_chart([school(1, 80), school(2, 130), school(3, None), school(4, 50, None)])
    assert chart is not None
    assert chart.sentence == (
        "2 schools with 200 places had 210 pupils at the census, 105.0%; 1 is over capacity. "
        "2 schools have no capacity or no roll shown."
    )
    assert beside.capacity_chart([school(3, None)]) is None


def test_a_roll_agrees_within_what_the_published_one_allows_and_a_hidden_one_is_not_compared() -> None:
    published = {(f"500000{number}", "primary"): row(roll=100, tolerance=2) for number in (1, 2, 3)}
    found = beside.agreement([school(1, 102), school(2, 97), school(3, None), school(4, 10)], published, "2025/26")
    assert found is not None
    assert (found.both, found.agree) == (2, 1)
    assert (
        "Of 2 schools whose roll at the census of 2025/26 is shown here and was published, 1 (50.0%)" in found.sentence
    )
    assert [cells[3:] for cells in found.table.rows] == [("+2", "yes"), ("\N{MINUS SIGN}3", "no"), ("", "not shown")]
    assert beside.agreement([school(4, 10)], published, "2025/26") is None


def test_movements_are_added_up_where_every_month_is_shown() -> None:
    rows = [*moved(dt.date(2025, 9, 1), 9, 7, None), *moved(dt.date(2025, 10, 1), 6, 5, 8)]
    chart = months.movements_chart(rows)
    assert chart is not None
    assert chart.sentence == "In October 2025 6 pupils came to the authority's schools and 5 left them."
    assert [str(cell) for cell in chart.table.rows[-1]][:3] == ["All 2 months", "15", "12"]
    assert chart.table.rows[-1][3] == Figure(None, "[c]", "count")
    hidden = months.movements_chart(moved(dt.date(2025, 9, 1), None, None, 0))
    assert hidden is not None
    assert hidden.sentence == "1 month is not shown, because few pupils came or left."


def test_a_school_goes_from_the_census_over_months_to_the_latest_register() -> None:
    rows = [row(month=dt.date(2025, 9, 1), pupils=103, pupils_symbol=None)]
    now = row(as_at=dt.date(2025, 10, 27), pupils=None, pupils_symbol="[c]")
    chart = months.school_chart("School 1", count(98), DAY, rows, now)
    assert chart is not None
    assert chart.sentence == f"The roll went from 98 in the census of {DAY} to 103 in September 2025."
    assert [cells[0] for cells in chart.table.rows] == [
        f"the census of {DAY}", "September 2025", "the latest register, 27 October 2025",
    ]  # fmt: skip
    assert months.school_chart("School 1", count(98), DAY, [], None) is None


def test_nothing_of_the_authority_is_drawn_for_readers_of_schools_alone() -> None:
    assert months.authority_chart([], [], NONE, {}, DAY) is None
    assert months.movements_chart([]) is None
    assert months.stages_table([], {}) is None
