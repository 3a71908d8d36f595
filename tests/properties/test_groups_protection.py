"""Groups of a sector as they are declared: nobody works out 1 to 4 pupils by attendance, or looked after."""

import os

import pytest

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.released import puzzle_of
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import system_of
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL
from tests.support.made_up_levels import ATTAINMENT, levels_columns, persons_of
from tests.support.seen import seen_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
COUNCILS = ("Orkney", "Clackmannanshire", "Highland", "Glasgow") if IS_LONG else ("Orkney",)


@pytest.mark.parametrize("council", COUNCILS)
def test_groups_give_nothing_away_and_are_mostly_shown(council: str) -> None:
    units, columns = levels_columns(council)
    model = figures_of(read_declaration(ATTAINMENT), "grouped", units, BREAKDOWNS_FROM).model
    system = system_of(model, persons_of(model, columns))
    found = protect(system, wanted_of(system, primary(system)))
    assert not len(found.lost)
    hidden = found.cells & system.is_shown
    true = {
        " ".join((cell.table, cell.place, *cell.groups)): int(value)
        for cell, value in zip(system.cells, system.values, strict=True)
    }
    given = bounded(puzzle_of(model.dimensions, seen_of(model, system, hidden)))
    assert [one.name for one in given if one.low != one.low or 0 < true[one.name] < SMALL] == []
    assert hidden.sum() < system.is_shown.sum() / 2
