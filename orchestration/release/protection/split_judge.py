"""What of the split is shown of each school and sector: judged once a month (37)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import ALL, YearPattern
from orchestration.release.protection.sources import PlacedSplit
from orchestration.release.protection.split_sums import known_sums, save_sums
from orchestration.release.protection.splits import (
    NOTHING,
    PARTS,
    Earlier,
    Shown,
    SplitPupils,
    changed_behind,
    enough,
    judge_months,
    judge_year,
    month_number,
    nobody,
    none_or_enough,
    pack,
    unpack,
)
from orchestration.release.tables.rows import MartRows
from orchestration.release.tables.shapes import ContractError

COLUMN = {"authorised": 0, "not_authorised": 1, "late": 2}
Marts = Mapping[str, MartRows]


@dataclass
class _Place:
    """A school or sector of one year, with its pupils' split and what is withheld of it."""

    name: str
    sector: str
    pupils: SplitPupils
    rows: list[int]
    is_open: bool
    closed_to: frozenset[int]
    earlier: Earlier
    shown: Shown = NOTHING


def positions_of(rows: MartRows, year: str) -> list[int]:
    """Positions of a year's rows."""
    return [int(position) for position in np.flatnonzero(rows.flags("academic_year", year))]


def place_name(rows: MartRows, position: int) -> str:
    """``seed|sector`` of a school's row, ``*|sector`` of an authority's."""
    seed = rows.columns["seed_code"][position] if "seed_code" in rows.columns else "*"
    return f"{seed}|{rows.columns['sector'][position]}"


def earlier_of(memory: Memory, year: str, group: str, name: str) -> Earlier:
    """What was shown of a place before."""
    width = len(PARTS[group])
    months = memory.states.get((year, f"split.{group}", name))
    to_date = memory.states.get((year, f"split.{group}.year", name))
    if months is None:
        return Earlier(NOTHING, nobody(width), None)
    return Earlier(
        Shown.from_json(months.shown),
        unpack(months.packed, width),
        unpack(to_date.packed, width) if to_date else None,
    )


