"""The complement and its repair over small literal tables (RULES 35)."""

import numpy as np

from orchestration.release.protection.bounds import bounds_of, exposed_cells, repair, unknowns_of
from orchestration.release.protection.suppression import CellSystem, Margin, complete


def _row(values: list[int], hidden: list[int]) -> CellSystem:
    flags = np.zeros(len(values), dtype=np.bool_)
    flags[hidden] = True
    return CellSystem(np.array(values), [Margin(np.arange(len(values)))], flags)


def _table(values: list[list[int]], hidden: list[tuple[int, int]]) -> CellSystem:
    table = np.array(values)
    grid = np.arange(table.size).reshape(table.shape)
    flags = np.zeros(table.size, dtype=np.bool_)
    flags[[grid[place] for place in hidden]] = True
    margins = [Margin(row) for row in grid] + [Margin(column) for column in grid.T]
    return CellSystem(table.ravel(), margins, flags)


def test_a_single_hidden_cell_takes_another_with_it() -> None:
    system = _row([3, 12, 40], [0])
    complete(system)
    assert system.hidden.tolist() == [True, True, False]


def test_two_hidden_cells_whose_pupils_say_under_five_take_a_third() -> None:
    system = _row([2, 3, 20, 30], [0, 1])
    complete(system)
    assert system.hidden.sum() == 3
    assert system.values[system.hidden].sum() - system.hidden.sum() >= 4


def test_two_hidden_cells_with_room_are_enough() -> None:
    system = _row([3, 4, 20], [0, 1])
    system.values[1] = 6
    complete(system)
    assert system.hidden.tolist() == [True, True, False]


def test_zeros_stay_shown_where_others_can_be_hidden() -> None:
    system = _row([3, 0, 9], [0])
    complete(system)
    assert system.hidden.tolist() == [True, False, True]


def test_a_small_school_has_its_whole_row_withheld_zeros_included() -> None:
    system = _row([2, 3, 0, 0], [0, 1])
    complete(system)
    assert system.hidden.all()
    assert not system.floor.any()


def test_a_row_with_fewer_than_five_pupils_in_all_cannot_be_made_safe() -> None:
    system = _row([2, 1, 0], [0, 1])
    complete(system)
    assert system.failed == {0}


def test_rows_and_columns_have_two_hidden_cells_each_at_the_fixed_point() -> None:
    system = _table([[3, 20, 30], [25, 20, 15], [18, 22, 40]], [(0, 0)])
    complete(system)
    hidden = system.hidden.reshape(3, 3)
    assert all(count != 1 for count in [*hidden.sum(axis=0), *hidden.sum(axis=1)])
    assert hidden.sum() == 4


def test_a_column_without_further_cells_has_its_total_hidden() -> None:
    values = np.array([3, 0, 0, 3])
    system = CellSystem(values, [Margin(np.arange(3), 3, kind="column")], np.array([True, False, False, False]))
    complete(system)
    assert system.hidden.tolist() == [True, False, False, True]


def test_a_hidden_total_whose_parts_are_all_shown_takes_a_part_with_it() -> None:
    system = CellSystem(np.array([9, 7, 16]), [Margin(np.arange(2), 2)], np.array([False, False, True]))
    complete(system)
    assert system.hidden.tolist() == [False, True, True]


def test_bounds_follow_from_margins_and_floors() -> None:
    system = _row([3, 6, 20], [0, 1])
    ((cells, unknowns),) = unknowns_of(system, system.values, system.margins)
    assert cells == [0, 1]
    assert bounds_of(unknowns, 0) == (1.0, 8.0)


def test_a_cell_that_linked_margins_give_away_is_found_and_repaired() -> None:
    """Each margin alone has two hidden cells with room, yet together they bound cells to under five."""
    system = _table([[3, 9, 40], [9, 3, 40], [30, 30, 50]], [(0, 0), (0, 1), (1, 0), (1, 1)])
    complete(system)
    before = [exposed_cells(unknowns) for _, unknowns in unknowns_of(system, system.values, system.margins)]
    assert before == [[]]
    tight = _table([[3, 2, 40, 20], [2, 3, 20, 40], [30, 30, 50, 50]], [(0, 0), (0, 1), (1, 0), (1, 1)])
    ((_, unknowns),) = unknowns_of(tight, tight.values, tight.margins)
    assert exposed_cells(unknowns)
    complete(tight)
    assert repair(tight, np.ones(12, dtype=np.bool_)) == []
    for _, unknowns in unknowns_of(tight, tight.values, tight.margins):
        assert exposed_cells(unknowns) == []
