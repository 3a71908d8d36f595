"""What is shown now, held as it was, or hidden: figures and the changes of shown figures together (RULES 33, 34, 44).

The change of a figure that was shown rests on the persons whose contribution changed since. 1 to 4 of them hold it:
readers, who know what it was, may not learn what it is, neither by itself nor from other figures. So such a figure is
protected as a hidden one is; one from the same persons as when it was shown is known whatever is decided.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from orchestration.release.engine.cells import Cell, System, system_of
from orchestration.release.engine.contributions import Changed, changed_persons
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.heads import numbered
from orchestration.release.engine.memory import DERIVED, HIDDEN, SHOWN, CellState, Memory, Rows
from orchestration.release.engine.model import FINEST, PLACE, BoolArray, IntArray, Model, Persons
from orchestration.release.engine.protect import primary, protect
from orchestration.release.engine.suppress import Wanted, suppressed
from orchestration.release.thresholds import SMALL


def key_of(cell: Cell) -> str:
    """The name of a cell in the memory: table, place, groups."""
    return "|".join((cell.table, cell.place, *cell.groups))


@dataclass(frozen=True)
class Decision:
    """What becomes of each cell of ``system``.

    ``shown`` have their figure of now, ``held`` the one that was shown last (``value``), ``hidden`` none. ``lost`` are
    cells that could not be protected: nothing may be released then. ``changed`` counts the persons behind each change,
    ``changers`` says of which schools they are; None where that is not known.
    """

    system: System
    shown: BoolArray
    held: BoolArray
    hidden: BoolArray
    value: IntArray
    changed: IntArray
    lost: IntArray
    changers: Changed | None = None


Due = Callable[[Cell], bool]
Earlier = Callable[[], Collection[str]]
"""Keys of cells that 1 to 4 persons part from what was shown of them at some moment."""


def _states(system: System, memory: Memory) -> tuple[list[CellState | None], dict[str, BoolArray], IntArray]:
    states = [memory.cells.get(key_of(cell)) for cell in system.cells]
    flags = {
        status: np.array([state is not None and state.status == status for state in states], dtype=np.bool_)
        for status in (SHOWN, HIDDEN, DERIVED)
    }
    is_known = flags[SHOWN] | flags[DERIVED]
    releases = np.array([state.release if state is not None else 0 for state in states], dtype=np.int64)
    return states, flags, np.where(is_known, releases, 0)


def decide(
    model: Model,
    persons: Persons,
    memory: Memory,
    due: Due | None = None,
    buffer: int = SMALL,
    is_final: bool = False,
    elsewhere: Elsewhere | None = None,
    fewest: Mapping[Cell, int] | None = None,
    earlier: Earlier | None = None,
) -> Decision:
    """Decide what is shown of a population now, given all that was; notes in ``memory`` what is new.

    ``due`` says which figures that were shown may change today (None: all); a figure shown for the first time always
    may. ``buffer`` is the number of persons below which one that was never shown is hidden. When ``is_final``, nothing
    is held that five or more have changed: it is hidden if others need it. What is hidden ``elsewhere`` is hidden
    here, and what is known from there protects nothing here. ``fewest`` has by cell the least number of persons behind
    any of its figures, such as that of one month: where that is small it is hidden, known before or not. ``earlier``
    tells of the same figures at other moments, whose difference is a figure, and is asked only where one may be shown.
    """
    system = system_of(model, persons, _small(model, persons, memory))
    now = Rows.of(model, persons)
    states, flags, releases = _states(system, memory)
    changers = changed_persons(system, memory, now, releases)
    changed = changers.count
    before = flags[SHOWN] | flags[DERIVED]
    least = _fewest(system, fewest or {})
    first = primary(system, flags[SHOWN], buffer, least)
    is_few = before & (changed > 0) & (changed < SMALL)
    elsewhere = elsewhere or Elsewhere()
    there_hidden, there_known = elsewhere.flags(system)
    is_told = np.array([cell in elsewhere.told for cell in system.cells], dtype=np.bool_)
    is_left = np.array([cell.table in elsewhere.left for cell in system.cells], dtype=np.bool_)
    first &= ~is_told
    there_hidden &= ~is_told
    few = is_told & (system.persons > 0) & (system.persons < SMALL)
    is_within = (_within(model, system, few | (is_left & ~is_told)) | is_left) & ~is_told
    is_within &= system.is_shown
    there_hidden &= (system.is_shown | _of_unshown_tables(model, system)) & (system.values > 0)
    own, first = first, first | there_hidden
    there_hidden |= first & (least < system.persons) & system.is_shown
    is_known = before & (changed == 0) & ~there_hidden
    is_known |= (there_known & ~first & ~is_few | is_told) & (system.values > 0)
    is_known &= ~is_within
    waits = np.zeros(len(system.cells), dtype=np.bool_)
    if due is not None:
        waits = np.array([not due(cell) for cell in system.cells], dtype=np.bool_) & flags[SHOWN] & (changed > 0)
    is_stable = not (there_hidden & ~flags[HIDDEN]).any() and not (there_known & flags[HIDDEN]).any()
    as_it_was = is_stable and _is_as_it_was(system, memory, now, flags, changed, waits)
    if as_it_was or (is_stable and _all_wait(system, memory, flags, changed, waits)):
        if as_it_was:
            memory.note(now)
        held = flags[SHOWN] & system.is_shown & (changed > 0)
        values = _values(system, states, held)
        shown = system.is_shown & flags[SHOWN] & ~held
        hidden = system.is_shown & flags[HIDDEN]
        return Decision(system, shown, held, hidden, values, changed, _NONE, changers)
    if earlier is not None and (system.is_shown & ~flags[HIDDEN] & ~waits & ~is_known).any():
        keys = earlier()
        parted = np.array([key_of(cell) in keys for cell in system.cells], dtype=np.bool_) & ~is_known
        is_few |= parted
        changed = np.where(parted, np.clip(changed, 1, SMALL - 1), changed)
    is_protected = (first | is_few) & ~is_known
    off = ((is_protected | flags[HIDDEN] | waits | is_within) & system.is_shown) & ~is_known
    # what is known from elsewhere is as good as shown, whoever shows it
    seen = replace(system, is_shown=system.is_shown | (there_known & _of_unshown_tables(model, system) & ~first))
    is_zero = seen.is_shown & ~off & (system.values == 0)
    wanted = Wanted(is_protected, off, is_known & ~is_zero, is_zero)
    targets = first & ~is_known & (system.values < SMALL)
    known_to_one = changers.known_to_one(len(numbered(system.places)[0])) & (is_few & ~first)[:, None]
    found = protect(seen, wanted, targets, known_to_one, is_few)
    is_off = (found.cells | flags[HIDDEN] | is_within | (waits & flags[SHOWN])) & system.is_shown
    hidden = is_off & (~flags[SHOWN] | (first & ~is_few) | there_hidden | is_within)
    if is_final:
        hidden |= is_off & (changed >= SMALL)
    held = is_off & ~hidden
    value = _values(system, states, held)
    shown = system.is_shown & ~is_off
    # what was shown here before it was hidden elsewhere is known from then: hidden now, beyond help, and of no few
    lost = found.lost[own[found.lost] | is_few[found.lost]]
    decision = Decision(system, shown, held, hidden, value, changed, lost, changers)
    _remember(decision, memory, flags, wanted, is_off)
    memory.note(now)
    return decision


def _within(model: Model, system: System, whole: BoolArray) -> BoolArray:
    """Cells that part one of these: of 1 to 4 persons and known anyhow, or hidden elsewhere.

    An empty part would tell what the other parts are, so these cells are hidden with their zeros.
    """
    found: BoolArray = np.zeros(len(system.cells), dtype=np.bool_)
    if not whole.any():
        return found
    tables = {table.name: table for table in model.tables}
    wholes = {system.cells[number] for number in np.flatnonzero(whole).tolist()}
    over = [tables[name] for name in sorted({cell.table for cell in wholes})]
    for number, cell in enumerate(system.cells):
        own = dict(zip(tables[cell.table].by, cell.groups, strict=True))
        for table in over:
            if table.place == tables[cell.table].place and set(table.by) <= set(own):
                found[number] |= Cell(table.name, cell.place, tuple(own[key] for key in table.by)) in wholes
    return found


def _fewest(system: System, found: Mapping[Cell, int]) -> IntArray:
    """The least number of persons behind each cell, zeros apart: its own, or that of one of its figures."""
    least = system.persons.copy()
    for number, cell in enumerate(system.cells):
        count = found.get(cell, 0)
        if count > 0 and (count < least[number] or not least[number]):
            least[number] = count
    return least


def _small(model: Model, persons: Persons, memory: Memory) -> BoolArray:
    """Places without breakdowns: those with few persons when they were first released, for as long as figures stand.

    A breakdown that comes or goes would tell that one person has made 19 into 20 (RULES 43, 44).
    """
    places = model.dimensions[PLACE].values
    known: set[str] = set()
    parted: set[str] = set()
    lengths = {table.name: len(table.by) for table in model.tables if table.place == FINEST}
    for key, state in memory.cells.items():
        name, _, rest = key.partition("|")
        if name in lengths and state.status != DERIVED:
            place = rest.rsplit("|", lengths[name])[0] if lengths[name] else rest
            known.add(place)
            if lengths[name]:
                parted.add(place)
    roll = np.bincount(persons.codes[PLACE], minlength=len(places))
    return np.array(
        [place not in parted if place in known else bool(count < model.fewest)
         for place, count in zip(places, roll, strict=True)],
        dtype=np.bool_,
    )  # fmt: skip


def _of_unshown_tables(model: Model, system: System) -> BoolArray:
    """Cells of tables that nobody shows: what is known of them is known from elsewhere."""
    unshown = {table.name for table in model.tables if not table.shows}
    return np.array([cell.table in unshown for cell in system.cells], dtype=np.bool_)


_NONE: IntArray = np.zeros(0, dtype=np.int64)


def _values(system: System, states: Sequence[CellState | None], held: BoolArray) -> IntArray:
    """Figures of now, and of held cells those that were shown last."""
    value = system.values.copy()
    for cell in np.flatnonzero(held).tolist():
        state = states[cell]
        value[cell] = value[cell] if state is None or state.value is None else state.value
    return value


def _is_as_it_was(
    system: System, memory: Memory, now: Rows, flags: dict[str, BoolArray], changed: IntArray, waits: BoolArray
) -> bool:
    """Whether the last decision stands: the same rows, no new cell, and nothing held that may be let go today."""
    if not memory.log or (system.is_shown & ~flags[SHOWN] & ~flags[HIDDEN]).any():
        return False
    may_go = flags[SHOWN] & (changed >= SMALL) & ~waits
    return not may_go.any() and not len(now.toggled(memory.last()).table)


def _all_wait(system: System, memory: Memory, flags: dict[str, BoolArray], changed: IntArray, waits: BoolArray) -> bool:
    """Whether nothing may change today: every figure was decided before, and each that has changed waits for a date.

    One that has become small waits with the others, as it was: that it goes is a change, too. Who is behind the
    figures today need not be noted, since none is of today.
    """
    if not memory.log or (system.is_shown & ~flags[SHOWN] & ~flags[HIDDEN]).any():
        return False
    return not (flags[SHOWN] & (changed > 0) & ~waits).any()


def _remember(
    decision: Decision, memory: Memory, flags: dict[str, BoolArray], wanted: Wanted, is_off: BoolArray
) -> None:
    """Note cells that are newly shown, or from other persons, newly hidden, or newly to be had by subtraction."""
    system = decision.system
    asked = Wanted(wanted.is_protected, is_off, wanted.is_known, wanted.is_zero)
    derived = np.zeros(len(system.cells), dtype=np.bool_)
    derived[suppressed(system, asked, watches=True).derived] = True
    for number, cell in enumerate(system.cells):
        was_there = flags[SHOWN][number] or flags[DERIVED][number]
        is_same = was_there and not decision.changed[number]
        if decision.hidden[number] and not flags[HIDDEN][number]:
            memory.new_cells[key_of(cell)] = CellState(HIDDEN, 0)
        elif decision.shown[number] and not (is_same and flags[SHOWN][number]):
            memory.new_cells[key_of(cell)] = CellState(SHOWN, 0, int(system.values[number]))
        elif derived[number] and not is_same and not system.is_shown[number]:
            memory.new_cells[key_of(cell)] = CellState(DERIVED, 0)