class GroupJudge:
    """Judges one group of measures (``absence`` or ``late``) of one year at a month's end."""

    def __init__(
        self,
        group: str,
        year: str,
        marts: Marts,
        split: PlacedSplit,
        closed: Sequence[int],
        is_month_end: bool,
        memory: Memory,
        pattern: YearPattern,
    ) -> None:
        self.group, self.year, self.marts, self.memory, self.pattern = group, year, marts, memory, pattern
        self.closed, self.is_month_end = closed, is_month_end
        self.split = split
        columns = [COLUMN[part] for part in PARTS[group]]
        all_pupils = SplitPupils(split.pupils.pupil, split.pupils.month, split.pupils.parts[:, columns])
        is_closed = np.isin(all_pupils.month, np.array(closed, dtype=np.int64))
        has_any = all_pupils.parts.any(axis=1)
        self.index: dict[str, list[int]] = {}
        for position in np.flatnonzero(is_closed & has_any).tolist():
            self.index.setdefault("|".join(split.unit[position]), []).append(position)
        self.pupils = all_pupils
        self.breakdowns: list[tuple[MartRows, npt.NDArray[np.str_], dict[str, list[int]]]] = []
        for rows in marts.values():
            contract = rows.contract
            if contract.kind != "school" or not contract.breakdown or "weekday" in contract.keys:
                continue
            if (column := split.category(contract.breakdown[0])) is None:
                raise ContractError(f"{contract.mart}: the split by {contract.breakdown[0]} has no rule")
            by_place: dict[str, list[int]] = {}
            for position in positions_of(rows, year):
                by_place.setdefault(place_name(rows, position), []).append(position)
            self.breakdowns.append((rows, np.array(column, dtype=np.str_), by_place))

    def _of(self, names: Sequence[str]) -> SplitPupils:
        chosen = [position for name in names for position in self.index.get(name, [])]
        return self.pupils.where(np.array(chosen, dtype=np.int64))

    def _place(self, name: str, schools: Sequence[str], withheld: Mapping[str, set[int]], is_open: bool) -> _Place:
        return _Place(
            name,
            name.split("|")[1],
            self._of(schools),
            [position for school in schools for position in self.index.get(school, [])],
            is_open,
            frozenset(withheld.get(name, ())),
            earlier_of(self.memory, self.year, self.group, name),
        )

    def _withheld(self, kind: str) -> tuple[dict[str, bool], dict[str, set[int]]]:
        """Places by name with whether their year to date is open to judgement, and months that are not."""
        is_open: dict[str, bool] = {}
        months: dict[str, set[int]] = {}
        for rows in self.marts.values():
            contract = rows.contract
            if contract.kind != kind or contract.breakdown or "absence" not in contract.groups:
                continue
            if "weekday" in contract.keys:
                continue
            for position in positions_of(rows, self.year):
                name = place_name(rows, position)
                held_back = rows.columns["withheld"][position] is not None
                if "month" in contract.keys and held_back:
                    months.setdefault(name, set()).add(month_number(rows.columns["month"][position]))
                elif "month" not in contract.keys:
                    is_open[name] = not held_back
        return is_open, months

    def judge(self) -> dict[str, Shown]:
        """What is shown of every place, from now on until the next month has closed."""
        is_open, months = self._withheld("school")
        schools = {
            name: self._place(
                name,
                [name],
                months,
                may_show and (name.split("|")[0], name.split("|")[1]) not in self.pattern.units,
            )
            for name, may_show in sorted(is_open.items())
        }
        is_open, months = self._withheld("authority")
        sectors = {
            name: self._place(
                name,
                [school for school in schools if name in (f"*|{ALL}", f"*|{school.split('|')[1]}")],
                months,
                may_show and name.split("|")[1] not in self.pattern.sectors,
            )
            for name, may_show in sorted(is_open.items())
        }
        places = {**sectors, **schools}
        self._show(list(places.values()), schools)
        for place in schools.values():
            self._judge_breakdowns(place)
        for place in places.values():
            self._save(place)
        return {name: place.shown for name, place in places.items()}

    def _show(self, places: Sequence[_Place], schools: Mapping[str, _Place]) -> None:
        """What can be shown by itself, one after another, unless it tells of few pupils with all that was shown.

        Months before years to date, the authority before sectors before schools, large ones first: where
        something else must go, it is the smallest.
        """
        for place in places:
            if not place.is_open:
                place.shown = replace(place.earlier.shown, months={}, year=None, breakdowns={})
                continue
            months, hidden = judge_months(place.pupils, self.closed, place.earlier, place.closed_to)
            is_shown = self.is_month_end and judge_year(place.pupils, place.earlier)
            sums = {month: place.pupils.of_months([month]).sums() for month in sorted(months)}
            place.shown = Shown(sums, frozenset(hidden), place.pupils.sums() if is_shown else None)
        own = {name: place.pupils for name, place in schools.items()}
        known = known_sums(self.group, len(PARTS[self.group]), self.year, own, self.memory)
        behind = {place.name: int(place.pupils.behind().min()) for place in places}
        in_turn = sorted(places, key=lambda p: (p.name != f"*|{ALL}", p.name[0] != "*", -behind[p.name], p.name))
        for month in self.closed:
            for place in in_turn:
                if month in place.shown.months and not known.admit(place.name, [month]):
                    self._hide(place, month)
        for place in in_turn:
            if place.shown.year is not None and not known.admit(place.name, self.closed):
                place.shown = replace(place.shown, year=None)
        save_sums(self.group, self.year, known, self.memory)

    def _hide(self, place: _Place, month: int) -> None:
        """Hide a month: for the year, unless it has been shown before."""
        months = {shown: sums for shown, sums in place.shown.months.items() if shown != month}
        forever = set() if month in place.earlier.shown.months else {month}
        place.shown = replace(place.shown, months=months, hidden_months=place.shown.hidden_months | forever)

    def _judge_breakdowns(self, place: _Place) -> None:
        """All categories of a breakdown or none, so that nothing can be had from those that are left out."""
        if place.shown.year is None:
            return
        shown: dict[str, dict[str, list[int]]] = {}
        for rows, column, by_place in self.breakdowns:
            if (sums := self._categories(place, rows, column, by_place.get(place.name, []))) is not None:
                shown[rows.contract.mart] = sums
        place.shown = replace(place.shown, breakdowns=shown)

    def _categories(
        self, place: _Place, rows: MartRows, column: npt.NDArray[np.str_], positions: Sequence[int]
    ) -> dict[str, list[int]] | None:
        mart = rows.contract.mart
        before = place.earlier.year
        sums: dict[str, list[int]] = {}
        hidden: list[int] = []
        last = place.earlier.shown.breakdowns.get(mart, {})
        of_place = np.array(place.rows, dtype=np.int64)
        categories = column[of_place]
        for position in positions:
            category = str(rows.columns[rows.contract.breakdown[0]][position])
            chosen = of_place[categories == category]
            if not rows.numbers_at("behind_pupils", position):
                continue
            seed, sector = place.name.split("|")
            is_hidden = (seed, sector, category) in self.pattern.cells.get(mart, ())
            if is_hidden or rows.columns["withheld"][position] is not None:
                hidden += chosen.tolist()
                continue
            pupils = self.pupils.where(chosen)
            if not self._may_show(pupils, before):
                return None
            sums[category] = pupils.sums()
            if before is not None and category in last and sums[category] != last[category]:
                change = changed_behind(pupils, before.of_pupils(np.unique(pupils.pupil)))
                if not change.any():
                    return None
        together = self.pupils.where(np.array(hidden, dtype=np.int64))
        if before is not None and hidden and not np.isin(before.pupil, place.pupils.pupil).all():
            # nobody knows in which category those were who have no absence any more
            change = changed_behind(together, before.of_pupils(np.unique(together.pupil)))
            return sums if enough(change) and self._may_show(together, before) else None
        return sums if not hidden or self._may_show(together, before) else None

    def _may_show(self, pupils: SplitPupils, before: SplitPupils | None) -> bool:
        if not enough(pupils.behind()):
            return False
        return before is None or none_or_enough(changed_behind(pupils, before.of_pupils(np.unique(pupils.pupil))))

    def _save(self, place: _Place) -> None:
        earlier = place.earlier
        if not place.is_open and place.earlier.shown == NOTHING:
            return
        gone = {*place.shown.months, *place.shown.hidden_months}
        kept = [month for month in earlier.shown.months if month not in gone]
        months = {**{month: earlier.shown.months[month] for month in kept}, **place.shown.months}
        states = earlier.months.of_months(kept).joined(place.pupils.of_months(place.shown.months))
        remembered = replace(place.shown, months=months)
        if place.shown.year is None:
            remembered = replace(remembered, breakdowns={})
        else:
            self.memory.new_states[self.year, f"split.{self.group}.year", place.name] = State({}, pack(place.pupils))
        self.memory.new_states[self.year, f"split.{self.group}", place.name] = State(remembered.as_json(), pack(states))
