"""What is hidden, held and shown of attendance: half days by the rules of protection, counts of pupils as declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from orchestration.release.declared.declaration import FILE, Declaration, DeclarationError
from orchestration.release.held.periods import Moment
from orchestration.release.protection.heads import Together
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.protect import Protected, protect
from orchestration.release.protection.same_weeks import LastYears
from orchestration.release.protection.sources import PupilSource
from orchestration.release.subject.counted import Counted, CountSource, apply_counts, judge_counts
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.declared import trials
from orchestration.release.tables.rows import Decision, MartRows

ATTENDANCE = "attendance"
AS_AT = "as_at"
PERSISTENT = ("persistent_absence_by_school", "persistent_absence_by_authority")
"""Marts whose cells a warehouse that was filled before counts were declared remembers by other names."""


@dataclass(frozen=True)
class Decided:
    """Decisions by mart, and what was judged of counts; ``today`` is the day that the data reach."""

    exact: Mapping[str, MartRows]
    protected: Protected
    counted: Counted
    today: date | None

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """What is hidden and held, by mart."""
        return self.protected.decisions

    def held_keys(self, contract: ReleaseContract) -> list[tuple[object, ...]]:
        """Keys of a mart's rows in which a count stands as it was shown."""
        decision = self.decisions.get(contract.mart)
        if decision is None or not decision.values:
            return []
        columns = self.exact[contract.mart].columns
        positions = sorted({position for one in decision.values.values() for position in one})
        return [tuple(columns[key][position] for key in contract.keys) for position in positions]


def attendance_declaration() -> Declaration:
    """The declaration of attendance. Raises ``DeclarationError`` where it is missing or not understood."""
    found = trials().get(ATTENDANCE)
    if found is None:
        raise DeclarationError(
            f"{ATTENDANCE}/{FILE} is missing or not understood, so nobody knows who is counted; "
            "`warehouse dbt parse` says what is wrong"
        )
    return found


def decide_attendance(
    exact: Mapping[str, MartRows],
    memory: Memory,
    pupils: PupilSource,
    counts: CountSource,
    authority: str,
    data_as_at: date | None,
    extracted_on: date | None,
    last_years: LastYears | None = None,
    together: Together = (),
) -> Decided:
    """Decide for every row, group and cell of an authority's marts what is shown; notes what is new in the memories.

    Raises ``ContractError`` for a mart that no rule protects, ``SubjectError`` where counts are not those of the
    pupils behind them. ``together`` are schools that one head knows.
    """
    protected = protect(exact, memory, pupils, data_as_at, extracted_on, last_years, together)
    moment = Moment.of(data_as_at, extracted_on)
    today = moment.today if moment else None
    declaration = attendance_declaration()
    hidden = _hidden(declaration, exact, protected.decisions, memory)
    counted = judge_counts(declaration, exact, counts, authority, today, hidden, together)
    apply_counts(counted, exact, protected.decisions)
    for name in PERSISTENT:
        if name in exact:
            _put_dates(counted, exact[name], protected.decisions[name])
    return Decided(exact, protected, counted, today)


def _hidden(
    declaration: Declaration, exact: Mapping[str, MartRows], decisions: Mapping[str, Decision], memory: Memory
) -> dict[str, dict[int, Sequence[str]]]:
    """By mart and row the counts that are hidden with the half days of the row, or were hidden before."""
    found: dict[str, dict[int, Sequence[str]]] = {}
    for name, mart in declaration.marts.items():
        if name in exact:
            every = tuple(mart.measures)
            found[name] = dict.fromkeys(np.flatnonzero(decisions[name].rows).tolist(), every)
    for name in PERSISTENT:
        for position, measures in _remembered(exact[name], memory) if name in exact else ():
            found[name].setdefault(position, measures)
    return found


def _put_dates(counted: Counted, rows: MartRows, decision: Decision) -> None:
    """Rows whose figures wait for the end of a month say of which day they are."""
    for position, (year, now) in enumerate(zip(rows.columns["academic_year"], rows.columns[AS_AT], strict=True)):
        if (day := counted.as_at(str(year), now)) != now:
            decision.values.setdefault(AS_AT, {})[position] = day


def _remembered(rows: MartRows, memory: Memory) -> Sequence[tuple[int, Sequence[str]]]:
    found: list[tuple[int, Sequence[str]]] = []
    columns, mart = rows.columns, rows.contract.mart
    for position, year in enumerate(columns["academic_year"]):
        known = memory.hidden.get((str(year), mart), {})
        if "seed_code" in columns:
            name = f"{columns['seed_code'][position]}|{columns['sector'][position]}"
        else:
            name = f"{columns['breakdown'][position]}={columns['value'][position]}"
        whole = name in known
        measures = [one for one in rows.contract.measures if whole or f"{name}#{one}" in known]
        if measures:
            found.append((position, measures))
    return found
