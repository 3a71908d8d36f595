"""A figure of more people does not say of a small cohort in it that none, or all, have a result (RULES 33)."""

import numpy as np
import pytest

from orchestration.release.engine.alike import kept_alike
from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table, coded
from orchestration.release.engine.protect import Hidden, primary, protect, wanted_of

SMALL_COHORT = 21
RESULT = Dimension("result", ("yes", "no"), fewest=SMALL_COHORT)


def _system(*schools: tuple[int, int]) -> System:
    """Two schools: how many of each have the result, and how many have not. Shown are the cohorts and who has it."""
    names = ("a", "b")
    places = Dimension(PLACE, names, {"whole": dict.fromkeys(names, "whole")})
    by, only = (("result", FINEST),), {"result": frozenset({"yes"})}
    tables = tuple(
        table
        for place in (FINEST, "whole")
        for table in (Table(f"cohort {place}", place), Table(f"reached {place}", place, by, only))
    )
    model = Model({PLACE: places, "result": RESULT}, tables)
    rows = [
        (name, group)
        for name, counts in zip(names, schools, strict=True)
        for group, count in zip(RESULT.values, counts, strict=True)
        for _ in range(count)
    ]
    columns = {PLACE: [row[0] for row in rows], "result": [row[1] for row in rows]}
    return system_of(model, coded(model, np.arange(len(rows), dtype=np.int64), columns))


def _shown(system: System, found: Hidden) -> dict[tuple[str, ...], int]:
    return {
        (cell.table.strip(), cell.place, *cell.groups): int(value)
        for cell, value, is_open in zip(system.cells, system.values, system.is_shown & ~found.cells, strict=True)
        if is_open
    }


@pytest.mark.parametrize(
    ("schools", "told"),
    [
        (((0, 12), (0, 30)), False),  # nobody of 42 would say: nobody of the 12
        (((12, 0), (30, 0)), False),  # all of 42 would say: all of the 12
        (((0, 40), (0, 30)), True),  # no school is small
        (((6, 6), (15, 15)), True),  # what the 12 have does not follow
    ],
)
def test_all_or_none_of_a_larger_figure_is_hidden_where_it_tells_of_a_small_cohort(
    schools: tuple[tuple[int, int], ...], told: bool
) -> None:
    system = _system(*schools)
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    shown = _shown(system, found)
    assert (("reached whole", "whole", "yes") in shown and ("cohort whole", "whole") in shown) is told


@pytest.mark.parametrize("schools", [((0, 12), (0, 30)), ((12, 0), (30, 0))])
def test_what_was_shown_before_is_beyond_help_and_no_reason_to_refuse(schools: tuple[tuple[int, int], ...]) -> None:
    system = _system(*schools)
    whole = np.array([cell.place == "whole" for cell in system.cells]) & system.is_shown
    found = protect(system, wanted_of(system, primary(system), is_known=whole))
    assert not len(found.lost)
    assert ("reached", "a", "yes") not in _shown(system, found)
    assert not (found.cells & whole).any()


def test_without_small_cohorts_nothing_more_is_asked() -> None:
    system = _system((20, 20), (30, 10))
    wanted = wanted_of(system, primary(system))
    asked = kept_alike(system, wanted)
    assert not len(asked.beyond)
    assert (asked.wanted.is_hidden == wanted.is_hidden).all()
    assert (asked.wanted.is_protected == wanted.is_protected).all()
