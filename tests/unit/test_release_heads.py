"""What of half days is hidden so that who knows one school learns nothing of another: small tables (RULES 35, 47)."""

from dataclasses import replace

import numpy as np
import pytest

from orchestration.release.engine.margins import AREA
from orchestration.release.protection.heads import Heads, Together, keep_from_heads, only_school
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.patterns import protect_from_all
from orchestration.release.protection.suppression import CellSystem, Margin

SMALL, BUFFER = 5, 8
PLACE = ("2025/26", "attendance_by_school_stage")


def table(values: list[list[int]], together: Together = ()) -> tuple[CellSystem, Heads, list[str]]:
    """Schools by stages with the total of each school, which is shown, and of each stage."""
    numbers = np.array(values)
    grid = np.arange(numbers.size).reshape(numbers.shape)
    height, width = numbers.shape
    totals = np.arange(numbers.size, numbers.size + width)
    every = np.concatenate([numbers.ravel(), numbers.sum(axis=0)])
    margins = [Margin(row) for row in grid] + [Margin(totals)]
    margins += [Margin(grid[:, j], int(totals[j]), kind="column") for j in range(width)]
    small = (every > 0) & (every < BUFFER)
    owners = [str(5000000 + i) for i in range(height) for _ in range(width)] + [""] * width
    names = [f"{owner}|{number}" for number, owner in enumerate(owners)]
    return CellSystem(every, margins, small.copy()), Heads.of(owners, small.tolist(), together), names


def hidden(values: list[list[int]], memory: Memory | None = None, together: Together = ()) -> np.ndarray:
    """The cells hidden, as the table has them with a row of totals below."""
    system, heads, names = table(values, together)
    protect_from_all(system, {}, heads, memory or Memory(), PLACE, names)
    return np.asarray(system.hidden.reshape(len(values) + 1, -1))


def test_a_third_school_is_hidden_in_each_column_of_a_small_cell() -> None:
    found = hidden([[3, 9, 30], [20, 25, 30], [40, 45, 50], [60, 70, 80]])
    for column in np.flatnonzero(found[0]):
        assert found[:-1, column].sum() >= 3 or found[-1, column]


def test_who_has_two_schools_is_not_told_of_a_third() -> None:
    values = [[3, 9, 30], [9, 25, 30], [10, 45, 50], [60, 70, 80]]
    (column,) = np.flatnonzero(hidden(values)[0])[:1]
    by_one = hidden(values)
    assert by_one[:-1, column].sum() == 3
    pair = frozenset(f"{5000000 + row}|primary" for row in np.flatnonzero(by_one[1:-1, column]) + 1)
    by_two = hidden(values, together=[pair])
    assert by_two[:-1, column].sum() == 4 or by_two[-1, column]


def test_of_two_schools_the_total_is_hidden() -> None:
    found = hidden([[3, 9, 30], [20, 25, 30]])
    small = np.flatnonzero(found[0])
    assert found[-1, small].all()


def test_what_a_head_can_bound_below_five_counts_as_told() -> None:
    """Beside a cell of 3 are 20 of one school and 1 of another: the head of the first knows that 3 and 1 are 4."""
    values = [[3, 30, 40], [20, 30, 40], [1, 30, 40], [60, 70, 80]]
    found = hidden(values)
    column = np.flatnonzero(found[0])[0]
    others = [values[row][column] for row in range(4) if found[row, column] and row != 1]
    assert found[-1, column] or sum(others) - (len(others) - 1) >= SMALL


def test_nothing_more_is_hidden_where_three_schools_hide_enough() -> None:
    values = [[6, 9, 30], [7, 6, 30], [5, 7, 50], [60, 70, 80]]
    system, heads, names = table(values)
    protect_from_all(system, {}, replace(heads, targets=np.zeros(len(names), dtype=bool)), Memory(), PLACE, names)
    assert (hidden(values) == system.hidden.reshape(5, 3)).all()


def test_what_an_earlier_release_showed_is_not_taken_back() -> None:
    values = [[3, 9, 30], [20, 25, 30]]
    system, heads, names = table(values)
    protect_from_all(system, {}, replace(heads, targets=np.zeros(len(names), dtype=bool)), Memory(), PLACE, names)
    before = Memory({PLACE: {name: "primary" for name, off in zip(names, system.hidden, strict=True) if off}})
    assert (hidden(values, before) == system.hidden.reshape(3, 3)).all()
    assert hidden(values)[-1].any()
    assert not system.hidden.reshape(3, 3)[-1].any()


def test_it_comes_to_an_end_where_nothing_helps() -> None:
    system = CellSystem(np.array([3, 20]), [Margin(np.array([0, 1]))], np.array([True, True]))
    keep_from_heads(system, Heads.of(["a", "b"], [True, False]), lambda: None)
    assert system.hidden.all()


@pytest.mark.parametrize(
    ("schools", "expected"), [(["5000001", "5000001"], "5000001"), (["5000001", "5000002"], ""), ([], "")]
)
def test_a_place_that_is_one_school_is_known_to_its_head(schools: list[str], expected: str) -> None:
    assert only_school(schools) == expected
    assert (Heads.of([expected], [True]).owner == (AREA if not expected else 0)).all()
