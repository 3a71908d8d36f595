"""What readers would see of a declared subject, given to the attacker before anybody sees it (RULES 46)."""

from collections.abc import Collection, Mapping

import numpy as np

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.determined import determined
from orchestration.release.attacker.knowing import knowing
from orchestration.release.attacker.released import Key, Seen, puzzle_of
from orchestration.release.declared.declaration import Mart
from orchestration.release.declared.figures import COUNTED
from orchestration.release.engine.cells import Cell, System
from orchestration.release.engine.heads import numbered, school_of, schools_of
from orchestration.release.engine.model import BoolArray, Model
from orchestration.release.subject.judged import HELD, Judged
from orchestration.release.subject.rows import Row
from orchestration.release.subject.told import seen_of_told
from orchestration.release.tables.rows import MartRows
from orchestration.release.thresholds import SMALL

Released = Mapping[str, tuple[MartRows, Mapping[Row, Row]]]
"""By mart the exact rows, and those that are to be released."""


def findings(judged: Judged, released: Released, knows: Collection[str] = ()) -> list[str]:
    """Names of what readers could work out of what is to be ``released``: ``worked_out`` of what they would see."""
    return worked_out(judged, seen_by_readers(judged, released), knows)


def seen_by_readers(judged: Judged, released: Released) -> list[Seen]:
    """The tables as readers would have them."""
    is_told = bool(judged.figures.declaration.populations[judged.place.population].told_by)
    return seen_of_told(judged, released) if is_told else _seen(judged, released)


def worked_out(judged: Judged, seen: list[Seen], knows: Collection[str] = ()) -> list[str]:
    """Names of what readers could work out of what they see; empty where there is nothing.

    That is figures of 1 to 4 persons, changes by 1 to 4, and results that all of a small cohort share. It
    is told which figures are held, which no reader is. Who ``knows`` some places (SEED code and sector, parted by a
    stroke) has every figure of their schools, and is asked for those in which others stand.
    """
    if knows:
        places = {place for place in judged.decision.system.places if school_of(place) in set(map(school_of, knows))}
        seen = knowing(seen, _true(judged), places)
    puzzle = puzzle_of(judged.figures.model.dimensions, seen)
    system, changed = judged.decision.system, judged.decision.changed
    has_others, others_changed = _of_others(judged, knows)
    of_own = alike_of_own(judged.figures.model, system, has_others)
    true: dict[str, int] = {}
    few: set[str] = set()
    alike: set[str] = set()
    for number, cell in enumerate(system.cells):
        name = " ".join((cell.table, cell.place, *cell.groups))
        true[name] = int(system.values[number]) if has_others[number] else 0
        if judged.decision.held[number] and 0 < changed[number] < SMALL and others_changed[number]:
            few.add(name)
        if system.tells_all[number] and not (knows and number in of_own):
            alike.add(name)
    found = [
        f"the figure {finding.name}"
        for finding in bounded(puzzle)
        if finding.low != finding.low or 0 < true[finding.name] < SMALL
    ]
    follows = determined(puzzle.known, puzzle.asked)
    for number in np.flatnonzero(follows).tolist():
        if puzzle.hidden[number].name in few:
            found.append(f"the change of {puzzle.hidden[number].name}")
        if puzzle.hidden[number].name in alike:
            found.append(f"that all have one result in {puzzle.hidden[number].name}")
    return found


def _of_others(judged: Judged, knows: Collection[str]) -> tuple[BoolArray, BoolArray]:
    """For each figure whether anybody of schools that are not known stands in it, and has changed it.

    Who went from a school that is known to another one, or came from it, is known to it.
    """
    decision, system = judged.decision, judged.decision.system
    names, _ = numbered(system.places)
    known = np.flatnonzero(np.isin(names, sorted(set(map(school_of, knows)))))
    inside = np.asarray(system.matrix @ schools_of(system).inside[:, known].sum(axis=1)).ravel()
    own = 0 if decision.changers is None else decision.changers.of(known)
    return np.asarray(system.values > inside), np.asarray(decision.changed > own)


