"""Builds the layers with dbt, as a plain step: what is left out, what is made anew, and when a build counts as good.

Dagster's asset (``orchestration.defs.transform``) wires it and hands on what dbt says of each model.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from psycopg import Connection

from orchestration.contracts import load_contracts
from orchestration.database import advisory_lock, connect
from orchestration.database.grants import renew_defaults
from orchestration.derived import read_derived_json, write_derived
from orchestration.errors import WarehouseError
from orchestration.landing.contents import take_over
from orchestration.model_rules import (
    Rules,
    changed_rules,
    note_in_work,
    record_rules,
    recorded_rules,
    rules_of,
    with_descendants,
)
from orchestration.project_state import last_built, missing_views, project_state, record_built
from orchestration.seals import check_due_seals
from orchestration.settings import Settings
from orchestration.subjects import landed_feeds, note_waiting, waiting_models
from orchestration.transform import DbtEvent, DbtResult, ensure_manifest, run_dbt
from orchestration.trouble import trouble_in

Manifest = Mapping[str, Any]
NAMED = 10
"""Changed models named in the log; more say the same."""


class Log(Protocol):
    """Where a build says what it does: a logger, or Dagster's."""

    def info(self, msg: object) -> None:
        """Say what is done."""

    def error(self, msg: object) -> None:
        """Say what is wrong."""


class BrokenModelsError(WarehouseError):
    """Models that dbt could not build, each with what the database said."""


def views_of(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """Schema and name of each view, by unique id."""
    return {
        key: (str(node["schema"]), str(node["alias"]))
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "view"
    }


def with_rows(manifest: Manifest) -> list[str]:
    """What dbt selects while the project stands: all models with rows of their own, and the tests of models.

    And the balance sheet, by whose build the release knows what it stands on.
    """
    return [
        *(f"config.materialized:{kind}" for kind in ("incremental", "openings", "table")),
        "control_reconciliation",
        *(
            str(node["name"])
            for node in manifest["nodes"].values()
            if node["resource_type"] == "test"
            and any(name.startswith("model.") for name in node["depends_on"]["nodes"])
        ),
    ]


def _seed_hashes(settings: Settings) -> dict[str, str]:
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in settings.seeds_dir.glob("*.csv")}


def _stamp(settings: Settings) -> Path:
    return settings.home / "dbt" / "seeds.json"


def changed_seeds(settings: Settings) -> list[str]:
    """Names of the seeds whose file differs from what was last loaded, or whose table is not there."""
    loaded = read_derived_json(_stamp(settings)) or {}
    with connect(settings, "transformer", autocommit=True) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'reference'").fetchall()
    there = {name for (name,) in rows}
    return sorted(
        name for name, digest in _seed_hashes(settings).items() if loaded.get(name) != digest or name not in there
    )


def _failure_of(result: DbtResult) -> WarehouseError | None:
    """Why nothing may stand on a build: models that are broken, or dbt that did not get so far; None if none is."""
    broken = [node for node in result.failed if not node.unique_id.startswith("test.")]
    if not broken and (result.nodes or not result.error):
        return None
    troubles = [trouble_in(node.message or "") for node in broken] or [trouble_in(result.error or "")]
    if all(troubles):
        return BrokenModelsError(troubles[0].words if troubles[0] else "")
    lines = [f"{node.unique_id.split('.')[-1]}: {node.message}" for node in broken] or [result.error or ""]
    return BrokenModelsError("dbt could not build every model.\n" + "\n".join(lines))


def _compare_seals(settings: Settings, connection: Connection, log: Log) -> None:
    """Compare the tables with their seals in every scope that was written in or has its turn, and note what is broken.

    Nothing of an authority with a broken seal is released; the others are.
    """
    for one in check_due_seals(settings, connection):
        log.error(
            f"{one.relation} is not what was written ({one.hop}): {one.local_authority_code} {one.academic_year} "
            f"{one.seed_code}, {one.rows_found} rows, {one.rows_sealed} when they were written"
        )


def _to_rebuild(log: Log, connection: Connection, manifest: dict[str, Any], rules: Rules) -> set[str] | None:
    """Models and seeds to make anew, because their rule or one that they stand on has changed; None: all of them."""
    before = recorded_rules(connection)
    if not before and last_built(connection) is None:
        record_rules(connection, rules)  # should this first build not end well, the next one knows what stands
        return set()
    if not before:
        log.info("By which rules the layers stand is not known: every layer is built anew from raw.")
        return None
    changed = changed_rules(before, rules)
    rebuilt = with_descendants(manifest, changed)
    if changed:
        names = ", ".join(sorted(name.split(".")[-1] for name in changed)[:NAMED])
        log.info(f"Changed since the last good build: {names}. Built anew, with what stands on it: {len(rebuilt)}.")
        note_in_work(connection, rebuilt)
    return rebuilt


@dataclass(frozen=True)
class Build:
    """A build that has begun: what dbt is told, and how it ends. ``connection`` is the transformer's and holds it."""

    settings: Settings
    connection: Connection
    arguments: tuple[str, ...]
    project_stands: bool
    rebuilt: Set[str]
    log: Log
    _state: str
    _rules: Rules
    _seeds: tuple[str, ...]

    def run(self, on_event: Callable[[DbtEvent], None] | None = None) -> DbtResult:
        """Let dbt do it; ``on_event`` is called with each of its log events."""
        return run_dbt(
            self.settings, self.arguments, on_event=on_event, project_stands=self.project_stands, rebuilt=self.rebuilt
        )

    def end(self, result: DbtResult) -> None:
        """Compare the seals and note what stands. Raises BrokenModelsError where nothing may stand on the build."""
        stopped = _failure_of(result)
        if stopped is not None:
            raise stopped
        _compare_seals(self.settings, self.connection, self.log)
        with self.connection.transaction():
            record_built(self.connection, self._state)
            record_rules(self.connection, self._rules)
        if self._seeds:
            write_derived(_stamp(self.settings), json.dumps(_seed_hashes(self.settings)))


@contextmanager
def begun(settings: Settings, full_refresh: bool, log: Log) -> Iterator[Build]:
    """Hold the warehouse for one attempt to build the layers; ``end`` it with what dbt made of its ``arguments``."""
    manifest = json.loads(ensure_manifest(settings).read_text())
    with connect(settings, "loader", autocommit=True) as loader:
        taken_over = take_over(loader, load_contracts())
    if taken_over:
        log.info(f"{taken_over} files landed before their values were hashed: taken over as they stand in raw.")
    seeds = changed_seeds(settings)
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    with connect(settings, "transformer", autocommit=True) as connection, advisory_lock(connection, "build"):
        renew_defaults(connection, "transformer")
        state, built = project_state(settings), last_built(connection)
        waiting = waiting_models(manifest, landed_feeds(connection))
        views = {view for key, view in views_of(manifest).items() if key not in waiting}
        project_stands = built == state and not full_refresh and not missing_views(connection, views)
        names = sorted(str(manifest["nodes"][key]["name"]) for key in waiting)
        note_waiting(connection, names, settings.code_version)
        arguments += ["--exclude", *names] if names else []
        arguments += ["--select", *seeds, *(with_rows(manifest) if project_stands else ["resource_type:model"])]
        rules = recorded_rules(connection) if built == state else rules_of(settings, manifest)
        rebuilt = _to_rebuild(log, connection, manifest, rules) if built != state else set()
        if full_refresh or rebuilt is None:
            arguments.append("--full-refresh")
        yield Build(
            settings, connection, tuple(arguments), project_stands, rebuilt or frozenset(), log,
            state, rules, tuple(seeds),
        )  # fmt: skip
