"""What release remembers of earlier releases: hidden and shown cells, the states behind splits (34, 37).

Kept in ``control``, outside every rebuild. Hidden and shown cells are only ever added.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg

Place = tuple[str, str]
"""Academic year and mart."""


@dataclass(frozen=True)
class State:
    """The pupils behind a row as last shown, packed, what was shown then, and by which release."""

    shown: dict[str, Any]
    packed: bytes
    release_id: int = 0


@dataclass
class Memory:
    """What is known of an authority's earlier releases, and what this one adds."""

    hidden: dict[Place, dict[str, str]] = field(default_factory=dict)
    shown: dict[Place, set[str]] = field(default_factory=dict)
    states: dict[tuple[str, str, str], State] = field(default_factory=dict)
    new_hidden: dict[tuple[str, str, str], str] = field(default_factory=dict)
    new_shown: set[tuple[str, str, str]] = field(default_factory=set)
    new_states: dict[tuple[str, str, str], State] = field(default_factory=dict)

    def is_hidden(self, year: str, mart: str, cell: str) -> bool:
        """Whether a cell was hidden before, or is by this release."""
        return cell in self.hidden.get((year, mart), {}) or (year, mart, cell) in self.new_hidden

    def was_shown(self, year: str, mart: str, cell: str) -> bool:
        """Whether an earlier release has shown a cell with pupils in it."""
        return cell in self.shown.get((year, mart), ())

    def hide(self, year: str, mart: str, cell: str, reason: str) -> None:
        """Note that a cell is hidden from this release on."""
        if cell not in self.hidden.get((year, mart), {}):
            self.new_hidden[year, mart, cell] = reason

    def show(self, year: str, mart: str, cells: Iterable[str]) -> None:
        """Note that cells with pupils are shown by this release."""
        known = self.shown.get((year, mart), set())
        self.new_shown.update((year, mart, cell) for cell in cells if cell not in known)


def load_memory(connection: psycopg.Connection, authority: str) -> Memory:
    """Everything that release remembers of an authority."""
    memory = Memory()
    query = "select academic_year, mart, cell, reason from control.hidden_cells where local_authority_code = %s"
    for year, mart, cell, reason in connection.execute(query, [authority]):
        memory.hidden.setdefault((year, mart), {})[cell] = reason
    query = "select academic_year, mart, cell from control.shown_cells where local_authority_code = %s"
    for year, mart, cell in connection.execute(query, [authority]):
        memory.shown.setdefault((year, mart), set()).add(cell)
    query = """
        select academic_year, mart, cell, shown, states, release_id
        from control.released_pupil_states where local_authority_code = %s
    """
    for year, mart, cell, shown, states, release_id in connection.execute(query, [authority]):
        memory.states[year, mart, cell] = State(shown, bytes(states), release_id)
    return memory


def save_memory(connection: psycopg.Connection, authority: str, release_id: int, memory: Memory) -> None:
    """Write what a release has added, in the release's own transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.hidden_cells (local_authority_code, academic_year, mart, cell, reason, release_id)
            values (%s, %s, %s, %s, %s, %s) on conflict do nothing
            """,
            [(authority, *place, reason, release_id) for place, reason in sorted(memory.new_hidden.items())],
        )
        cursor.executemany(
            """
            insert into control.shown_cells (local_authority_code, academic_year, mart, cell, release_id)
            values (%s, %s, %s, %s, %s) on conflict do nothing
            """,
            [(authority, *place, release_id) for place in sorted(memory.new_shown)],
        )
        cursor.executemany(
            """
            insert into control.released_pupil_states
                (local_authority_code, academic_year, mart, cell, release_id, shown, states)
            values (%s, %s, %s, %s, %s, %s, %s)
            on conflict (local_authority_code, academic_year, mart, cell) do update
            set release_id = excluded.release_id, shown = excluded.shown, states = excluded.states
            """,
            [
                (authority, *place, release_id, json.dumps(state.shown), state.packed)
                for place, state in sorted(memory.new_states.items())
            ],
        )
