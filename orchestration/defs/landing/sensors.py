"""Watches the landing folder: each complete delivery becomes a partition and is landed once."""

import dagster as dg

from orchestration.defs.landing.assets import DELIVERIES, land_delivery_job
from orchestration.defs.upkeep.checks import every_expected_school_has_delivered
from orchestration.landing import LandingFolderMissingError, pending
from orchestration.settings import load_settings

MISSING = "no landing folder"
"""What the cursor says after a look at a folder that was not there."""


@dg.sensor(
    job=land_delivery_job,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Registers each complete delivery in the landing folder as a partition and lands it.",
)
def deliveries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask landing what is new; a delivery whose manifest is not written yet is not a delivery.

    A landing folder that is missing must not look like a quiet night: each tick says so, the daemon's log has it as an
    error, and the check of what should have come fails at once.
    """
    try:
        waiting = pending(load_settings())
    except LandingFolderMissingError as missing:
        context.log.error(str(missing))
        told = context.cursor == MISSING
        return dg.SensorResult(
            skip_reason=str(missing), cursor=MISSING, asset_events=[] if told else [_nothing_can_come(missing)]
        )
    context.update_cursor("")
    if not waiting:
        return dg.SkipReason("No delivery is waiting in the landing folder.")
    known = set(context.instance.get_dynamic_partitions(str(DELIVERIES.name)))
    new = [found.delivery_key for found in waiting if found.delivery_key not in known]
    return dg.SensorResult(
        run_requests=[
            dg.RunRequest(run_key=f"{found.delivery_key}:{found.manifest_sha256}", partition_key=found.delivery_key)
            for found in waiting
        ],
        dynamic_partitions_requests=[DELIVERIES.build_add_request(new)] if new else [],
    )


def _nothing_can_come(missing: LandingFolderMissingError) -> dg.AssetCheckEvaluation:
    key = next(iter(every_expected_school_has_delivered.check_keys))
    return dg.AssetCheckEvaluation(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=False,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"landing folder": str(missing)},
    )
