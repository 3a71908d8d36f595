"""A small authority for the tests of release: pupils in, exact marts as dbt would make them out.

The contracts are the real ones, read from the models' YAML files; the figures are counted in plain Python, so
that they do not come from the code under test.
"""

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import yaml
from psycopg import sql

from orchestration.release.bands import BandPupils, band_code
from orchestration.release.contracts import ReleaseContract, load_release_contracts
from orchestration.release.memory import Memory
from orchestration.release.protect import protect
from orchestration.release.rows import MartRows, released_rows
from orchestration.release.sources import PlacedSplit
from orchestration.release.splits import SplitPupils, month_number
from orchestration.settings import PROJECT_DIR

AUTHORITY = "S12000005"
YEAR = "2025/26"
OCTOBER_END = date(2025, 10, 31)
MONTHS = (date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1))
STAGES = {
    "primary": ("P1", "P2", "P3", "P4", "P5", "P6", "P7"),
    "secondary": ("S1", "S2", "S3", "S4", "S5", "S6"),
    "special": ("SP",),
}
GROUPS = {"1": "most_deprived_fifth", "2": "second_fifth"}
REASONS = ("sickness", "other_authorised", "unauthorised")
Row = dict[str, Any]


@dataclass(frozen=True)
class Month:
    """Openings of one pupil in one month."""

    possible: int = 40
    authorised: int = 0
    not_authorised: int = 0
    late: int = 0
    not_recorded: int = 0

    @property
    def attended(self) -> int:
        return self.possible - self.authorised - self.not_authorised


@dataclass(frozen=True)
class Pupil:
    token: int
    seed_code: str
    sector: str
    stage: str
    sex: str
    quintile: str
    months: Mapping[date, Month] = field(default_factory=dict)

    @property
    def group(self) -> str:
        return GROUPS.get(self.quintile, "rest")


@dataclass(frozen=True)
class World:
    pupils: tuple[Pupil, ...]
    data_as_at: date = date(2025, 10, 31)
    after_census: bool = True
    authority: str = AUTHORITY


