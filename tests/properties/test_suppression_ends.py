"""What is hidden for a reason that has gone still leads to an end: every system is completed, nothing is left alone.

Systems at random: cells remembered as hidden, sums of them over any parts, parts that have gone since.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.protection.bounds import exposed_cells, unknowns_of
from orchestration.release.protection.patterns import protect_system
from orchestration.release.protection.suppression import CellSystem, Margin, complete, need

SECONDS = 20


@contextmanager
def has_to_end() -> Iterator[None]:
    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError("it does not end")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _of(*cells: int) -> np.ndarray:
    return np.array(cells, dtype=np.int64)


@pytest.mark.parametrize(
    ("values", "margin", "hidden", "expected"),
    [
        ([146, 146], Margin(_of(0), 1, kind="column", prefer_total=True), [1], [0, 1]),
        ([100, 46, 146], Margin(_of(0, 1), 2, kind="column", prefer_total=True), [2], [1, 2]),
        ([100, 46, 146], Margin(_of(0, 1), 2, kind="column"), [2], [1, 2]),
        ([100, 4, 104], Margin(_of(0, 1), 2, kind="column", prefer_total=True), [1], [1, 2]),
        ([0, 0], Margin(_of(0), 1, kind="column", prefer_total=True), [1], [1]),
    ],
    ids=["one sector left", "two sectors left", "without a preference", "usual", "nobody left"],
)
def test_a_hidden_sum_that_stands_alone_takes_a_part_with_it(
    values: list[int], margin: Margin, hidden: list[int], expected: list[int]
) -> None:
    flags = np.zeros(len(values), dtype=np.bool_)
    flags[hidden] = True
    system = CellSystem(np.array(values), [margin], flags)
    with has_to_end():
        complete(system)
    assert np.flatnonzero(system.hidden).tolist() == expected
    assert not system.failed


@st.composite
def systems(draw: st.DrawFn) -> CellSystem:
    """Cells, some of whose pupils have gone, with sums over any of them, some remembered as hidden."""
    count = draw(st.integers(2, 9))
    parts = draw(st.lists(st.sampled_from([0, 0, 1, 3, 4, 5, 8, 30, 200]), min_size=count, max_size=count))
    values, margins = list(parts), []
    for _ in range(draw(st.integers(1, 5))):
        members = sorted(draw(st.sets(st.integers(0, count - 1), min_size=1)))
        if draw(st.booleans()):
            total = len(values)
            values.append(sum(parts[member] for member in members))
        else:
            total = -1
        of_time = None
        if draw(st.booleans()):
            of_time = np.array([draw(st.integers(0, parts[member])) for member in members], dtype=np.int64)
        kind = "column" if total >= 0 and draw(st.booleans()) else "row"
        margins.append(Margin(_of(*members), total, of_time, kind, draw(st.booleans())))
    flags = np.array([0 < value < 5 or draw(st.booleans()) for value in values], dtype=np.bool_)
    system = CellSystem(np.array(values, dtype=np.int64), margins, flags)
    for margin in margins:
        if draw(st.integers(0, 5)) == 0:
            system.withhold(margin.parts)
    return system


@settings(max_examples=400, deadline=None, derandomize=True)
@given(system=systems())
def test_every_system_comes_to_an_end_with_what_was_hidden(system: CellSystem) -> None:
    before = system.hidden.copy()
    with has_to_end():
        complete(system)
    assert system.hidden[before].all()
    for number, margin in enumerate(system.margins):
        assert number in system.failed or need(system, margin) is None


@settings(max_examples=80, deadline=None, derandomize=True)
@given(system=systems())
def test_what_cannot_be_protected_is_withheld_whole(system: CellSystem) -> None:
    with has_to_end():
        protect_system(system, {})
    is_whole = bool(system.hidden.all()) and not system.floor.any()
    assert is_whole or not system.failed
    if not is_whole:
        of_all_times = [margin for margin in system.margins if margin.values is None]
        found = [exposed_cells(unknowns) for _, unknowns in unknowns_of(system, system.values, of_all_times)]
        assert not any(found)
