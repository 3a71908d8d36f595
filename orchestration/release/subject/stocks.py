"""Populations that count the same persons at several moments: the change between two of their figures is a figure.

What a school year has shown of a stock, by whichever population and release, are *showings*: persons, and what became
of each figure. A figure is shown where nobody, or at least five, have come or gone since every showing of it; else it
is held as what was shown before (RULES 44, 45).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import psycopg

from orchestration.release.declared.declaration import Declaration, Population
from orchestration.release.engine.cells import system_of
from orchestration.release.engine.changes import Decision, Earlier, key_of
from orchestration.release.engine.contributions import changed_persons
from orchestration.release.engine.memory import DERIVED, SHOWN, CellState, Memory, Rows
from orchestration.release.engine.model import PLACE, IntArray, Model, Persons
from orchestration.release.subject.cadence import first_year
from orchestration.release.subject.store import Place, load_lines, load_memory
from orchestration.release.thresholds import SMALL

FAR = 1_000_000_000
"""Numbers of showings by other populations and periods begin here; those below are releases of the own one."""
NOW = FAR - 1
"""Number of the release that is being decided."""


@dataclass(frozen=True)
class Showing:
    """A moment as one release showed it: rows of its persons, and lines of its cells by their keys."""

    population: str
    period: str
    release: int
    rows: Rows
    cells: Mapping[str, CellState]

    def told(self) -> set[str]:
        """Keys of the cells that readers have, or can work out."""
        return {key for key, state in self.cells.items() if state.status in (SHOWN, DERIVED)}


@dataclass
class StockMemory(Memory):
    """The memory of one moment, in which a figure that it has no line of is as an earlier moment showed it.

    ``others`` has the rows of other moments by the numbers under which ``cells`` name them, ``own`` the keys of those
    that the moment has lines of.
    """

    others: dict[int, Rows] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def note_shown(self, decision: Decision) -> None:
        """Note what is shown at this moment for the first time, be it as another moment showed it."""
        for number in np.flatnonzero(decision.shown).tolist():
            key = key_of(decision.system.cells[number])
            if key not in self.own:
                self.new_cells.setdefault(key, CellState(SHOWN, 0, int(decision.system.values[number])))

    def since(self, release: int, now: Rows) -> tuple[Rows, Rows]:
        """Rows that stood at a showing and do not now, and those that are new since."""
        if release not in self.others:
            return super().since(release, now)
        return Memory([(release, self.others[release])]).since(release, now)


@dataclass
class Stock:
    """All showings of a stock in a school year, those of the release that is being decided among them."""

    showings: list[Showing] = field(default_factory=list)

    def add_now(self, place: Place, model: Model, persons: Persons, memory: Memory) -> None:
        """Note what the release that is being decided shows of a moment."""
        if not memory.new_cells:
            return
        self.showings.append(
            Showing(place.population, place.period, NOW, Rows.of(model, persons), dict(memory.new_cells))
        )

    def memory(self, declaration: Declaration, population: Population, period: str, own: Memory) -> StockMemory:
        """The memory to decide a moment with: its own, and of figures without a line what earlier moments showed.

        Earlier are those of populations declared before, and of the own earlier periods, as far as they stood when the
        moment was decided first: what it holds is as it was then.
        """
        rank = {name: at for at, name in enumerate(declaration.populations)}
        names = dimensions_of(population)
        first = min((release for release, _ in own.log), default=NOW)
        earlier = [
            one
            for one in self.showings
            if (rank[one.population], one.period) < (rank[population.name], period)
            and one.release <= first
            and set(names) <= set(one.rows.names)
        ]
        found = StockMemory(list(own.log), dict(own.cells), own=frozenset(own.cells))
        earlier.sort(key=lambda one: (one.release, rank[one.population], one.period))
        for number, one in enumerate(earlier, start=FAR):
            found.others[number] = narrowed(one.rows, names)
            inherited = {key: CellState(state.status, number, state.value) for key, state in one.cells.items()}
            found.cells |= {key: state for key, state in inherited.items() if key not in own.cells}
        return found

    def parted(self, population: Population, model: Model, persons: Persons) -> Earlier:
        """Which cells 1 to 4 persons part from some showing of them, compared by the dimensions that both have."""
        return _Parted(self, population, model, persons)

    def keys_parted(self, population: Population, model: Model, persons: Persons) -> set[str]:
        """The keys of these cells."""
        keys: set[str] = set()
        for common in {tuple(self._common(population, one)) for one in self.showings}:
            keys |= self._parted_by(common, population, model, persons)
        return keys

    def _common(self, population: Population, one: Showing) -> Iterator[str]:
        return (name for name in dimensions_of(population) if name in one.rows.names)

    def _parted_by(self, names: Sequence[str], population: Population, model: Model, persons: Persons) -> set[str]:
        tables = tuple(table for table in model.tables if {name for name, _ in table.by} <= set(names))
        part = Model({name: model.dimensions[name] for name in names}, tables, model.fewest)
        few = Persons(persons.ids, {name: persons.codes[name] for name in names})
        system, now = system_of(part, few), Rows.of(part, few)
        keys = [key_of(cell) for cell in system.cells]
        found: set[str] = set()
        for one in self.showings:
            told = one.told()
            is_told = np.array([key in told for key in keys], dtype=np.bool_)
            if tuple(self._common(population, one)) == tuple(names) and is_told.any():
                memory = StockMemory(others={FAR: narrowed(one.rows, names)})
                changed = changed_persons(system, memory, now, np.where(is_told, FAR, 0)).count
                found |= {keys[at] for at in np.flatnonzero((changed > 0) & (changed < SMALL)).tolist()}
        return found

    def is_told(self, cell: str, ids: IntArray) -> bool:
        """Whether readers have the figure of these persons, as some moment showed it: ``cell`` is its key."""
        return any(np.array_equal(np.unique(one.rows.table[:, 0]), ids) for one in self.showings if cell in one.told())


@dataclass(frozen=True)
class _Parted:
    """``Stock.keys_parted`` of these, worked out when it is called; it can be handed to another process."""

    stock: Stock
    population: Population
    model: Model
    persons: Persons

    def __call__(self) -> set[str]:
        return self.stock.keys_parted(self.population, self.model, self.persons)


def dimensions_of(population: Population) -> list[str]:
    """The names of a population's dimensions, places among them, in the order of its rows."""
    return sorted({PLACE, *population.dimensions})


