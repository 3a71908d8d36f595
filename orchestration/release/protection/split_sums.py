"""What readers can work out of the split of places and months from everything shown in a year, old releases too (37).

Unknown are the openings of each school and month as first judged, and how they changed at each judging since. Each
row that was ever shown is a sum of these. Nothing follows from such sums but their multiples and differences, so a
row may be shown only if no combination of it with all others rests on one to four pupils.

A combination that holds an unknown with five pupils who are in nothing else of that school and month rests on these
five. So only combinations of the other unknowns ("light" ones) can tell of few: Gauss's elimination finds all of
them. They must rest on five pupils each and have no unknown in common; then every sum of them rests on five too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from orchestration.release.limits import check
from orchestration.release.protection.memory import Memory, State
from orchestration.release.protection.patterns import ALL
from orchestration.release.protection.splits import BoolArray, IntArray, SplitPupils, nobody, pack, unpack
from orchestration.release.thresholds import SMALL

FloatArray = npt.NDArray[np.float64]
TOLERANCE = 1e-9
JUDGINGS = 1000
"""More than there are judgings in a year: month and judging are kept in one number."""
ROWS = "rows"
PLACE = "split.{}.known"
Unknown = tuple[str, int, int]
"""School, month, and the judging at which it was first seen or changed."""


@dataclass(frozen=True)
class Behind:
    """Pupils behind the unknowns of one part: who, how many openings, and where each unknown's pupils begin."""

    pupil: IntArray
    openings: IntArray
    begins: IntArray

    def of(self, unknown: int) -> tuple[IntArray, IntArray]:
        """Pupils and openings of one unknown."""
        found = slice(self.begins[unknown], self.begins[unknown + 1])
        return self.pupil[found], self.openings[found]

    def few(self, row: FloatArray) -> bool:
        """Whether fewer than five pupils stand behind a sum of unknowns."""
        pupils: list[IntArray] = []
        amounts: list[FloatArray] = []
        for unknown in np.flatnonzero(row).tolist():
            own, openings = self.of(unknown)
            pupils.append(own)
            amounts.append(row[unknown] * openings)
        unique, position = np.unique(np.concatenate(pupils), return_inverse=True)
        together = np.zeros(len(unique))
        np.add.at(together, position, np.concatenate(amounts))
        return int((np.abs(together) > TOLERANCE).sum()) < SMALL


@dataclass
class PartSums:
    """What is known of one part: unknowns known by themselves, and sums of several, reduced by elimination.

    ``counted`` are unknowns that can be other than zero; ``heavy`` those in whose company nothing tells of few.
    """

    behind: Behind
    counted: BoolArray
    heavy: BoolArray
    known: BoolArray
    sums: FloatArray
    pivots: IntArray

    def with_row(self, row: FloatArray) -> "PartSums":
        """The same with one more row; itself where the row follows from what is known."""
        rest = np.where(self.counted & ~self.known, row, 0.0)
        rest = rest - rest[self.pivots] @ self.sums
        rest[np.abs(rest) < TOLERANCE] = 0.0
        if not rest.any():
            return self
        pivot = int(np.argmax((rest != 0) * (1 + self.heavy)))  # a heavy unknown, where there is one
        rest = rest / rest[pivot]
        sums = np.vstack([self.sums - np.outer(self.sums[:, pivot], rest), rest])
        sums[np.abs(sums) < TOLERANCE] = 0.0
        pivots, known = np.append(self.pivots, pivot), self.known.copy()
        while (alone := (sums != 0).sum(axis=1) == 1).any():  # each round takes away a row at least
            check()
            found = pivots[alone]
            known[found] = True
            sums, pivots = sums[~alone], pivots[~alone]
            sums[:, found] = 0.0
        return replace(self, known=known, sums=sums, pivots=pivots)

    def light(self) -> FloatArray:
        """Combinations of several light unknowns alone, as sums that every other follows from."""
        return np.asarray(self.sums[~(self.sums[:, self.heavy] != 0).any(axis=1)], dtype=np.float64)

    def exposes(self, now: "PartSums") -> bool:
        """Whether ``now``, with a row more, tells of few: a new light sum of few pupils, or one that overlaps."""
        alone = np.flatnonzero(now.known & ~self.known & ~self.heavy)
        if any(len(self.behind.of(unknown)[0]) < SMALL for unknown in alone.tolist()):
            return True
        before = {row.tobytes() for row in self.light()}
        light = now.light()
        overlaps = (light != 0).sum(axis=0) > 1
        return any(
            self.behind.few(row) or bool(overlaps[row != 0].any()) for row in light if row.tobytes() not in before
        )


def _is_heavy(pupils: IntArray, others: IntArray) -> bool:
    return len(pupils) - int(np.isin(pupils, others).sum()) >= SMALL


