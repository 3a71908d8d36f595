"""Which rows of what was shown stand as they were: those that 1 to 4 pupils changed, and what would tell (RULES 44).

The change of a row is a figure. Readers know it of every row that takes its figures of now, and rows add up to one
another over schools, weeks, months, half days of the week and groups. So rows are protected by the engine that hides
figures; hidden means held here. Readers also have what they saw before: it is as good as known of every part in which
nothing changed since.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from orchestration.release.attacker.determined import determined
from orchestration.release.declared.figures import Together
from orchestration.release.engine.cells import Cell, System
from orchestration.release.engine.model import BoolArray
from orchestration.release.engine.suppress import Wanted, suppressed
from orchestration.release.held.changes import Place, Sums
from orchestration.release.held.heads import Standing
from orchestration.release.tables.checks import CheckError
from orchestration.release.thresholds import SMALL


@dataclass(frozen=True)
class Asked:
    """Of a row that is shown: the pupils who changed it since it was shown, and whether it may change today."""

    pupils: int
    may_change: bool


def _system(places: list[Place], sums: Sums, asked: Mapping[Place, Asked]) -> System:
    """First the rows as readers see them, then as they would be now."""
    every = [sums.before[place] for place in places] + [sums.now[place] for place in places]
    rows = [number for number, row in enumerate(every) for _ in row]
    shape = (len(every), len(sums.unknowns))
    matrix = csr_array((np.ones(len(rows)), (rows, [column for row in every for column in row])), shape=shape)
    pupils = np.array([asked[place].pupils for place in places] * 2, dtype=np.int64)
    none: BoolArray = np.zeros(len(every), dtype=np.bool_)
    return System(
        tuple(Cell(mart, "|".join(map(str, key)), ()) for mart, key in places * 2),
        matrix,
        csr_array((0, shape[1])),
        pupils,
        pupils,
        np.zeros(shape[1], dtype=np.int64),
        ~none,
        none,
        none,
        np.zeros((0, 1), dtype=np.int64),
        (),
    )


def held(asked: Mapping[Place, Asked], sums: Sums, together: Together = ()) -> set[Place]:
    """Rows that stand as they were shown, of those ``asked`` about: those that are shown, then and now.

    So that nobody learns of a change by few, nor who knows one school exactly, or those that are ``together``.

    Those that wait for their date are among them. Larger changes are let through first, so small ones carry the loss.
    Raises ``CheckError`` where an attacker of its own code finds a change by few all the same (RULES 46).
    """
    found = {place for place, one in asked.items() if one.pupils and not one.may_change}
    found |= {place for place, one in asked.items() if 0 < one.pupils < SMALL}
    places = sorted((place for place in asked if place in sums.now), key=str)
    if not places or not found:
        return found
    system = _system(places, sums, asked)
    then = np.arange(len(places) * 2) < len(places)
    pupils = system.persons
    is_held = np.array([False for _ in places] + [place in found for place in places], dtype=np.bool_)
    none: BoolArray = np.zeros(len(pupils), dtype=np.bool_)
    wanted = Wanted((pupils > 0) & (pupils < SMALL) & ~then, is_held, (pupils == 0) | then, none)
    decided = suppressed(system, wanted)
    is_held[decided.hidden] = True
    Standing(system, wanted, is_held, sums.schools, together).keep_from_heads()
    _attack(places, system, wanted, is_held, set(decided.lost.tolist()))
    return found | {places[number - len(places)] for number in np.flatnonzero(is_held).tolist()}


def _attack(places: list[Place], system: System, wanted: Wanted, is_held: BoolArray, beyond: set[int]) -> None:
    """Refuse where the change of a protected row follows from rows that are let through.

    ``beyond`` are rows that follow from what readers know anyhow.
    """
    asked = [number for number in np.flatnonzero(wanted.is_protected).tolist() if number not in beyond]
    if not asked:
        return
    follows = determined(system.matrix[np.flatnonzero(~is_held)], system.matrix[asked])
    if wrong := np.flatnonzero(follows).tolist():
        mart, key = places[asked[wrong[0]] - len(places)]
        row = " ".join(map(str, key))
        raise CheckError(
            f"{mart}: what few pupils changed in {row} follows from other changes ({len(wrong)} such rows)"
        )
