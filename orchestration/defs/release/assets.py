"""Released tables: the one door to what readers see, an asset for each on its exact mart."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.database import connect
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource, ends_when_told, in_words
from orchestration.defs.transform.assets import MANIFEST
from orchestration.release import release_all
from orchestration.release.tables.declared import declared_nodes
from orchestration.settings import Settings
from orchestration.subjects import waiting_models


def _released() -> dict[str, dict[str, Any]]:
    """The dbt model of each mart that is released, by the mart's name, from the manifest."""
    models = [node for node in MANIFEST["nodes"].values() if node["resource_type"] == "model"]
    declared = {node["alias"] for node in declared_nodes(models)[0]}
    return {
        node["alias"]: node for node in models if node["config"]["meta"].get("release") or node["alias"] in declared
    }


def _stands_on(key: str) -> set[tuple[str, str]]:
    """Schema and table of what a release rests on: the model itself, or what it stands on where it may not be made.

    That is so of views, where release makes the rows, and of models that wait until a file of their subject has landed
    (``orchestration.subjects``). Dagster leaves a step out, without a word, when one of its inputs was not made: so
    neither is an input, nor is a seed, which is loaded when it has changed. Raw tables are of another job.
    """
    if key in MANIFEST["sources"]:
        source = MANIFEST["sources"][key]
        return {(str(source["source_name"]), str(source["name"]))} if source["source_name"] == "raw" else set()
    node = MANIFEST["nodes"][key]
    if node["resource_type"] != "model":
        return set()
    if node["config"]["materialized"] != "view" and key not in MAY_WAIT:
        return {(str(node["schema"]), str(node["alias"]))}
    return set().union(*map(_stands_on, node["depends_on"]["nodes"]))


def _row_counts(settings: Settings) -> dict[str, int]:
    with connect(settings, "releaser", autocommit=True) as connection:
        query = 'select count(*) from released."{}"'
        found = {mart: connection.execute(query.format(mart)).fetchone() for mart in RELEASED}
    return {mart: int(row[0]) if row else 0 for mart, row in found.items()}


RELEASED = _released()
MAY_WAIT = waiting_models(MANIFEST, ())
STANDS_ON = {mart: sorted(map(list, _stands_on(str(node["unique_id"])))) for mart, node in RELEASED.items()}
EXACT = [list(key) for key in sorted({tuple(key) for keys in STANDS_ON.values() for key in keys})]
RELEASES = dg.AssetKey(["aggregated", "releases"])


def released_key(mart: str) -> dg.AssetKey:
    """Asset key of a released table."""
    return dg.AssetKey(["aggregated", mart])


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            released_key(mart),
            deps=STANDS_ON[mart],
            group_name="aggregated",
            description=node["description"],
            kinds={"postgres"},
            owners=["team:information-governance"],
        )
        for mart, node in sorted(RELEASED.items())
    ]
    + [
        dg.AssetSpec(
            RELEASES,
            deps=[*EXACT, ["control", "reconciliation"]],
            group_name="aggregated",
            description="The current release of each authority: how fresh, from which deliveries, by which code.",
            kinds={"postgres"},
            owners=["team:information-governance"],
        )
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "every_authority_is_released",
            asset=RELEASES,
            description="No authority's release was refused; where one was, readers keep the last good release.",
        )
    ],
    retry_policy=OUTSIDE_FAILURES,
    name="release",
)
def released_marts(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Release authority by authority: gate, protection, one transaction each."""
    with ends_when_told(), in_words(context):
        settings = warehouse.ready()
        results = release_all(settings)
        for result in results:
            context.log.info(f"{result.local_authority_code}: {result.outcome}")
        changed = {mart: sum(result.rows_changed.get(mart, 0) for result in results) for mart in RELEASED}
        counts = _row_counts(settings)
    for mart in RELEASED:  # after all that may have to be tried again
        metadata = {"dagster/row_count": counts[mart], "rows changed": changed[mart]}
        yield dg.MaterializeResult(asset_key=released_key(mart), metadata=metadata)
    refused = [result for result in results if result.outcome == "refused"]
    reasons = [f"{result.local_authority_code}: {'; '.join(result.reasons)}" for result in refused]
    yield dg.MaterializeResult(
        asset_key=RELEASES,
        metadata={"authorities": len(results), "refused": len(refused)},
        check_results=[
            dg.AssetCheckResult(
                check_name="every_authority_is_released",
                asset_key=RELEASES,
                passed=not refused,
                metadata={"reasons": "\n".join(reasons) or "none"},
            )
        ],
    )
    if refused:
        raise dg.Failure(
            description="A release was refused; readers keep the last good one.\n" + "\n".join(reasons),
            allow_retries=False,
        )