def random_world(
    sizes: Mapping[tuple[str, str], int], seed: int = 1, months: Iterable[date] = MONTHS[:3], absent: float = 0.1
) -> World:
    """Schools of the given sizes by (SEED code, sector), with stages, sexes and quintiles at random."""
    generator = random.Random(seed)
    pupils = []
    for (code, sector), size in sizes.items():
        for _ in range(size):
            token = len(pupils) + 1
            by_month = {}
            for month in months:
                absences = sum(generator.random() < absent for _ in range(20)) * 2
                unauthorised = generator.randint(0, absences // 2)
                by_month[month] = Month(40, absences - unauthorised, unauthorised, generator.choice((0, 0, 1)))
            pupils.append(
                Pupil(
                    token, code, sector, generator.choice(STAGES[sector]), generator.choice("FM"),
                    generator.choice(("1", "2", "3", "4", "5", "unknown")), by_month,
                )
            )  # fmt: skip
    last = max(months)
    end = date(last.year, last.month, {8: 29, 9: 30, 10: 31, 11: 28, 12: 31}[last.month])
    return World(tuple(pupils), end)


def changed(world: World, change: Callable[[Pupil], Pupil | None]) -> World:
    """The same world with every pupil changed, or taken out where ``None`` comes back."""
    found = [change(pupil) for pupil in world.pupils]
    return replace(world, pupils=tuple(pupil for pupil in found if pupil is not None))


def fake_manifest(path: Path, kinds: Iterable[str] | None = None) -> Path:
    """A manifest with the marts' models as their YAML files describe them."""
    nodes = {}
    for file in sorted((PROJECT_DIR / "dbt_project" / "models" / "aggregated").glob("*.yml")):
        for model in yaml.safe_load(file.read_text()).get("models", []):
            meta = model.get("config", {}).get("meta", {})
            if "release" not in meta or (kinds is not None and meta["release"]["kind"] not in kinds):
                continue
            if meta["release"]["kind"] in ("reference", "schools"):
                continue
            columns = {
                column["name"]: {
                    "name": column["name"],
                    "data_type": column["data_type"],
                    "description": column.get("description", ""),
                }
                for column in model["columns"]
            }
            nodes[f"model.{model['name']}"] = {
                "resource_type": "model",
                "name": model["name"],
                "alias": model["name"],
                "schema": "aggregated_exact",
                "description": model["description"],
                "config": {"meta": meta, "enabled": True},
                "columns": columns,
            }
    path.write_text(json.dumps({"nodes": nodes}))
    return path


def contracts(folder: Path) -> tuple[ReleaseContract, ...]:
    return load_release_contracts(fake_manifest(folder / "manifest.json"))


def _rate(part: int, whole: int) -> Decimal | None:
    return None if not whole else (Decimal(part) / Decimal(whole)).quantize(Decimal("0.00000001"))


def _measures(world: World, members: Iterable[tuple[Pupil, Iterable[date]]], due: bool) -> Row:
    found: dict[str, Any] = defaultdict(int)
    by_month: dict[date, int] = defaultdict(int)
    schools = set()
    for pupil, months in members:
        own = [pupil.months[month] for month in months if month in pupil.months]
        expected = [month for month in own if month.possible + month.not_recorded]
        if not expected:
            continue
        schools.add((pupil.seed_code, pupil.sector))
        found["behind_pupils"] += 1
        for month in months:
            by_month[month] += month in pupil.months
        found["pupils"] += any(month.possible for month in own)
        for name in ("possible", "attended", "authorised", "not_authorised", "late", "not_recorded"):
            found[f"openings_{name}"] += sum(getattr(month, name) for month in own)
        for name in ("authorised", "not_authorised", "late"):
            found[f"behind_{name}"] += any(getattr(month, name) for month in own)
    positive = [count for count in by_month.values() if count]
    recorded, silent = found["openings_possible"], found["openings_not_recorded"]
    completeness = _rate(recorded, recorded + silent)
    withheld = "not_yet_due" if not due else None
    if withheld is None and completeness is not None and completeness < Decimal("0.9"):
        withheld = "completeness"
    return {
        **dict.fromkeys(("openings_not_counted", "openings_excluded", "openings_unknown_reason"), 0),
        **dict.fromkeys(("behind_excluded", "behind_unknown_reason"), 0),
        "openings_unauthorised": found["openings_not_authorised"],
        "behind_unauthorised": found["behind_not_authorised"],
        **{
            name: found[name]
            for name in (
                "pupils", "openings_possible", "openings_attended", "openings_authorised",
                "openings_not_authorised", "openings_late", "openings_not_recorded", "behind_pupils",
                "behind_authorised", "behind_not_authorised", "behind_late",
            )
        },
        "behind_smallest_month": min(positive, default=None),
        "behind_largest_month": max(positive, default=None),
        "completeness": completeness,
        "attendance_rate": _rate(found["openings_attended"], found["openings_possible"]),
        "national_rate": None,
        "national_rate_year": None,
        "calendar_source": "delivered",
        "is_provisional": not world.after_census,
        "schools_counted": len(schools),
        "data_as_at": world.data_as_at,
        "withheld": withheld,
    }  # fmt: skip


def _months(world: World) -> list[date]:
    return sorted({month for pupil in world.pupils for month in pupil.months})


def exact_rows(world: World) -> dict[str, list[Row]]:
    """Rows of every exact mart of the world, dense."""
    months = _months(world)
    by_unit: dict[tuple[str, str], list[Pupil]] = defaultdict(list)
    for pupil in world.pupils:
        by_unit[pupil.seed_code, pupil.sector].append(pupil)
    base = {"local_authority_code": world.authority, "academic_year": YEAR}
    marts: dict[str, list[Row]] = defaultdict(list)

    def add(mart: str, keys: Row, members: Iterable[Pupil], of: Iterable[date], breakdown: bool = False) -> None:
        row = _measures(world, [(pupil, list(of)) for pupil in members], world.after_census or not breakdown)
        marts[mart].append({**base, **keys, **row})

    for (code, sector), pupils in sorted(by_unit.items()):
        unit = {"seed_code": code, "sector": sector}
        add("attendance_by_school_year", unit, pupils, months)
        for month in months:
            add("attendance_by_school_month", {**unit, "month": month}, pupils, [month])
        for weekday in (1, 2):
            add("attendance_by_school_weekday", {**unit, "weekday": weekday, "opening": "AM"}, pupils, months, True)
        for stage in STAGES[sector]:
            mine = [pupil for pupil in pupils if pupil.stage == stage]
            add("attendance_by_school_stage", {**unit, "stage": stage}, mine, months, True)
        for sex in ("F", "M", "unknown"):
            mine = [pupil for pupil in pupils if pupil.sex == sex]
            add("attendance_by_school_sex", {**unit, "sex": sex}, mine, months, True)
        for group in ("most_deprived_fifth", "second_fifth", "rest"):
            mine = [pupil for pupil in pupils if pupil.group == group]
            add("attendance_by_school_deprivation", {**unit, "deprivation_group": group}, mine, months, True)
    for sector in [*sorted({sector for _, sector in by_unit}), "all"]:
        pupils = [pupil for pupil in world.pupils if sector in ("all", pupil.sector)]
        add("attendance_by_authority_year", {"sector": sector}, pupils, months)
        for month in months:
            add("attendance_by_authority_month", {"sector": sector, "month": month}, pupils, [month])
        for stage in STAGES.get(sector, ()):
            for quintile in ("1", "2", "3", "4", "5", "unknown"):
                mine = [pupil for pupil in pupils if (pupil.stage, pupil.quintile) == (stage, quintile)]
                for month in months:
                    keys = {"sector": sector, "stage": stage, "simd_quintile": quintile, "month": month}
                    add("attendance_by_authority_stage_simd_quintile_month", keys, mine, [month], True)
    _persistent(world, base, marts)
    _reasons(world, base, marts)
    return marts


def pupil_band(pupil: Pupil) -> tuple[int, bool] | None:
    """Band 1 to 4 and whether severely absent; none below 20 possible openings."""
    possible = sum(month.possible for month in pupil.months.values())
    absent = possible - sum(month.attended for month in pupil.months.values())
    if possible < 20:
        return None
    band = 1 + sum(absent * 100 >= limit * possible for limit in (5, 10, 20))
    return band, 2 * absent >= possible


def _bands(world: World, pupils: Iterable[Pupil]) -> Row:
    found = [band for band in map(pupil_band, pupils) if band is not None]
    counts = [sum(band == number for band, _ in found) for number in (1, 2, 3, 4)]
    severe = sum(is_severe for _, is_severe in found)
    return {
        "pupils": len(found),
        "pupils_absent_under_5": counts[0],
        "pupils_absent_5_to_10": counts[1],
        "pupils_absent_10_to_20": counts[2],
        "pupils_absent_20_and_over": counts[3],
        "persistently_absent": counts[2] + counts[3],
        "severely_absent": severe,
        "persistent_absence_rate": _rate(counts[2] + counts[3], len(found)),
        "severe_absence_rate": _rate(severe, len(found)),
        "national_rate": None,
        "national_rate_year": None,
        "calendar_source": "delivered",
        "is_provisional": not world.after_census,
        "schools_counted": len({(pupil.seed_code, pupil.sector) for pupil in pupils}),
        "as_at": world.data_as_at,
        "behind_pupils": len(list(pupils)),
        "behind_smallest_month": len(list(pupils)) or None,
        "behind_largest_month": len(list(pupils)) or None,
        "withheld": None if world.after_census else "not_yet_due",
    }


def _persistent(world: World, base: Row, marts: dict[str, list[Row]]) -> None:
    units = sorted({(pupil.seed_code, pupil.sector) for pupil in world.pupils})
    for code, sector in units:
        mine = [pupil for pupil in world.pupils if (pupil.seed_code, pupil.sector) == (code, sector)]
        marts["persistent_absence_by_school"].append(
            {**base, "seed_code": code, "sector": sector, **_bands(world, mine)}
        )
    for breakdown, name in (("sector", "sector"), ("stage", "stage"), ("quintile", "quintile")):
        for value in sorted({getattr(pupil, name) for pupil in world.pupils}):
            mine = [pupil for pupil in world.pupils if getattr(pupil, name) == value]
            marts["persistent_absence_by_authority"].append(
                {**base, "breakdown": breakdown, "value": value, **_bands(world, mine)}
            )
    marts["persistent_absence_by_authority"].append(
        {**base, "breakdown": "sector", "value": "all", **_bands(world, world.pupils)}
    )


def _reasons(world: World, base: Row, marts: dict[str, list[Row]]) -> None:
    def rows(pupils: list[Pupil]) -> Iterable[tuple[str, Row]]:
        totals = [
            (
                pupil,
                sum(month.possible for month in pupil.months.values()),
                sum(month.authorised for month in pupil.months.values()),
                sum(month.not_authorised for month in pupil.months.values()),
            )
            for pupil in pupils
        ]
        possible = sum(total[1] for total in totals)
        for reason in REASONS:
            own = [
                total[3] if reason == "unauthorised" else (total[2] if pupil.token % 2 == (reason == "sickness") else 0)
                for pupil, total in ((total[0], total) for total in totals)
            ]
            behind = sum(count > 0 for count in own)
            yield reason, {
                "pupils": behind, "openings": sum(own), "share_of_possible": _rate(sum(own), possible),
                "calendar_source": "delivered", "is_provisional": not world.after_census,
                "schools_counted": 3, "data_as_at": world.data_as_at, "behind_pupils": len(pupils),
                "behind_smallest_month": len(pupils) or None, "behind_largest_month": len(pupils) or None,
                "behind_reason": behind, "withheld": None if world.after_census else "not_yet_due",
            }  # fmt: skip

    for code, sector in sorted({(pupil.seed_code, pupil.sector) for pupil in world.pupils}):
        mine = [pupil for pupil in world.pupils if (pupil.seed_code, pupil.sector) == (code, sector)]
        for reason, row in rows(mine):
            keys = {"seed_code": code, "sector": sector, "reason": reason}
            marts["absence_reasons_by_school"].append({**base, **keys, **row})
    for sector in [*sorted({pupil.sector for pupil in world.pupils}), "all"]:
        for reason, row in rows([pupil for pupil in world.pupils if sector in ("all", pupil.sector)]):
            marts["absence_reasons_by_authority"].append({**base, "sector": sector, "reason": reason, **row})


def mart_rows(world: World, of: Iterable[ReleaseContract]) -> dict[str, MartRows]:
    """The exact marts as release reads them."""
    exact = exact_rows(world)
    found = {}
    for contract in of:
        rows = sorted(exact[contract.mart], key=lambda row, c=contract: tuple(row[key] for key in c.keys))
        names = [column.name for column in contract.columns]
        found[contract.mart] = MartRows(contract, {name: [row[name] for row in rows] for name in names})
    return found


def split_rows(world: World) -> list[tuple[Any, ...]]:
    return [
        (
            world.authority, YEAR, f"00000000-0000-0000-0000-{pupil.token:012d}", pupil.seed_code, pupil.sector,
            pupil.stage, pupil.sex, pupil.group, month, counts.authorised, counts.not_authorised, counts.late,
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
                    pupil.sector, pupil.stage, pupil.quintile, str(band[0]), band[1], band[0] >= 3,
                )
            )  # fmt: skip
    return found


SPLIT_TABLE = """
create table if not exists aggregated_exact.split_pupils (local_authority_code text, academic_year text,
    pupil_token uuid, seed_code text, sector text, stage text, sex text, deprivation_group text, month date,
    authorised integer, not_authorised integer, late integer);
create table if not exists aggregated_exact.persistent_absence_pupils (local_authority_code text,
    academic_year text, pupil_token uuid, seed_code text, sector text, stage text, simd_quintile text, band text,
    is_severe boolean, is_persistent boolean);
create table if not exists control.reconciliation (hop text, hop_number integer, delivery_key text,
    local_authority_code text, academic_year text, feed text, seed_code integer, mart text, amount_in bigint,
    amount_out bigint, difference bigint, checksum_matches boolean, is_closed boolean);
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
                copy.write_row([row[name] for name in names])
    for name, rows in (("split_pupils", split_rows(world)), ("persistent_absence_pupils", band_rows(world))):
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

    def bands(self, year: str) -> BandPupils:
        rows = band_rows(self.world)
        return BandPupils(
            np.array([_number(row[2]) for row in rows], dtype=np.int64),
            [(row[3], row[4]) for row in rows],
            [row[5] for row in rows],
            [row[6] for row in rows],
            np.array([band_code(row[7], row[8]) for row in rows], dtype=np.int64),
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
        )


def _number(token: str) -> int:
    return int(token[-12:]) << 8


class Releases:
    """Releases of one authority after one another, without a database."""

    def __init__(self, of: Iterable[ReleaseContract]) -> None:
        self.contracts = tuple(of)
        self.memory = Memory()
        self.exact: dict[str, MartRows] = {}
        self.released = {
            contract.mart: MartRows(contract, {column.name: [] for column in contract.released_columns})
            for contract in self.contracts
        }

    def release(self, world: World, lifted: bool = False) -> dict[str, MartRows]:
        self.exact = mart_rows(world, self.contracts)
        memory = replace_memory(self.memory, lifted)
        protected = protect(self.exact, self.released, memory, WorldPupils(world), world.data_as_at, None)
        for mart, rows in self.exact.items():
            names = [column.name for column in rows.contract.released_columns]
            found = list(released_rows(rows, protected.decisions[mart]).values())
            columns = zip(*found, strict=True) if found else ([] for _ in names)
            self.released[mart] = MartRows(
                rows.contract, {name: list(values) for name, values in zip(names, columns, strict=True)}
            )
        self.memory = _settled(memory)
        return self.released

    def rows(self, mart: str, **keys: Any) -> list[Row]:
        """Released rows of a mart that have the given key values."""
        columns = self.released[mart].columns
        rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
        return [row for row in rows if all(row[key] == value for key, value in keys.items())]

    def row(self, mart: str, **keys: Any) -> Row:
        (found,) = self.rows(mart, **keys)
        return found


def replace_memory(memory: Memory, lifted: bool) -> Memory:
    return replace(memory, new_hidden={}, new_shown=set(), new_states={}, new_held=set(), holds_lifted=lifted)


def _settled(memory: Memory) -> Memory:
    for (year, mart, cell), reason in memory.new_hidden.items():
        memory.hidden.setdefault((year, mart), {})[cell] = reason
    for year, mart, cell in memory.new_shown:
        memory.shown.setdefault((year, mart), set()).add(cell)
    for place, state in memory.new_states.items():
        memory.states[place] = replace(state, shown=json.loads(json.dumps(state.shown)))
    return memory
