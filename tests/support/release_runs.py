"""Releases of a small authority after one another: without a database, or as a build leaves it in one."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from orchestration.release.door.decide import Decided, decide_attendance
from orchestration.release.engine.memory import Memory as CountMemory
from orchestration.release.engine.model import PLACE
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.sources import PlacedSplit
from orchestration.release.protection.split_half_days import PlacedHalfDays, half_day
from orchestration.release.protection.splits import SplitPupils, month_number
from orchestration.release.subject.attack import findings
from orchestration.release.subject.counted import Counted
from orchestration.release.subject.persons import PersonRows
from orchestration.release.subject.store import Place
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import MartRows, released_rows
from tests.support.release_exact import Row, exact_rows, part_of
from tests.support.release_world import YEAR, World, pupil_band

BANDS = ("under_5", "5_to_10", "10_to_20", "20_and_over")


def mart_rows(world: World, of: Iterable[ReleaseContract]) -> dict[str, MartRows]:
    """The exact marts as release reads them."""
    exact = exact_rows(world)
    found = {}
    for contract in of:
        rows = sorted(exact[contract.mart], key=lambda row, c=contract: tuple(row[key] for key in c.keys))
        names = [column.name for column in contract.columns]
        found[contract.mart] = MartRows(contract, {name: [row.get(name, 0) for row in rows] for name in names})
    return found


def split_rows(world: World) -> list[tuple[Any, ...]]:
    return [
        (
            world.authority, YEAR, f"00000000-0000-0000-0000-{pupil.token:012d}", pupil.seed_code, pupil.sector,
            pupil.stage, pupil.sex, pupil.group, month, counts.authorised, counts.not_authorised, counts.late,
            pupil.quintile,
        )
        for pupil in world.pupils
        for month, counts in sorted(pupil.months.items())
        if counts.authorised or counts.not_authorised or counts.late
    ]  # fmt: skip


def band_rows(world: World) -> list[tuple[Any, ...]]:
    found = []
    for pupil in world.pupils:
        band = pupil_band(pupil)
        if band is not None:
            found.append(
                (
                    world.authority, YEAR, f"00000000-0000-0000-0000-{pupil.token:012d}", pupil.seed_code,
                    pupil.sector, pupil.stage, pupil.sex, pupil.quintile, pupil.group, BANDS[band[0] - 1], band[1],
                    band[0] >= 3,
                )
            )  # fmt: skip
    return found


def half_day_rows(world: World) -> list[tuple[Any, ...]]:
    """Openings of the year by pupil and half day of the week, as the exact mart of the tests counts them."""
    found = []
    for pupil in world.pupils:
        place = (world.authority, YEAR, f"00000000-0000-0000-0000-{pupil.token:012d}", pupil.seed_code, pupil.sector)
        for weekday in (1, 2):
            counts = part_of(pupil, weekday - 1, 2).months.values()
            parts = [sum(getattr(month, name) for month in counts) for name in ("authorised", "not_authorised", "late")]
            if any(parts):
                found.append((*place, weekday, "AM", *parts))
    return found


def _bits(first: int, count: int) -> int:
    return ((1 << count) - 1) << first


def half_day_bit_rows(world: World) -> list[tuple[Any, ...]]:
    """Half days of each pupil and month as bits: those attended, then those absent, then those not recorded."""
    return [
        (
            world.authority, YEAR, month, f"00000000-0000-0000-0000-{pupil.token:012d}", pupil.seed_code,
            pupil.sector, pupil.stage, pupil.sex, pupil.quintile, pupil.group, _bits(0, counts.possible),
            _bits(0, counts.attended), 0, _bits(counts.possible, counts.not_recorded),
        )
        for pupil in world.pupils
        for month, counts in sorted(pupil.months.items())
    ]  # fmt: skip


SPLIT_TABLE = """
create table if not exists aggregated_exact.attendance_half_days (local_authority_code text, academic_year text,
    month date, pupil_token uuid, seed_code text, sector text, stage text, sex text, simd_quintile text,
    deprivation_group text, possible_slots bigint, attended_slots bigint, not_counted_slots bigint,
    not_recorded_slots bigint);