@dataclass
class KnownSums:
    """Everything that was ever shown of places and months in one group of measures and year.

    ``rows`` are the place, months and judging of each row that told something new.
    """

    judging: int
    unknowns: Sequence[Unknown]
    parts: list[PartSums]
    rows: list[tuple[str, list[int], int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = {name: number for number, name in enumerate(dict.fromkeys(name for name, _, _ in self.unknowns))}
        self.school = np.array([self.numbers[name] for name, _, _ in self.unknowns], dtype=np.int64)
        self.month = np.array([month for _, month, _ in self.unknowns], dtype=np.int64)
        self.since = np.array([since for _, _, since in self.unknowns], dtype=np.int64)

    def _row(self, place: str, months: Iterable[int], judging: int) -> FloatArray:
        seed, sector = place.split("|")
        if seed == "*":
            schools = [number for name, number in self.numbers.items() if sector in (ALL, name.split("|")[1])]
            within = np.isin(self.school, np.array(schools, dtype=np.int64))
        else:
            within = self.school == self.numbers.get(place, -1)
        chosen = within & np.isin(self.month, np.array(list(months), dtype=np.int64)) & (self.since <= judging)
        return np.asarray(chosen, dtype=np.float64)

    def give(self, place: str, months: Iterable[int], judging: int | None = None) -> None:
        """Take in a row that is known, whatever follows from it."""
        listed, at = sorted(months), self.judging if judging is None else judging
        row = self._row(place, listed, at)
        now = [part.with_row(row) for part in self.parts]
        if any(new is not old for new, old in zip(now, self.parts, strict=True)):
            self.parts = now
            self.rows.append((place, listed, at))

    def admit(self, place: str, months: Iterable[int]) -> bool:
        """Whether a row can be shown now; it counts as shown from here on."""
        listed = sorted(months)
        check()
        row = self._row(place, listed, self.judging)
        now = [part.with_row(row) for part in self.parts]
        if all(new is old for new, old in zip(now, self.parts, strict=True)):
            return True
        if any(new is not old and old.exposes(new) for new, old in zip(now, self.parts, strict=True)):
            return False
        self.parts = now
        self.rows.append((place, listed, self.judging))
        return True


def _part(changes: Mapping[Unknown, SplitPupils], column: int) -> PartSums:
    """One part of all unknowns, which are in order of school, month and judging."""
    own = []
    for pupils in changes.values():
        is_own = pupils.parts[:, column] != 0
        own.append((pupils.pupil[is_own], pupils.parts[is_own, column]))
    of_month: dict[tuple[str, int], list[int]] = {}
    for number, (school, month, _) in enumerate(changes):
        of_month.setdefault((school, month), []).append(number)
    counted, heavy = np.zeros(len(own), dtype=np.bool_), np.zeros(len(own), dtype=np.bool_)
    for numbers in of_month.values():
        first, *later = numbers
        changed = [own[number][0] for number in later]
        counted[first] = True
        heavy[first] = _is_heavy(own[first][0], np.concatenate([nobody(1).pupil, *changed]))
        for position, number in enumerate(later):
            others = np.concatenate([nobody(1).pupil, *changed[:position], *changed[position + 1 :]])
            counted[number] = bool(len(own[number][0]))
            heavy[number] = bool(heavy[first]) and _is_heavy(own[number][0], others)
    begins = np.cumsum([0, *(len(pupils) for pupils, _ in own)])
    behind = Behind(
        np.concatenate([nobody(1).pupil, *(pupils for pupils, _ in own)]),
        np.concatenate([nobody(1).pupil, *(openings for _, openings in own)]),
        begins.astype(np.int64),
    )
    return PartSums(
        behind, counted, heavy, np.zeros(len(own), dtype=np.bool_), np.zeros((0, len(own))), nobody(1).pupil
    )


def _changes(now: SplitPupils, before: SplitPupils) -> SplitPupils:
    """Pupils and months that differ, with the difference."""
    keys = np.column_stack([np.concatenate([now.pupil, before.pupil]), np.concatenate([now.month, before.month])])
    unique, position = np.unique(keys, axis=0, return_inverse=True)
    parts = np.zeros((len(unique), now.parts.shape[1]), dtype=np.int64)
    np.add.at(parts, position.ravel(), np.concatenate([now.parts, -before.parts]))
    return SplitPupils(unique[:, 0], unique[:, 1], parts).where(np.flatnonzero(parts.any(axis=1)))


def known_sums(mart: str, width: int, year: str, schools: Mapping[str, SplitPupils], memory: Memory) -> KnownSums:
    """What is known before anything is shown of ``schools`` as they are now; their state is noted in ``memory``.

    ``mart`` names whose rows these are, ``width`` is the number of parts.
    """
    place = PLACE.format(mart)
    earlier = {
        name: unpack(state.packed, width)
        for (of_year, mart, name), state in memory.states.items()
        if (of_year, mart) == (year, place) and name != ROWS
    }
    last = memory.states.get((year, place, ROWS))
    judging = int(last.shown["judging"]) + 1 if last is not None else 0
    changes: dict[Unknown, SplitPupils] = {}
    for name in sorted({*schools, *earlier}):
        past = earlier.get(name, nobody(width))
        before = SplitPupils(past.pupil, past.month // JUDGINGS, past.parts)
        new = _changes(schools.get(name, nobody(width)), before)
        every = past.joined(SplitPupils(new.pupil, new.month * JUDGINGS + judging, new.parts))
        memory.new_states[year, place, name] = State({}, pack(every))
        ordered = every.where(np.argsort(every.month, kind="stable"))
        codes, begins = np.unique(ordered.month, return_index=True)
        for code, begin, end in zip(codes.tolist(), begins, [*begins[1:], len(every.month)], strict=False):
            changes[name, code // JUDGINGS, code % JUDGINGS] = ordered.where(np.arange(begin, end))
    found = KnownSums(judging, tuple(changes), [_part(changes, column) for column in range(width)])
    for name, months, number in last.shown["rows"] if last is not None else []:
        found.give(name, months, number)
    return found


def save_sums(mart: str, year: str, sums: KnownSums, memory: Memory) -> None:
    """Note what is shown from now on."""
    shown = {"judging": sums.judging, "rows": [list(row) for row in sums.rows]}
    memory.new_states[year, PLACE.format(mart), ROWS] = State(shown, b"")
