"""A made-up roll as dbt would leave it for release: persons, exact marts counted from the declaration, tables."""

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from orchestration.release.declared.declaration import Declaration, Mart
from orchestration.release.declared.reading import read_declaration
from orchestration.settings import PROJECT_DIR
from orchestration.yaml_files import read_yaml
from tests.support.release_runs import SPLIT_TABLE

FOLDER = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "roll"
AUTHORITY, YEAR = "S12000099", "2025/26"
STAGES = {
    "primary": ("P1", "P2", "P3", "P4", "P5", "P6", "P7"), "secondary": ("S1", "S2", "S3", "S4", "S5", "S6"),
    "special": ("SP",),
}  # fmt: skip
FREE = ("P1", "P2", "P3", "P4", "P5", "unknown")
SCHOOLS = {
    ("5000001", "primary"): 60, ("5000002", "primary"): 140, ("5000003", "primary"): 31, ("5000004", "secondary"): 260,
    ("5000005", "secondary"): 190, ("5000006", "primary"): 12, ("5000007", "special"): 27, ("5000008", "primary"): 0,
}  # fmt: skip
NO_MOMENTS: Mapping[str, list[dict[str, Any]]] = {}


def declaration() -> Declaration:
    return read_declaration(FOLDER / "release.yml")


@dataclass(frozen=True)
class Pupil:
    number: int
    seed_code: str
    sector: str
    stage: str
    sex: str
    simd_quintile: str
    english_as_additional_language: str
    free_meals: str
    taught_in_gaelic: str

    @property
    def deprivation_group(self) -> str:
        return {"1": "most_deprived_fifth", "2": "second_fifth"}.get(self.simd_quintile, "rest")

    @property
    def free_meals_asked(self) -> str:
        return "not asked" if self.free_meals == "not asked" else "asked"


def random_roll(seed: int = 0) -> list[Pupil]:
    generator = np.random.default_rng(seed)
    found: list[Pupil] = []
    for (seed_code, sector), size in SCHOOLS.items():
        for _ in range(size):
            stage = str(generator.choice(STAGES[sector]))
            meals = (
                "not asked" if stage in FREE else str(generator.choice(["registered", "not registered"], p=[0.2, 0.8]))
            )
            found.append(
                Pupil(
                    len(found) + 1, seed_code, sector, stage, str(generator.choice(["F", "M"])),
                    str(generator.choice(["1", "2", "3", "4", "5", "unknown"], p=[0.1, 0.1, 0.3, 0.3, 0.15, 0.05])),
                    str(generator.choice(["yes", "no"], p=[0.06, 0.94])), meals,
                    str(generator.choice(["yes", "no"], p=[0.03, 0.97])),
                )
            )  # fmt: skip
    return found


def other_stage(pupil: Pupil) -> Pupil:
    """The same pupil in the next stage among those before P6, or back in the first."""
    return replace(pupil, stage="P1" if pupil.stage != "P1" else "P2", free_meals="not asked")


def manifest_of_roll(path: Path) -> Path:
    nodes = {}
    for file in sorted(FOLDER.rglob("*.yml")):
        for model in read_yaml(file).get("models", []):
            columns = {column["name"]: column for column in model["columns"]}
            nodes[model["name"]] = {
                "resource_type": "model", "name": model["name"], "alias": model["name"], "schema": "aggregated_exact",
                "description": model["description"], "config": {"meta": model["config"]["meta"], "enabled": True},
                "columns": columns,
            }  # fmt: skip
    path.write_text(json.dumps({"nodes": nodes}))
    return path


def _lists(one: Declaration, mart: Mart) -> Iterator[dict[str, str]]:
    """Every row that the lists of the declaration ask for."""
    places = sorted({tuple(s[c == "sector"] for c in one.place(mart.place).columns) for s in SCHOOLS})
    for place in places:
        named = dict(zip(one.place(mart.place).columns, place, strict=True))
        lists = []
        for column in mart.by:
            dimension, level = one.dimension_of(column)
            values = dimension.within.get("sector", {}).get(named["sector"], dimension.values)
            lists.append(list(dict.fromkeys(dimension.levels[level][v] for v in values) if level else values))
        for combination in itertools.product(*lists):
            yield named | dict(zip(mart.by, combination, strict=True))


def exact_rows(roll: list[Pupil]) -> dict[str, list[dict[str, Any]]]:
    one = declaration()
    found: dict[str, list[dict[str, Any]]] = {}
    for mart in one.marts_of("census"):
        rows = []
        for key in _lists(one, mart):
            inside = [pupil for pupil in roll if all(getattr(pupil, c) == value for c, value in key.items())]
            row: dict[str, Any] = {"local_authority_code": AUTHORITY, "academic_year": YEAR, **key}
            for measure in mart.measures.values():
                if measure.kind == "count":
                    row[measure.name] = len(inside)
                elif measure.kind == "part":
                    row[measure.name] = sum(getattr(p, measure.of or "") in measure.values for p in inside)
            row |= {"census_on": "2025-09-10"} | ({"capacity": 300} if "capacity" in mart.stamps else {})
            if "occupancy" in mart.measures:
                row["occupancy"] = round(row["pupils"] / 300, 4)
            rows.append(row)
        found[mart.name] = rows
    return found


def build_roll(
    connection: psycopg.Connection,
    roll: list[Pupil],
    manifest: Path,
    event_id: int = 1,
    code: str = "v1",
    moments: Mapping[str, list[dict[str, Any]]] = NO_MOMENTS,
) -> None:
    """Write persons and marts of a roll as the transformer's build would, in one transaction.

    ``moments`` has the rows of models about month ends and now, which are empty without it.
    """
    nodes = json.loads(manifest.read_text())["nodes"]
    connection.execute(SPLIT_TABLE)
    rows: dict[str, list[dict[str, Any]]] = {name: moments.get(name, []) for name in nodes}
    rows |= exact_rows(roll)
    rows["roll_census_pupils"] = [
        {
            "local_authority_code": AUTHORITY, "academic_year": YEAR, "census_on": "2025-09-10",
            "pupil_token": f"00000000-0000-0000-0000-{pupil.number:012d}",
            **{c: getattr(pupil, c) for c in nodes["roll_census_pupils"]["columns"] if hasattr(pupil, c)},
        }
        for pupil in roll
    ]  # fmt: skip
    for name, content in rows.items():
        columns = nodes[name]["columns"]
        table = sql.Identifier("aggregated_exact", name)
        typed = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(c["name"]), sql.SQL(c["data_type"])) for c in columns.values()
        )
        connection.execute(sql.SQL("create table if not exists {} ({})").format(table, typed))
        connection.execute(sql.SQL("delete from {}").format(table))
        with connection.cursor().copy(
            sql.SQL("copy {} ({}) from stdin").format(table, sql.SQL(", ").join(map(sql.Identifier, columns)))
        ) as copy:
            for row in content:
                copy.write_row([row[c] for c in columns])
    for model in [*rows, "reconciliation"]:
        connection.execute(
            "insert into control.model_builds (model, event_id, code_version) values (%s, %s, %s) "
            "on conflict (model) do update set event_id = excluded.event_id, code_version = excluded.code_version",
            [model, event_id, code],
        )
    connection.execute("delete from control.build_state")
    connection.execute("insert into control.build_state (event_id, code_version) values (%s, %s)", [event_id, code])
    connection.commit()
