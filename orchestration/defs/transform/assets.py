"""Identity, and every dbt model and seed, as assets."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets
from psycopg import Connection

from orchestration.contracts import load_contracts
from orchestration.database import advisory_lock, connect
from orchestration.database.grants import renew_defaults
from orchestration.defs.event_log import event_log_held_open
from orchestration.defs.resources import (
    FIRST_DELAY,
    OUTSIDE_FAILURES,
    RETRIES,
    WarehouseResource,
    failure,
    in_words,
)
from orchestration.defs.transform.in_process import stream_dbt
from orchestration.defs.transform.translator import LayerTranslator
from orchestration.derived import read_derived_json, write_derived
from orchestration.errors import WarehouseError
from orchestration.identity import assign_identities
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
from orchestration.release.tables.project import check_manifest
from orchestration.seals import check_due_seals
from orchestration.settings import Settings, load_settings
from orchestration.subjects import landed_feeds, note_waiting, waiting_models
from orchestration.transform import DbtResult, ensure_manifest, target_path
from orchestration.trouble import trouble_in, trouble_of

_settings = load_settings()
MANIFEST_PATH = ensure_manifest(_settings)
check_manifest(MANIFEST_PATH)
MANIFEST: dict[str, Any] = json.loads(MANIFEST_PATH.read_text())
PROJECT = DbtProject(
    project_dir=_settings.dbt_dir,
    profiles_dir=_settings.project_dir / "profiles",
    target_path=target_path(_settings),
)
TRANSLATOR = LayerTranslator()
NAMED = 10
"""Changed models named in the log; more say the same."""
VIEWS = {
    key: (str(node["schema"]), str(node["alias"]))
    for key, node in MANIFEST["nodes"].items()
    if node["resource_type"] == "model" and node["config"]["materialized"] == "view"
}
# All models with rows of their own, and the tests of models; and the balance sheet, by whose build the release
# knows what it stands on.
ROWS = [
    *(f"config.materialized:{kind}" for kind in ("incremental", "openings", "table")),
    "control_reconciliation",
    *(
        str(node["name"])
        for node in MANIFEST["nodes"].values()
        if node["resource_type"] == "test" and any(name.startswith("model.") for name in node["depends_on"]["nodes"])
    ),
]


ledger_tables = [
    dg.AssetSpec(
        TRANSLATOR.get_asset_key(source),
        group_name="control",
        description=source["description"],
        kinds={"postgres"},
        owners=["team:data-engineering"],
    )
    for source in MANIFEST["sources"].values()
    if source["source_name"] == "control"
]


class BuildConfig(dg.Config):
    """How the layers are built."""

    full_refresh: bool = False


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["vault", name],
            deps=[["raw", "pupils"]],
            group_name="vault",
            description=description,
            kinds={"postgres"},
            owners=["team:information-governance"],
        )
        for name, description in (
            (
                "identity_map",
                "Each person of an authority and the integer that stands for them, append-only.",
            ),
            ("tokens", "Each person's pseudonym by domain: keyed, irreversible, given once."),
        )
    ],
    retry_policy=OUTSIDE_FAILURES,
    name="identity",
)
def identity(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.MaterializeResult[None]]:
    """Give every new person an id and a token; only counts are reported."""
    with in_words(context):
        result = assign_identities(warehouse.ready())
    context.log.info(f"{result.new_people} new people, {result.people} in all")
    counts = {
        "dagster/row_count": result.people,
        "new people": result.new_people,
        "tokens for projects": result.project_tokens,
    }
    yield dg.MaterializeResult(asset_key=["vault", "identity_map"], metadata=counts)
    yield dg.MaterializeResult(asset_key=["vault", "tokens"], metadata=counts)


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


class BrokenModelsError(WarehouseError):
    """Models that dbt could not build, each with what the database said."""


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


def compare_seals(settings: Settings, connection: Connection, context: dg.AssetExecutionContext) -> None:
    """Compare the tables with their seals in every scope that was written in or has its turn, and note what is broken.

    Nothing of an authority with a broken seal is released; the others are.
    """
    found = check_due_seals(settings, connection)
    for one in found:
        context.log.error(
            f"{one.relation} is not what was written ({one.hop}): {one.local_authority_code} {one.academic_year} "
            f"{one.seed_code}, {one.rows_found} rows, {one.rows_sealed} when they were written"
        )


@dbt_assets(manifest=MANIFEST, project=PROJECT, dagster_dbt_translator=TRANSLATOR, name="dbt")
def layers(context: dg.AssetExecutionContext, warehouse: WarehouseResource, config: BuildConfig) -> Iterator[Any]:
    """Build what the deliveries touched, test it, and load seeds whose files have changed.

    A rule that has changed since the last good build (SQL, seed, threshold) rebuilds its model and what stands on it.
    Views are made again only when something in the project has changed. Unit tests prove the code, not the data; they
    run with the project's tests and not each night.

    What passes by itself (a lost connection, a lock) is tried again here and not by Dagster, which would have each
    output twice: outputs go on once, checks as they stand at the end.
    """
    made: set[str] = set()
    checks: dict[tuple[dg.AssetKey | None, str | None], dg.AssetCheckResult] = {}
    for attempt in range(RETRIES + 1):
        try:
            for item in _build(context, warehouse.ready(), config.full_refresh):
                if isinstance(item, dg.AssetCheckResult):
                    checks[item.asset_key, item.check_name] = item
                elif not (isinstance(item, dg.Output) and item.output_name in made):
                    made |= {item.output_name} if isinstance(item, dg.Output) else set()
                    yield item
        except Exception as error:
            trouble = trouble_of(error, load_settings().home)
            if trouble is None or not trouble.is_passing or attempt == RETRIES:
                yield from checks.values()
                raise failure(error) from None
            context.log.warning(f"{trouble.words} It is tried again in a while.")
            time.sleep(FIRST_DELAY * 2**attempt)
        else:
            yield from checks.values()
            return


def _to_rebuild(
    context: dg.AssetExecutionContext, connection: Connection, manifest: dict[str, Any], rules: Rules
) -> set[str] | None:
    """Models and seeds to make anew, because their rule or one that they stand on has changed; None: all of them."""
    before = recorded_rules(connection)
    if not before and last_built(connection) is None:
        record_rules(connection, rules)  # should this first build not end well, the next one knows what stands
        return set()
    if not before:
        context.log.info("By which rules the layers stand is not known: every layer is built anew from raw.")
        return None
    changed = changed_rules(before, rules)
    rebuilt = with_descendants(manifest, changed)
    if changed:
        names = ", ".join(sorted(name.split(".")[-1] for name in changed)[:NAMED])
        context.log.info(
            f"Changed since the last good build: {names}. Built anew, with what stands on it: {len(rebuilt)}."
        )
        note_in_work(connection, rebuilt)
    return rebuilt


def _build(context: dg.AssetExecutionContext, settings: Settings, full_refresh: bool) -> Iterator[Any]:
    """One attempt to build the layers: dbt's outputs and check results. Raises what stopped it."""
    manifest = json.loads(ensure_manifest(settings).read_text())
    with connect(settings, "loader", autocommit=True) as loader:
        taken_over = take_over(loader, load_contracts())
    if taken_over:
        context.log.info(f"{taken_over} files landed before their values were hashed: taken over as they stand in raw.")
    seeds = changed_seeds(settings)
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    with (
        event_log_held_open(context.instance),
        connect(settings, "transformer", autocommit=True) as connection,
        advisory_lock(connection, "build"),
    ):
        renew_defaults(connection, "transformer")
        state, built = project_state(settings), last_built(connection)
        waiting = waiting_models(manifest, landed_feeds(connection))
        views = {view for key, view in VIEWS.items() if key not in waiting}
        project_stands = built == state and not full_refresh and not missing_views(connection, views)
        names = sorted(str(manifest["nodes"][key]["name"]) for key in waiting)
        note_waiting(connection, names, settings.code_version)
        arguments += ["--exclude", *names] if names else []
        arguments += ["--select", *seeds, *(ROWS if project_stands else ["resource_type:model"])]
        rules = recorded_rules(connection) if built == state else rules_of(settings, manifest)
        rebuilt = _to_rebuild(context, connection, manifest, rules) if built != state else set()
        if full_refresh or rebuilt is None:
            arguments.append("--full-refresh")
        for item in stream_dbt(
            settings, arguments, context, MANIFEST, TRANSLATOR, connection, project_stands, rebuilt or ()
        ):
            if not isinstance(item, DbtResult):
                yield item
                continue
            stopped = _failure_of(item)
            if stopped is not None:
                raise stopped
            compare_seals(settings, connection, context)
            with connection.transaction():
                record_built(connection, state)
                record_rules(connection, rules)
            if seeds:
                write_derived(_stamp(settings), json.dumps(_seed_hashes(settings)))