create table if not exists aggregated_exact.split_pupils (local_authority_code text, academic_year text,
    pupil_token uuid, seed_code text, sector text, stage text, sex text, deprivation_group text, month date,
    authorised integer, not_authorised integer, late integer, simd_quintile text);
create table if not exists aggregated_exact.split_pupil_half_days (local_authority_code text, academic_year text,
    pupil_token uuid, seed_code text, sector text, weekday integer, opening text,
    authorised integer, not_authorised integer, late integer);
create table if not exists aggregated_exact.persistent_absence_pupils (local_authority_code text,
    academic_year text, pupil_token uuid, seed_code text, sector text, stage text, sex text, simd_quintile text,
    deprivation_group text, band text, is_severe boolean, is_persistent boolean);
create table if not exists control.reconciliation (hop text, hop_number integer, delivery_key text,
    local_authority_code text, academic_year text, feed text, seed_code integer, mart text, amount_in bigint,
    amount_out bigint, difference bigint, checksum_matches boolean, is_closed boolean,
    subject text default 'core');
"""


def build(
    connection: psycopg.Connection, world: World, of: Iterable[ReleaseContract], event_id: int, code: str = "test"
) -> None:
    """Write the exact marts of a world as the transformer's build would, in one transaction."""
    exact = exact_rows(world)
    connection.execute(SPLIT_TABLE)
    for contract in of:
        table = sql.Identifier("aggregated_exact", contract.mart)
        columns = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.data_type))
            for column in contract.columns
        )
        connection.execute(sql.SQL("create table if not exists {} ({})").format(table, columns))
        connection.execute(sql.SQL("delete from {} where local_authority_code = %s").format(table), [world.authority])
        names = [column.name for column in contract.columns]
        with connection.cursor().copy(
            sql.SQL("copy {} ({}) from stdin").format(table, sql.SQL(", ").join(map(sql.Identifier, names)))
        ) as copy:
            for row in exact[contract.mart]:
                copy.write_row([row.get(name, 0) for name in names])
    for name, rows in (
        ("split_pupils", split_rows(world)),
        ("split_pupil_half_days", half_day_rows(world)),
        ("persistent_absence_pupils", band_rows(world)),
        ("attendance_half_days", half_day_bit_rows(world)),
    ):
        table = sql.Identifier("aggregated_exact", name)
        connection.execute(sql.SQL("delete from {} where local_authority_code = %s").format(table), [world.authority])
        with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
            for row in rows:
                copy.write_row(row)
    connection.execute(
        "insert into control.build_state (event_id, code_version) values (%s, %s) on conflict (only_row) "
        "do update set event_id = excluded.event_id, code_version = excluded.code_version",
        [event_id, code],
    )
    for model in [*(contract.mart for contract in of), "reconciliation"]:
        connection.execute(
            "insert into control.model_builds (model, event_id, code_version) values (%s, %s, %s) on conflict "
            "(model) do update set event_id = excluded.event_id, code_version = excluded.code_version",
            [model, event_id, code],
        )
    connection.commit()


class WorldPupils:
    """The pupils of a world, as release asks for them."""

    def __init__(self, world: World) -> None:
        self.world = world

    def half_days(self, year: str) -> PlacedHalfDays:
        rows = half_day_rows(self.world)
        return PlacedHalfDays(
            SplitPupils(
                np.array([_number(row[2]) for row in rows], dtype=np.int64),
                np.array([half_day(row[5], row[6]) for row in rows], dtype=np.int64),
                np.array([row[7:10] for row in rows], dtype=np.int64).reshape(-1, 3),
            ),
            [(row[3], row[4]) for row in rows],
        )

    def splits(self, year: str) -> PlacedSplit:
        rows = split_rows(self.world)
        return PlacedSplit(
            SplitPupils(
                np.array([_number(row[2]) for row in rows], dtype=np.int64),
                np.array([month_number(row[8]) for row in rows], dtype=np.int64),
                np.array([row[9:12] for row in rows], dtype=np.int64).reshape(-1, 3),
            ),
            [(row[3], row[4]) for row in rows],
            [row[5] for row in rows],
            [row[6] for row in rows],
            [row[7] for row in rows],
            [row[12] for row in rows],
        )


