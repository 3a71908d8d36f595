"""Counts of pupils that a declaration decides while the rest of its subject is on trial (RULES 38, 44, 45).

Who is counted at a school is one population for every mart of the subject: pupils at their base school that persistent
absence judges. So no two counts of one place differ by a few, and a change of one to four pupils is held in all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import psycopg

from orchestration.release.beside import each
from orchestration.release.declared.declaration import Declaration, Mart, Population
from orchestration.release.declared.figures import Figures, Together, figures_of
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import SHOWN, Memory
from orchestration.release.limits import at
from orchestration.release.subject.among import fewest_of
from orchestration.release.subject.judge import judge_one, units_of
from orchestration.release.subject.judged import HELD, HIDDEN, Judged, SubjectError, check_figures, text_keys
from orchestration.release.subject.persons import PersonRows, read_persons
from orchestration.release.subject.rows import state_of
from orchestration.release.subject.store import Place, load_memory, save_memory
from orchestration.release.tables.rows import Decision, MartRows, share
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL

NOT_DUE = "not_yet_due"
HiddenFigures = Mapping[str, Mapping[int, Sequence[str]]]
"""By mart and position of a row the measures that other rules hide."""


class CountSource(Protocol):
    """Where persons of a population, and what is remembered of them, come from."""

    def persons(self, population: str, period: str) -> PersonRows:
        """One row per person of a population and period."""

    def remembered(self, place: Place) -> tuple[Memory, Mapping[str, date]]:
        """What earlier releases have shown and hidden, and by cell the date of the data it was shown from."""


class DatabaseCounts:
    """Persons as the build has them in ``aggregated_exact``, and the memory in ``control``, of one authority."""

    def __init__(self, connection: psycopg.Connection, declaration: Declaration, authority: str) -> None:
        self.connection = connection
        self.declaration = declaration
        self.authority = authority

    def persons(self, population: str, period: str) -> PersonRows:
        """One row per person of a population and period."""
        return read_persons(self.connection, self.declaration, population, self.authority, period)

    def remembered(self, place: Place) -> tuple[Memory, Mapping[str, date]]:
        """What ``control`` has."""
        return load_memory(self.connection, place)


@dataclass
class Counted:
    """What is decided of counts, by population and period; and the declaration that says so."""

    declaration: Declaration
    judged: dict[str, dict[str, Judged]] = field(default_factory=dict)
    refreshed: dict[str, date] = field(default_factory=dict)
    """By period the day of the data from which figures were shown last."""

    @property
    def every(self) -> list[Judged]:
        """All that was judged."""
        return [one for periods in self.judged.values() for one in periods.values()]

    def as_at(self, period: str, now: date | None) -> date | None:
        """The day that shown figures of a period are of: of now, unless some wait and none has changed today."""
        judged = [one for one in self.every if one.place.period == period]
        is_waiting = any((one.decision.held & (one.decision.changed >= SMALL)).any() for one in judged)
        is_waiting &= not any(state.status == SHOWN for one in judged for state in one.memory.new_cells.values())
        return min(self.refreshed[period], now) if is_waiting and now and period in self.refreshed else now

    @property
    def new(self) -> list[Judged]:
        """What this release decides otherwise than the one before."""
        return [one for one in self.every if one.memory.new_cells or one.memory.new_rows is not None]

    def save(self, connection: psycopg.Connection, release_id: int, today: date | None) -> None:
        """Remember it, in the release's own transaction."""
        for one in self.every:
            save_memory(connection, one.place, one.memory, release_id, today)


def judge_counts(
    declaration: Declaration,
    exact: Mapping[str, MartRows],
    source: CountSource,
    authority: str,
    today: date | None,
    hidden: HiddenFigures,
    together: Together = (),
) -> Counted:
    """Decide of the populations that ``decide``, in every period of ``exact`` that is due.

    Nothing is decided where none of their marts is there. ``together`` are schools that one head knows.
    Raises ``SubjectError`` or ``ModelError`` where one of them
    is missing, where persons, lists and rows do not fit each other, or where a figure cannot be protected.
    """
    found = Counted(declaration)
    marts = {mart.name for one in declaration.deciding for mart in declaration.marts_of(one.name)}
    if not marts & exact.keys():
        return found
    if missing := sorted(marts - exact.keys()):
        raise SubjectError(
            f"{declaration.subject}: {', '.join(missing)} is not there, and it counts pupils together with others"
        )
    for population in declaration.deciding:
        found.judged[population.name] = {}
        asked = []
        for period in _periods(declaration, population, exact):
            at(f"hiding and holding counts of pupils of {period}")
            figures = figures_of(
                declaration, population.name, units_of(declaration, population, exact, period), BREAKDOWNS_FROM
            ).known_together(together)
            elsewhere = Elsewhere().and_hidden(_hidden_cells(figures, exact, period, hidden))
            place = Place(authority, declaration.subject, population.name, period)
            remembered, persons = source.remembered(place), source.persons(population.name, period)
            fewest = fewest_of(figures, exact, period)
            asked.append((place, figures, persons.under(figures.model), remembered, fewest, today, elsewhere))
        for one, (place, figures, _, remembered, *_) in zip(each(judge_one, asked), asked, strict=True):
            period = place.period
            if days := remembered[1].values():
                found.refreshed[period] = max(days)
            for mart in figures.marts():
                check_figures(one, mart, exact[mart.name], _positions(figures, exact[mart.name], mart, period))
            found.judged[population.name][period] = one
    return found


