"""Identity, and every dbt model and seed, as assets."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from orchestration.database import advisory_lock, connect, ensure_ready
from orchestration.defs.event_log import event_log_held_open
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource
from orchestration.defs.transform.in_process import stream_dbt
from orchestration.defs.transform.translator import LayerTranslator
from orchestration.identity import assign_identities
from orchestration.project_state import last_built, missing_views, project_state, record_built
from orchestration.release.project import check_manifest
from orchestration.settings import Settings, load_settings
from orchestration.transform import DbtResult, ensure_manifest, target_path

_settings = load_settings()
ensure_ready(_settings)
MANIFEST_PATH = ensure_manifest(_settings)
check_manifest(MANIFEST_PATH)
MANIFEST: dict[str, Any] = json.loads(MANIFEST_PATH.read_text())
PROJECT = DbtProject(
    project_dir=_settings.dbt_dir,
    profiles_dir=_settings.project_dir / "profiles",
    target_path=target_path(_settings),
)
TRANSLATOR = LayerTranslator()
VIEWS = {
    (str(node["schema"]), str(node["alias"]))
    for node in MANIFEST["nodes"].values()
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
    result = assign_identities(warehouse.ready())
    context.log.info(f"{result.new_people} new people, {result.people} in all")
    counts = {"dagster/row_count": result.people, "new people": result.new_people}
    yield dg.MaterializeResult(asset_key=["vault", "identity_map"], metadata=counts)
    yield dg.MaterializeResult(asset_key=["vault", "tokens"], metadata=counts)


def _seed_hashes(settings: Settings) -> dict[str, str]:
    return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in settings.seeds_dir.glob("*.csv")}


def _stamp(settings: Settings) -> Path:
    return settings.home / "dbt" / "seeds.json"


def changed_seeds(settings: Settings) -> list[str]:
    """Names of the seeds whose file differs from what was last loaded, or whose table is not there."""
    stamp = _stamp(settings)
    loaded = json.loads(stamp.read_text()) if stamp.exists() else {}
    with connect(settings, "transformer", autocommit=True) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'reference'").fetchall()
    there = {name for (name,) in rows}
    return sorted(
        name for name, digest in _seed_hashes(settings).items() if loaded.get(name) != digest or name not in there
    )


@dbt_assets(
    manifest=MANIFEST,
    project=PROJECT,
    dagster_dbt_translator=TRANSLATOR,
    retry_policy=OUTSIDE_FAILURES,
    name="dbt",
)
def layers(context: dg.AssetExecutionContext, warehouse: WarehouseResource, config: BuildConfig) -> Iterator[Any]:
    """Build what the deliveries touched, test it, and load seeds whose files have changed.

    A rule that has changed since the last good build (SQL, seed, threshold) rebuilds every layer from raw. Views
    are made again only when something in the project has changed. Unit tests prove the code, not the data; they
    run with the project's tests and not each night.
    """
    settings = warehouse.ready()
    ensure_manifest(settings)
    seeds = changed_seeds(settings)
    arguments = ["build", "--exclude-resource-type", "unit_test", "--select", *seeds]
    with (
        event_log_held_open(context.instance, context.run.run_id),
        connect(settings, "transformer", autocommit=True) as connection,
        advisory_lock(connection, "build"),
    ):
        state, built = project_state(settings), last_built(connection)
        has_new_rules = built is not None and built.rules != state.rules
        project_stands = built == state and not config.full_refresh and not missing_views(connection, VIEWS)
        arguments += ROWS if project_stands else ["resource_type:model"]
        if config.full_refresh or has_new_rules:
            arguments.append("--full-refresh")
        if has_new_rules:
            context.log.info("A model, seed or threshold has changed: every layer is built anew from raw.")
        for item in stream_dbt(settings, arguments, context, MANIFEST, TRANSLATOR, connection, project_stands):
            if not isinstance(item, DbtResult):
                yield item
                continue
            broken = [node for node in item.failed if not node.unique_id.startswith("test.")]
            if broken or (item.error and not item.nodes):
                lines = [f"{node.unique_id.split('.')[-1]}: {node.message}" for node in broken] or [item.error or ""]
                raise dg.Failure(
                    description="dbt could not build every model.\n" + "\n".join(lines), allow_retries=False
                )
            record_built(connection, state)
            if seeds:
                _stamp(settings).write_text(json.dumps(_seed_hashes(settings)))