def narrowed(rows: Rows, names: Sequence[str]) -> Rows:
    """The same persons by some of their dimensions."""
    every = list(rows.names)
    kept = [0, *(1 + every.index(name) for name in names), len(every) + 1]
    return Rows({name: rows.names[name] for name in names}, rows.table[:, kept])


def stock_of(connection: psycopg.Connection, declaration: Declaration, authority: str, name: str, period: str) -> Stock:
    """What was shown of a stock in the school year of a period, from the memory of its populations."""
    found = Stock()
    for population in declaration.populations.values():
        if population.stock != name:
            continue
        periods = connection.execute(
            "select distinct period from control.protected_persons where local_authority_code = %s and subject = %s "
            "and population = %s order by period",
            [authority, declaration.subject, population.name],
        ).fetchall()
        for (other,) in periods:
            if first_year(str(other)) == first_year(period):
                place = Place(authority, declaration.subject, population.name, str(other))
                log = load_memory(connection, place)[0].log
                for release, cells in load_lines(connection, place).items():
                    rows = Memory([one for one in log if one[0] <= release]).last()
                    found.showings.append(Showing(population.name, str(other), release, rows, cells))
    return found


def due_from_the_first(memory: StockMemory, shown_on: dict[str, date]) -> dict[str, date]:
    """When figures were shown last; one that was never shown at its moment itself may change at the next date."""
    return {key: shown_on.get(key, date.min) for key in memory.cells}
