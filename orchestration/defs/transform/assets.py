"""Identity, and every dbt model and seed, as assets."""

import json
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtProject, dbt_assets

from orchestration.building import begun
from orchestration.defs.event_log import event_log_held_open
from orchestration.defs.lean_dagster import be_lean
from orchestration.defs.resources import (
    FIRST_DELAY,
    OUTSIDE_FAILURES,
    RETRIES,
    WarehouseResource,
    ends_when_told,
    failure,
    in_words,
)
from orchestration.defs.transform.in_process import stream_dbt
from orchestration.defs.transform.translator import LayerTranslator
from orchestration.identity import assign_identities
from orchestration.release.tables.project import check_manifest
from orchestration.settings import Settings, load_settings
from orchestration.transform import DbtResult, ensure_manifest, target_path
from orchestration.trouble import trouble_of

be_lean()
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
    with ends_when_told(), in_words(context):
        result = assign_identities(warehouse.ready())
    context.log.info(f"{result.new_people} new people, {result.people} in all")
    counts = {
        "dagster/row_count": result.people,
        "new people": result.new_people,
        "tokens for projects": result.project_tokens,
    }
    yield dg.MaterializeResult(asset_key=["vault", "identity_map"], metadata=counts)
    yield dg.MaterializeResult(asset_key=["vault", "tokens"], metadata=counts)


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


def _build(context: dg.AssetExecutionContext, settings: Settings, full_refresh: bool) -> Iterator[Any]:
    """One attempt to build the layers: dbt's outputs and check results. Raises what stopped it."""
    with event_log_held_open(context.instance), begun(settings, full_refresh, context.log) as build:
        for item in stream_dbt(build, context, MANIFEST, TRANSLATOR):
            if isinstance(item, DbtResult):
                build.end(item)
            else:
                yield item
