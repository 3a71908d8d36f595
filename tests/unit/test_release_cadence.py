"""When figures that were shown may change (RULES 44)."""

from datetime import date

import pytest

from orchestration.release.declared.declaration import Cadence
from orchestration.release.engine.cells import Cell
from orchestration.release.subject.cadence import due_of, is_final, last_date

TERMS = Cadence("at_dates", ("12-31", "03-31", "06-30"), "08-31")
CELL = Cell("school", "5700000|primary", ())


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2026-01-05", "2025-12-31"),
        ("2025-12-31", "2025-12-31"),
        ("2025-12-30", "2025-06-30"),
        ("2026-04-01", "2026-03-31"),
    ],
)
def test_the_last_fixed_date_includes_the_day_itself(today: str, last: str) -> None:
    assert last_date(TERMS, date.fromisoformat(today)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("shown_on", "today", "is_due"),
    [
        ("2025-09-12", "2025-12-30", False),
        ("2025-09-12", "2025-12-31", True),
        ("2025-12-31", "2026-03-30", False),
        ("2026-01-05", "2026-03-31", True),
    ],
)
def test_a_figure_may_change_once_a_fixed_date_has_come_since_it_was_shown(
    shown_on: str, today: str, is_due: bool
) -> None:
    due = due_of(TERMS, {"school|5700000|primary": date.fromisoformat(shown_on)}, date.fromisoformat(today))
    assert due is not None
    assert due(CELL) is is_due


def test_figures_shown_once_never_change_and_those_of_each_night_always_may() -> None:
    due = due_of(Cadence("once"), {"school|5700000|primary": date(2025, 9, 12)}, date(2026, 9, 1))
    assert due is not None
    assert not due(CELL)
    assert due_of(Cadence("each_night"), {}, date(2026, 9, 1)) is None


@pytest.mark.parametrize(
    ("period", "today", "final"),
    [
        ("2025/26", "2026-08-30", False),
        ("2025/26", "2026-08-31", True),
        ("2025-10-31", "2026-08-31", True),
        ("2026-02-28", "2026-08-30", False),
    ],
)
def test_a_period_is_final_after_its_school_year(period: str, today: str, final: bool) -> None:
    assert is_final(TERMS, period, date.fromisoformat(today)) is final


@pytest.mark.parametrize(("today", "final"), [("2025-09-27", False), ("2026-08-30", False), ("2026-08-31", True)])
def test_a_return_that_is_first_shown_after_its_year_is_final_a_year_later(today: str, final: bool) -> None:
    cadence = Cadence("at_dates", ("12-31", "03-31", "06-30"), "08-31", years_later=1)
    assert is_final(cadence, "2024/25", date.fromisoformat(today)) is final
