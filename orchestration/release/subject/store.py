"""The memory of declared subjects in ``control``: lines are only ever added (RULES 34, 44)."""

from dataclasses import dataclass
from datetime import date

import psycopg

from orchestration.release.engine.memory import CellState, Memory, Rows


@dataclass(frozen=True)
class Place:
    """Whose memory: council, subject, population, period."""

    authority: str
    subject: str
    population: str
    period: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The columns of the key."""
        return (self.authority, self.subject, self.population, self.period)


WHERE = "local_authority_code = %s and subject = %s and population = %s and period = %s"


def load_memory(connection: psycopg.Connection, place: Place) -> tuple[Memory, dict[str, date]]:
    """What is remembered, and by cell the date of the data from which it was shown last."""
    query = f"select release_id, persons from control.protected_persons where {WHERE} order by release_id"  # noqa: S608
    log = [(int(release), Rows.unpacked(bytes(packed))) for release, packed in connection.execute(query, place.key)]
    query = (
        "select distinct on (cell) cell, release_id, status, figure, shown_on from control.protected_cells "  # noqa: S608
        f"where {WHERE} order by cell, release_id desc"
    )
    cells: dict[str, CellState] = {}
    shown_on: dict[str, date] = {}
    for cell, release, status, figure, day in connection.execute(query, place.key):
        cells[cell] = CellState(status, int(release), None if figure is None else int(figure))
        if day is not None:
            shown_on[cell] = day
    return Memory(log, cells), shown_on


def load_lines(connection: psycopg.Connection, place: Place) -> dict[int, dict[str, CellState]]:
    """What each release has decided anew of a period: lines of cells by key, by release, the earliest first."""
    query = f"select release_id, cell, status, figure from control.protected_cells where {WHERE} order by release_id"  # noqa: S608
    found: dict[int, dict[str, CellState]] = {}
    for release, cell, status, figure in connection.execute(query, place.key):
        state = CellState(status, int(release), None if figure is None else int(figure))
        found.setdefault(int(release), {})[cell] = state
    return found


def save_memory(
    connection: psycopg.Connection, place: Place, memory: Memory, release_id: int, today: date | None
) -> None:
    """Add what a release has decided, in its own transaction."""
    if memory.new_rows is not None:
        connection.execute(
            "insert into control.protected_persons "
            "(local_authority_code, subject, population, period, release_id, persons) values (%s, %s, %s, %s, %s, %s)",
            [*place.key, release_id, memory.new_rows.packed()],
        )
    new = sorted(memory.new_cells.items())
    connection.execute(
        "insert into control.protected_cells (local_authority_code, subject, population, period, release_id, shown_on, "
        "cell, status, figure) "
        "select %s, %s, %s, %s, %s, %s, * from unnest(%s::text[], %s::text[], %s::bigint[])",
        [
            *place.key, release_id, today, [cell for cell, _ in new], [state.status for _, state in new],
            [state.value for _, state in new],
        ],
    )  # fmt: skip
    memory.kept(release_id)