class WorldCounts:
    """The pupils whom persistent absence judges, and what releases remember of them, without a database."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.memories: dict[tuple[str, ...], tuple[CountMemory, dict[str, date]]] = {}

    def persons(self, population: str, period: str) -> PersonRows:
        assert population == "judged"
        assert self.world is not None
        rows = band_rows(self.world)
        names = ("stage", "sex", "deprivation")
        columns = {name: [row[at] for row in rows] for name, at in zip(names, (5, 6, 7), strict=True)}
        columns |= {
            "absence": [row[9] for row in rows],
            "severe_absence": [str(row[10]).lower() for row in rows],
            PLACE: [f"{row[3]}|{row[4]}" for row in rows],
        }
        return PersonRows(np.array([_number(row[2]) for row in rows], dtype=np.int64), columns, None)

    def remembered(self, place: Place) -> tuple[CountMemory, dict[str, date]]:
        return self.memories.setdefault(place.key, (CountMemory(), {}))

    def kept(self, counted: Counted, release: int, today: date | None) -> None:
        for one in counted.every:
            self.memories[one.place.key][1].update(dict.fromkeys(one.memory.new_cells, today))
            one.memory.kept(release)


def _number(token: str) -> int:
    return int(token[-12:]) << 8


class Releases:
    """Releases of one authority after one another, without a database."""

    def __init__(self, of: Iterable[ReleaseContract]) -> None:
        self.contracts = tuple(of)
        self.memory = Memory()
        self.counts = WorldCounts()
        self.number = 0
        self.given_away: list[str] = []
        self.exact: dict[str, MartRows] = {}
        self.released = {
            contract.mart: MartRows(contract, {column.name: [] for column in contract.released_columns})
            for contract in self.contracts
        }

    def release(self, world: World) -> dict[str, MartRows]:
        self.exact = mart_rows(world, self.contracts)
        memory = replace_memory(self.memory)
        self.counts.world = world
        decided = decide_attendance(
            self.exact, memory, WorldPupils(world), self.counts, world.authority, world.data_as_at, None
        )
        for mart, rows in self.exact.items():
            names = [column.name for column in rows.contract.released_columns]
            found = list(released_rows(rows, decided.decisions[mart]).values())
            columns = zip(*found, strict=True) if found else ([] for _ in names)
            self.released[mart] = MartRows(
                rows.contract, {name: list(values) for name, values in zip(names, columns, strict=True)}
            )
        self.memory = settled(memory)
        self.given_away = self._given_away(decided)
        self.number += 1
        self.counts.kept(decided.counted, self.number, decided.today)
        return self.released

    def _given_away(self, decided: Decided) -> list[str]:
        """What counts of pupils tell who reads this release after the ones before."""
        shown = {}
        for mart, rows in self.released.items():
            keys = zip(*(rows.columns[key] for key in rows.contract.keys), strict=True)
            names = [column.name for column in rows.contract.released_columns]
            values = zip(*(rows.columns[name] for name in names), strict=True)
            shown[mart] = (self.exact[mart], dict(zip(keys, values, strict=True)))
        return [said for one in decided.counted.every for said in findings(one, shown)]

    def rows(self, mart: str, **keys: Any) -> list[Row]:
        """Released rows of a mart that have the given key values."""
        columns = self.released[mart].columns
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        return [row for row in rows if all(row[key] == value for key, value in keys.items())]

    def row(self, mart: str, **keys: Any) -> Row:
        (found,) = self.rows(mart, **keys)
        return found


def replace_memory(memory: Memory) -> Memory:
    return replace(memory, new_hidden={}, new_shown=set(), new_states={})


def settled(memory: Memory) -> Memory:
    for (year, mart, cell), reason in memory.new_hidden.items():
        memory.hidden.setdefault((year, mart), {})[cell] = reason
    for year, mart, cell in memory.new_shown:
        memory.shown.setdefault((year, mart), set()).add(cell)
    for place, state in memory.new_states.items():
        memory.states[place] = replace(state, shown=json.loads(json.dumps(state.shown)))
    return memory
