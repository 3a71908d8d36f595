"""What was shown, what was hidden, and from which persons: one memory that only grows (RULES 34, 44).

Rows of persons are kept as a log: each release notes the rows that came and those that went (a row noted twice is
gone), so any earlier release's persons can be had again. Each cell has a line for each time that it was shown or
hidden; the last one counts.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.engine.model import IntArray, Model, ModelError, Persons

SHOWN, HIDDEN, DERIVED = "shown", "hidden", "derived"
"""Shown; hidden for good; never shown, but to be had by subtraction from what was."""


@dataclass(frozen=True)
class Rows:
    """Rows of persons by what their values are called, so that lists may change between releases.

    ``table`` has a row each: pseudonym, position of the value in ``names`` of each dimension in order, amount.
    """

    names: Mapping[str, tuple[str, ...]]
    table: IntArray

    @classmethod
    def of(cls, model: Model, persons: Persons) -> "Rows":
        """The rows of persons under a model."""
        amounts = np.ones(len(persons), dtype=np.int64) if persons.amounts is None else persons.amounts
        columns = [persons.ids, *(persons.codes[name] for name in sorted(model.dimensions)), amounts]
        names = {name: model.dimensions[name].values for name in sorted(model.dimensions)}
        return cls(names, np.column_stack(columns).astype(np.int64))

    def under(self, names: Mapping[str, tuple[str, ...]]) -> "Rows":
        """The same rows with positions in other lists; values that are not there are appended to these.

        Raises ``ModelError`` where the dimensions are others: what was shown cannot be compared then.
        """
        if not len(self.table):
            return Rows(names, np.zeros((0, len(names) + 2), dtype=np.int64))
        if list(self.names) != list(names):
            raise ModelError("the dimensions of a population have changed since it was last released")
        table, known = self.table.copy(), dict(names)
        for number, name in enumerate(names, start=1):
            further = tuple(value for value in self.names[name] if value not in set(names[name]))
            known[name] = (*names[name], *further)
            position = {value: at for at, value in enumerate(known[name])}
            moved = np.array([position[value] for value in self.names[name]], dtype=np.int64)
            table[:, number] = moved[table[:, number]]
        return Rows(known, table)

    def toggled(self, other: "Rows") -> "Rows":
        """Rows that are in one of the two and not in the other."""
        there = other.under(self.names)
        here = self.under(there.names)
        both = np.concatenate([here.table, there.table])
        both = both[np.lexsort(both.T[::-1])]
        first = np.flatnonzero(np.concatenate([np.ones(min(len(both), 1)), (both[1:] != both[:-1]).any(axis=1)]))
        count = np.diff(np.append(first, len(both)))
        return Rows(here.names, both[first[count % 2 == 1]])

    def packed(self) -> bytes:
        """As bytes, for the database."""
        head = json.dumps({name: list(values) for name, values in self.names.items()}).encode()
        body = np.ascontiguousarray(self.table.T).astype("<i8").tobytes()
        return zlib.compress(len(head).to_bytes(8, "little") + head + body, 6)

    @classmethod
    def unpacked(cls, found: bytes) -> "Rows":
        """Out of ``packed``."""
        plain = zlib.decompress(found)
        size = int.from_bytes(plain[:8], "little")
        names = {name: tuple(values) for name, values in json.loads(plain[8 : 8 + size]).items()}
        body = np.frombuffer(plain[8 + size :], dtype="<i8").astype(np.int64)
        return cls(names, body.reshape(len(names) + 2, -1).T.copy())


NOBODY = Rows({}, np.zeros((0, 2), dtype=np.int64))


@dataclass(frozen=True)
class CellState:
    """What became of a cell, by which release, and the figure that was shown."""

    status: str
    release: int
    value: int | None = None


@dataclass
class Memory:
    """What is known of one population of an authority and period, and what this release adds.

    ``log`` has rows toggled by release, in order; ``cells`` the last line of each cell by its key.
    """

    log: list[tuple[int, Rows]] = field(default_factory=list)
    cells: dict[str, CellState] = field(default_factory=dict)
    new_rows: Rows | None = None
    new_cells: dict[str, CellState] = field(default_factory=dict)

    def since(self, release: int, now: Rows) -> tuple[Rows, Rows]:
        """Rows that stood at a release and do not now, and those that are new since."""
        before = NOBODY
        for number, rows in self.log:
            if number <= release:
                before = rows.toggled(before) if len(before.table) else rows
        went = before.under(now.names) if len(before.table) else Rows(now.names, now.table[:0])
        changed = now.toggled(went)
        old = {row.tobytes() for row in went.table}
        is_old = np.array([row.tobytes() in old for row in changed.table], dtype=np.bool_)
        return Rows(changed.names, changed.table[is_old]), Rows(changed.names, changed.table[~is_old])

    def last(self) -> Rows:
        """The rows as the last release had them."""
        rows = NOBODY
        for _, toggled in self.log:
            rows = toggled.toggled(rows) if len(rows.table) else toggled
        return rows

    def note(self, now: Rows) -> None:
        """Note the rows of this release."""
        changed = now.toggled(self.last())
        self.new_rows = changed if len(changed.table) else None

    def forget_new(self) -> None:
        """Take back what this release would have added."""
        self.new_rows, self.new_cells = None, {}

    def keep_hidden_alone(self) -> None:
        """Take back all that this release would have added but what is hidden, for figures that nobody shows."""
        self.new_rows = None
        self.new_cells = {key: state for key, state in self.new_cells.items() if state.status == HIDDEN}

    def kept(self, release: int) -> None:
        """Take what is new as known, once it is written under the number of its release (1 or more)."""
        if self.new_rows is not None:
            self.log.append((release, self.new_rows))
        self.cells |= {key: CellState(new.status, release, new.value) for key, new in self.new_cells.items()}
        self.new_rows, self.new_cells = None, {}
