"""Extract files and raw feeds: one delivery is one dynamic partition."""

from collections.abc import Iterator

import dagster as dg

from orchestration.contracts import load_contracts
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource, ends_when_told, in_words
from orchestration.landing import FileResult, land_delivery

DELIVERIES = dg.DynamicPartitionsDefinition(name="deliveries")
FEEDS = tuple(sorted(feed for feed, contract in load_contracts().items() if contract.is_collected))
OWNERS = ["team:data-engineering"]
Landed = dg.MaterializeResult[None] | dg.AssetCheckResult


def extract_key(feed: str) -> dg.AssetKey:
    """Asset key of a feed's extract files as the authority's job writes them."""
    return dg.AssetKey(["extracts", feed])


def raw_key(feed: str) -> dg.AssetKey:
    """Asset key of a feed's raw table."""
    return dg.AssetKey(["raw", feed])


extract_files = [
    dg.AssetSpec(
        extract_key(feed),
        group_name="extracts",
        description=f"Extract files of the feed {feed}, written by the authority's export job.",
        partitions_def=DELIVERIES,
        kinds={"csv"},
        owners=OWNERS,
    )
    for feed in FEEDS
]


def _metadata(result: FileResult) -> dict[str, dg.MetadataValue]:
    return {
        "dagster/row_count": dg.MetadataValue.int(result.rows_accepted),
        "rows in file": dg.MetadataValue.int(result.rows_file),
        "rows rejected": dg.MetadataValue.int(result.rows_rejected),
        "duplicate rows": dg.MetadataValue.int(result.rows_duplicate),
        "warnings": dg.MetadataValue.int(len(result.warnings)),
        "outcome": dg.MetadataValue.text(result.status),
        "seconds": dg.MetadataValue.float(result.seconds),
    }


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            raw_key(feed),
            deps=[extract_key(feed)],
            skippable=True,
            group_name="raw",
            description=f"Rows of the feed {feed} that its contract accepts, typed, with file and row number.",
            kinds={"postgres", "duckdb"},
            owners=OWNERS,
            tags={"contract": feed},
        )
        for feed in FEEDS
    ],
    check_specs=[
        dg.AssetCheckSpec(
            "every_row_is_accounted_for",
            asset=raw_key(feed),
            description="Rows of the file = accepted + rejected + duplicates, as many as the manifest says.",
        )
        for feed in FEEDS
    ],
    partitions_def=DELIVERIES,
    retry_policy=OUTSIDE_FAILURES,
    can_subset=False,
    name="land",
)
def raw_feeds(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Land one delivery: validate every file against its contract and load what it accepts."""
    with ends_when_told(), in_words(context):
        result = land_delivery(warehouse.ready(), context.partition_key, progress=context.log.info)
    if result.outcome == "refused":
        raise dg.Failure(description=result.message, allow_retries=False)
    yield from (
        dg.AssetCheckResult(
            check_name="every_row_is_accounted_for",
            asset_key=raw_key(feed),
            passed=True,
            metadata={"message": "this delivery has no such file"},
        )
        for feed in sorted(set(FEEDS) - {found.feed for found in result.files})
    )
    for found in result.files:
        if found.feed not in FEEDS:
            context.log.warning(found.message or f"{found.file_name}: {found.status} ({found.reason})")
            continue
        closed = found.rows_file == found.rows_accepted + found.rows_rejected + found.rows_duplicate
        check = dg.AssetCheckResult(
            check_name="every_row_is_accounted_for",
            asset_key=raw_key(found.feed),
            passed=found.status == "landed" and closed,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"message": found.message or "closed"},
        )
        if found.status == "landed":
            yield dg.MaterializeResult(asset_key=raw_key(found.feed), metadata=_metadata(found))
        yield check


land_delivery_job = dg.define_asset_job(
    "land_delivery",
    selection=[raw_key(feed) for feed in FEEDS],
    description="Land one delivery: a folder of extract files with its manifest.",
)
