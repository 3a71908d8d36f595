"""Judges the populations of a declared subject, period by period, out of the database (RULES 24, 41-45)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

import psycopg

from orchestration.release.beside import each
from orchestration.release.declared.declaration import Declaration, Population
from orchestration.release.declared.figures import Figures, Unit, figures_of
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Decision, Due, Earlier, decide
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import Persons
from orchestration.release.limits import at
from orchestration.release.subject.among import among, fewest_of
from orchestration.release.subject.cadence import due_of, first_year, is_final
from orchestration.release.subject.headships import shared_headships
from orchestration.release.subject.judged import Judged, SubjectError
from orchestration.release.subject.linked import elsewhere_of
from orchestration.release.subject.moments import NOTHING_SETTLED, Moments, Settled, listed_at_moments
from orchestration.release.subject.persons import periods_of
from orchestration.release.subject.store import Place, load_memory
from orchestration.release.subject.told import tellers_to_hide
from orchestration.release.tables.rows import MartRows
from orchestration.release.thresholds import BREAKDOWNS_FROM, BUFFER, SMALL

ATTEMPTS = 5
"""Decisions until what is known elsewhere loses no figure; one is usual."""


def judge(
    connection: psycopg.Connection,
    declaration: Declaration,
    authority: str,
    exact: Mapping[str, MartRows],
    today: date | None,
    settled: Settled = NOTHING_SETTLED,
) -> dict[str, dict[str, Judged]]:
    """What is decided, by population and period, from the rows of all marts (``exact``) and the date of the data.

    Periods that are ``settled`` are left out: they stay as they stand.
    Raises ``ModelError`` or ``SubjectError`` where persons, lists and rows do not fit each other.
    """
    judged: dict[str, dict[str, Judged]] = {}
    hidden: dict[tuple[str, str], frozenset[Cell]] = {}
    moments = Moments(connection, declaration, authority)
    together = shared_headships(connection, authority)

    def prepare(population: Population, period: str) -> tuple[tuple[Any, ...], list[Unit]]:
        """What ``judge_one`` is told of a period, and its finest places."""
        at(f"judging {declaration.subject}, {population.name} of {period}")
        units = units_of(declaration, population, exact, period)
        figures = figures_of(declaration, population.name, units, BREAKDOWNS_FROM).known_together(together)
        persons = moments.read(population, period).under(figures.model)
        place = Place(authority, declaration.subject, population.name, period)
        memory, shown_on = load_memory(connection, place)
        is_first = bool(population.stock) and not memory.log
        remembered = moments.memory(population, period, memory, shown_on)
        elsewhere = elsewhere_of(connection, figures, authority, period)
        elsewhere = elsewhere.and_hidden(hidden.get((population.name, period), frozenset()))
        if population.among is not None:
            elsewhere = among(figures, judged[population.among].get(period), elsewhere)
        elsewhere = elsewhere.and_hidden(moments.told_too_much(population, figures, persons, period))
        earlier = moments.parted(population, period, figures, persons)
        fewest = fewest_of(figures, exact, period)
        return (place, figures, persons, remembered, fewest, today, elsewhere, earlier, is_first), units

    for population in sorted(declaration.populations.values(), key=lambda one: not one.told_by):
        judged[population.name] = {}
        every = _periods(connection, declaration, population, authority, exact)
        due = [period for period in every if period not in settled.get(population.name, ())]
        for periods in _together(population, due):
            prepared = [prepare(population, period) for period in periods]
            found = each(judge_one, [told for told, _ in prepared])
            for one, ((_, _, persons, *_), units) in zip(found, prepared, strict=True):
                period = one.place.period
                judged[population.name][period] = one
                moments.note(population, one, persons)
                for shown, cells in tellers_to_hide(one, units).items():
                    hidden[shown, period] = hidden.get((shown, period), frozenset()) | cells
        judged[population.name] = dict(sorted(judged[population.name].items()))
    return judged


def _together(population: Population, due: Sequence[str]) -> list[list[str]]:
    """Periods in groups, one after the other, of which the periods within one know nothing of each other.

    A moment of a stock is judged knowing those before it in its school year, and of no other year.
    """
    if not population.stock:
        return [list(due)]
    years: dict[int, list[str]] = {}
    for period in due:
        years.setdefault(first_year(period), []).append(period)
    return [[period for period in moments if period] for moments in zip_longest(*years.values(), fillvalue="")]


def judge_one(
    place: Place,
    figures: Figures,
    persons: Persons,
    remembered: tuple[Memory, Mapping[str, date]],
    fewest: Mapping[Cell, int],
    today: date | None,
    elsewhere: Elsewhere,
    earlier: Earlier | None = None,
    is_first: bool = False,
) -> Judged:
    """What is decided of one population and period, out of its persons and what is remembered of it.

    ``remembered`` has the memory and by cell the date of the data from which it was shown last; ``fewest`` by cell the
    fewest persons behind any row of it; ``earlier`` what other moments of a stock say. ``is_first``: it waits for
    no date. Raises ``SubjectError`` where a figure cannot be protected, ``ModelError`` where persons and lists do
    not fit.
    """
    population = figures.declaration.populations[figures.population]
    memory, shown_on = remembered
    final = is_final(population.cadence, place.period, today)
    due = None if final or is_first else due_of(population.cadence, shown_on, today)
    buffer = BUFFER if population.has_buffer else SMALL
    asked = Asked(due, final, buffer, fewest, earlier)
    decision, elsewhere = _decided(figures, persons, memory, asked, elsewhere)
    if len(decision.lost):  # what was shown stays as it was; what was not is lost all the same
        decision, elsewhere = _decided(figures, persons, memory, replace(asked, due=lambda _: False), elsewhere)
    if len(decision.lost):
        raise SubjectError(
            f"{place.subject}: {len(decision.lost)} figures of {place.period} cannot be protected, whatever is hidden "
            "beside them"
        )
    if population.told_by:
        memory.keep_hidden_alone()
    return Judged.of(place, figures, decision, memory, elsewhere.known)


@dataclass(frozen=True)
class Asked:
    """When figures may change, from how many persons on a new one is shown, the fewest behind some, other moments."""

    due: Due | None
    is_final: bool
    buffer: int
    fewest: Mapping[Cell, int]
    earlier: Earlier | None = None


def _decided(
    figures: Figures, persons: Persons, memory: Memory, asked: Asked, elsewhere: Elsewhere
) -> tuple[Decision, Elsewhere]:
    """Decide, with what is known from elsewhere; what that alone gives away nothing here can help (RULES 46).

    Where a figure is lost to it, what is known elsewhere of its place is left out, at last all of it.
    """
    for attempt in range(ATTEMPTS):
        memory.forget_new()
        decision = decide(
            figures.model, persons, memory, asked.due, asked.buffer, asked.is_final, elsewhere, asked.fewest,
            asked.earlier,
        )  # fmt: skip
        if not len(decision.lost) or not elsewhere.known:
            break
        places = {decision.system.cells[cell].place for cell in decision.lost.tolist()}
        left = frozenset(cell for cell in elsewhere.known if cell.place not in places)
        is_last = attempt == ATTEMPTS - 2 or left == elsewhere.known
        elsewhere = replace(elsewhere, known=frozenset() if is_last else left)
    return decision, elsewhere


def _periods(
    connection: psycopg.Connection,
    declaration: Declaration,
    population: Population,
    authority: str,
    exact: Mapping[str, MartRows],
) -> Sequence[str]:
    """Periods of which there are persons, or places: a school that nobody is in is a list's, too."""
    listed = declaration.places[0].listed_in
    shown = {mart.name for mart in declaration.marts_of(population.name)}
    found = set(periods_of(connection, declaration, population.name, authority))
    lists = shown if population.settles or population.stock else shown & {listed}
    for mart in lists:
        found |= {str(period) for period in exact[mart].columns[population.period]}
    return sorted(found)


def units_of(
    declaration: Declaration, population: Population, exact: Mapping[str, MartRows], period: str
) -> list[Unit]:
    """The list of finest places in a period: the rows of the mart that the declaration names."""
    finest = declaration.places[0]
    assert finest.listed_in is not None
    rows = exact[finest.listed_in]
    periods = rows.columns[declaration.populations[declaration.marts[finest.listed_in].population].period]
    columns = [rows.columns[column] for column in finest.columns]
    is_same = finest.listed_in in {mart.name for mart in declaration.marts_of(population.name)}
    found = {
        tuple(str(column[i]) for column in columns)
        for i in range(len(rows))
        if not is_same or str(periods[i]) == period
    }
    if population.settles or population.stock:
        found |= listed_at_moments(declaration, population, exact, period)
    return sorted(found)
