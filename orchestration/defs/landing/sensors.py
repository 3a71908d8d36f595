"""Watches the landing folder: each complete delivery becomes a partition and is landed once."""

import dagster as dg

from orchestration.defs.landing.assets import DELIVERIES, land_delivery_job
from orchestration.landing import pending
from orchestration.settings import load_settings


@dg.sensor(
    job=land_delivery_job,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Registers each complete delivery in the landing folder as a partition and lands it.",
)
def deliveries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask landing what is new; a delivery whose manifest is not written yet is not a delivery.

    Without a landing folder the tick fails and says so: a share that is not mounted must not look like a quiet night.
    """
    waiting = pending(load_settings())
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