def _positions(figures: Figures, rows: MartRows, mart: Mart, period: str) -> list[int]:
    column = rows.columns[figures.declaration.populations[figures.population].period]
    return [position for position, value in enumerate(column) if str(value) == period]


def _periods(declaration: Declaration, population: Population, exact: Mapping[str, MartRows]) -> list[str]:
    """Periods of which any row that counts these persons alone is due; before that nothing is known of any count."""
    found: set[str] = set()
    for mart in declaration.marts_of(population.name):
        rows = exact[mart.name]
        if mart.population == population.name:
            withheld = rows.columns.get("withheld") or [None] * len(rows)
            pairs = zip(rows.columns[population.period], withheld, strict=True)
            found |= {str(period) for period, why in pairs if why != NOT_DUE}
    return sorted(found)


def _hidden_cells(
    figures: Figures, exact: Mapping[str, MartRows], period: str, hidden: HiddenFigures
) -> frozenset[Cell]:
    found: set[Cell] = set()
    for mart in figures.marts():
        rows = exact[mart.name]
        keys = text_keys(rows, mart, figures) if hidden.get(mart.name) else []
        for position in _positions(figures, rows, mart, period):
            for name in hidden.get(mart.name, {}).get(position, ()):
                if (mart.name, name) in figures.tables:
                    found.update(figures.cell(mart, name, keys[position]))
    return frozenset(found)


def apply_counts(counted: Counted, exact: Mapping[str, MartRows], decisions: Mapping[str, Decision]) -> None:
    """Put what was decided of counts into the decisions of the marts; of a period that was not judged they are [x]."""
    for population, periods in counted.judged.items():
        of = counted.declaration.populations[population].period
        for mart in counted.declaration.marts_of(population):
            rows, decision = exact[mart.name], decisions[mart.name]
            leaders = {
                leader: measures
                for leader, measures in mart.leaders.items()
                if mart.measures[leader].population == population
            }
            keys: dict[str, list[dict[str, str]]] = {}
            for position, value in enumerate(rows.columns[of]):
                one = periods.get(str(value))
                if one is not None and str(value) not in keys:
                    keys[str(value)] = text_keys(rows, mart, one.figures)
                for leader, measures in leaders.items():
                    if one is None:
                        symbol = mart.measures[leader].symbol
                        flags = decision.unavailable.setdefault(symbol, np.zeros(len(rows), dtype=np.bool_))
                        flags[position] = True
                    else:
                        _apply(mart, measures, one, keys[str(value)][position], position, decision, len(rows))


def _apply(
    mart: Mart,
    measures: Sequence[str],
    one: Judged,
    key: Mapping[str, str],
    position: int,
    decision: Decision,
    count: int,
) -> None:
    state = state_of(mart, measures, {mart.measures[measures[0]].population: one}, key)
    for measure in measures:
        if state == HIDDEN:
            decision.cells.setdefault(measure, np.zeros(count, dtype=np.bool_))[position] = True
        elif state == HELD:
            decision.values.setdefault(measure, {})[position] = _figure(mart, measure, one, key)


def _figure(mart: Mart, measure: str, one: Judged, key: Mapping[str, str]) -> Any:
    """A figure as it is shown: those that are held as they were shown last, and shares of these."""
    told = mart.measures[measure]
    if told.numerator is not None and told.denominator is not None:
        part, whole = (_figure(mart, name, one, key) for name in (told.numerator, told.denominator))
        return share(part, whole)
    return sum(int(one.decision.value[one.at[cell]]) for cell in one.figures.cell(mart, measure, key))