def alike_of_own(model: Model, system: System, has_others: BoolArray) -> set[int]:
    """Figures that tell of a small cohort that all, or none, have a result, where nobody of others is in the cohort.

    The cohort of a figure is it and those beside it, of the other results. ``has_others`` says of each figure whether
    anybody stands in it whom the reader does not know.
    """
    results = {
        table.name: [at for at, (name, _) in enumerate(table.by) if model.dimensions[name].fewest]
        for table in model.tables
    }

    def cohorts(cell: Cell) -> list[tuple[str, str, int, tuple[str, ...]]]:
        return [(cell.table, cell.place, at, (*cell.groups[:at], *cell.groups[at + 1 :])) for at in results[cell.table]]

    of_others = {one for number in np.flatnonzero(has_others).tolist() for one in cohorts(system.cells[number])}
    every = np.flatnonzero(system.tells_all).tolist()
    return {number for number in every if of_others.isdisjoint(cohorts(system.cells[number]))}


def _may_be_empty(judged: Judged, cell: Cell) -> bool:
    """Whether a figure that is not shown may be 0: it is never shown, or is 0, and something else hides it.

    As a rule an empty one is shown, so readers know that a hidden one is not. Some that are empty are hidden all the
    same, since they were before, or for the sake of a share; readers are taken to know of all others that they are not.
    """
    at = judged.at[cell]
    return bool(not judged.decision.system.is_shown[at] or not judged.decision.system.values[at])


def _true(judged: Judged) -> dict[str, dict[Key, int]]:
    """Every figure as it is now, by table and key."""
    found: dict[str, dict[Key, int]] = {}
    for cell, value in zip(judged.decision.system.cells, judged.decision.system.values, strict=True):
        found.setdefault(cell.table, {})[cell.place, *cell.groups] = int(value)
    return found


def _seen(judged: Judged, released: Released) -> list[Seen]:
    figures: dict[str, dict[Key, int | None]] = {}
    unsure: dict[str, set[Key]] = {}
    held: dict[str, set[Key]] = {}
    for mart in judged.figures.marts():
        rows, wanted = released[mart.name]
        for key, row in wanted.items():
            _note(judged, mart, rows, key, row, figures, unsure, held)
    unshown = {table.name for table in judged.figures.model.tables if not table.shows}
    for cell in judged.decision.system.cells:
        if cell.table in unshown:
            asked: Key = (cell.place, *cell.groups)
            figures.setdefault(cell.table, {})[asked] = None
            unsure.setdefault(cell.table, set()).add(asked)
    return [
        Seen(
            table,
            figures.get(table.name, {}),
            frozenset(unsure.get(table.name, ())),
            frozenset(held.get(table.name, ())),
        )
        for table in judged.figures.model.tables
    ]


def _note(
    judged: Judged,
    mart: Mart,
    rows: MartRows,
    key: Row,
    row: Row,
    figures: dict[str, dict[Key, int | None]],
    unsure: dict[str, set[Key]],
    held: dict[str, set[Key]],
) -> None:
    contract = rows.contract
    at = {column.name: number for number, column in enumerate(contract.released_columns)}
    text = dict(zip(contract.keys, map(str, key), strict=True))
    if text[judged.figures.declaration.populations[mart.population].period] != judged.place.period:
        return
    for measure in judged.figures.measures(mart):
        if measure.kind not in COUNTED:
            continue
        cells = judged.figures.cell(mart, measure.name, text)
        if len(cells) != 1:
            continue
        (cell,) = cells
        name: Key = (cell.place, *cell.groups)
        value = row[at[measure.name]]
        if judged.state(cells) == HELD:
            held.setdefault(cell.table, set()).add(name)
            figures.setdefault(cell.table, {}).setdefault(name, None)
        elif value is None and cell in judged.known and judged.number(cells) not in range(1, SMALL):
            figures.setdefault(cell.table, {})[name] = judged.number(cells)
        elif value is None:
            if _may_be_empty(judged, cell):
                unsure.setdefault(cell.table, set()).add(name)
            figures.setdefault(cell.table, {}).setdefault(name, None)
        else:
            figures.setdefault(cell.table, {})[name] = int(value)
