"""What the moments of a stock have to do with each other while they are judged one after the other (RULES 44, 45)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import psycopg

from orchestration.release.declared.declaration import Declaration, Population
from orchestration.release.declared.figures import Figures
from orchestration.release.engine.cells import Cell, system_of
from orchestration.release.engine.changes import Earlier
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import IntArray, Persons
from orchestration.release.subject.cadence import first_year
from orchestration.release.subject.judged import Judged
from orchestration.release.subject.persons import PersonRows, periods_of, read_persons
from orchestration.release.subject.stocks import Stock, StockMemory, due_from_the_first, stock_of
from orchestration.release.tables.rows import MartRows

Settled = Mapping[str, frozenset[str]]
"""By population the periods that stay as they stand."""
NOTHING_SETTLED: Settled = {}


def settled_in(declaration: Declaration, standing: Mapping[str, MartRows]) -> dict[str, frozenset[str]]:
    """Periods that are shown once and stand in all marts of their population. ``standing``: released rows by mart."""
    found = {}
    for population in declaration.populations.values():
        if population.settles:
            marts = [mart.name for mart in declaration.marts_of(population.name)]
            there = [{str(period) for period in standing[mart].columns[population.period]} for mart in marts]
            found[population.name] = frozenset(set.intersection(*there)) if there else frozenset()
    return found


def listed_at_moments(
    declaration: Declaration, population: Population, exact: Mapping[str, MartRows], period: str
) -> set[tuple[str, ...]]:
    """Finest places in rows of marts that list them: those of the period, or of every mart for one that has none."""
    finest = declaration.places[0]
    lists = [mart for mart in declaration.marts.values() if mart.place == finest.name and not mart.by]
    own = [mart for mart in lists if mart.population == population.name]
    found: set[tuple[str, ...]] = set()
    for mart in own or lists:
        columns = exact[mart.name].columns
        periods = columns[declaration.populations[mart.population].period]
        for at, other in enumerate(periods):
            if not own or str(other) == period:
                found.add(tuple(str(columns[name][at]) for name in finest.columns))
    return found


@dataclass
class Moments:
    """The stocks of an authority while its populations are judged; each is read when it is first asked for."""

    connection: psycopg.Connection
    declaration: Declaration
    authority: str
    stocks: dict[tuple[str, int], Stock] = field(default_factory=dict)
    persons: dict[tuple[str, str], IntArray] = field(default_factory=dict)
    periods: dict[str, list[str]] = field(default_factory=dict)

    def _stock(self, name: str, period: str) -> Stock:
        key = (name, first_year(period))
        if key not in self.stocks:
            self.stocks[key] = stock_of(self.connection, self.declaration, self.authority, name, period)
        return self.stocks[key]

    def read(self, population: Population, period: str) -> PersonRows:
        """The persons of a period; of a stock, who they are is kept for those that ask for it again."""
        found = read_persons(self.connection, self.declaration, population.name, self.authority, period)
        if population.stock is not None:
            self.persons[population.name, period] = np.unique(found.ids)
        return found

    def _who(self, population: Population, period: str) -> IntArray:
        """Who is counted in a period of a stock, as sorted numbers."""
        if (population.name, period) not in self.persons:
            self.read(population, period)
        return self.persons[population.name, period]

    def _periods(self, name: str, year: int) -> list[str]:
        """Periods of a population that begin in a school year and have persons."""
        if name not in self.periods:
            self.periods[name] = periods_of(self.connection, self.declaration, name, self.authority)
        return [period for period in self.periods[name] if first_year(period) == year]

    def memory(
        self, population: Population, period: str, own: Memory, shown_on: dict[str, date]
    ) -> tuple[Memory, dict[str, date]]:
        """The memory that a period is decided with, and when its figures were shown."""
        if population.stock is None:
            return own, shown_on
        found = self._stock(population.stock, period).memory(self.declaration, population, period, own)
        return found, due_from_the_first(found, shown_on)

    def parted(self, population: Population, period: str, figures: Figures, persons: Persons) -> Earlier | None:
        """For a decision: what 1 to 4 persons part from any moment; None where there is no stock."""
        if population.stock is None:
            return None
        return self._stock(population.stock, period).parted(population, figures.model, persons)

    def note(self, population: Population, judged: Judged, persons: Persons) -> None:
        """Note what was decided of a moment for those that are judged after it."""
        if population.stock is not None and isinstance(judged.memory, StockMemory):
            judged.memory.note_shown(judged.decision)
            stock = self._stock(population.stock, judged.place.period)
            stock.add_now(judged.place, judged.figures.model, persons, judged.memory)

    def told_too_much(self, population: Population, figures: Figures, persons: Persons, period: str) -> frozenset[Cell]:
        """All figures of a period whose changes lie between two totals of which one is not shown as it is now.

        Who came and who left say what the total has become: where it is held, or was corrected since, that tells it,
        and with it what was held beside it. Empty where both totals are told.
        """
        if population.changes_of is None:
            return frozenset()
        of = self.declaration.populations[population.changes_of]
        assert of.stock is not None
        of_year = self._periods(of.name, first_year(period))
        before = of_year[: of_year.index(period)][-1:] if period in of_year else []
        stock, total = self._stock(of.stock, period), f"{self.declaration.places[-1].name}|all"
        moments = [(of, one) for one in (*before, period)]
        if not before:
            moments = [*self._first(of, period), *moments]
        for population_of, one in moments:
            if not stock.is_told(total, self._who(population_of, one)):
                return frozenset(system_of(figures.model, persons).cells)
        return frozenset()

    def _first(self, of: Population, period: str) -> list[tuple[Population, str]]:
        """The moment from which the first changes count: that of a population of the stock declared before."""
        rank = list(self.declaration.populations)
        return [
            (one, other)
            for one in self.declaration.populations.values()
            if one.stock == of.stock and rank.index(one.name) < rank.index(of.name)
            for other in self._periods(one.name, first_year(period))
        ]
