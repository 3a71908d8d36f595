"""When the layers are built: after deliveries have landed, and every night."""

import dagster as dg

from orchestration.database import ensure_ready
from orchestration.defs.landing.assets import FEEDS, raw_key
from orchestration.ledger import is_behind, latest_event
from orchestration.project_state import project_state
from orchestration.settings import load_settings

build_layers_job = dg.define_asset_job(
    "build_layers",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(*(raw_key(feed) for feed in FEEDS)),
    description="Everything above raw for all that has landed: identity, layers, checks, release.",
)

nightly = dg.ScheduleDefinition(
    name="nightly_build",
    job=build_layers_job,
    cron_schedule="0 3 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Builds and releases at three in the morning, also when nothing has landed: a late school shows.",
)


@dg.sensor(
    job=build_layers_job,
    minimum_interval_seconds=120,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a build when the ledger or the project has moved on since the last one.",
)
def landed_deliveries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Compare ledger and project with the last build; one build takes in all that has landed meanwhile."""
    settings = load_settings()
    ensure_ready(settings)
    if not is_behind(settings):
        return dg.SkipReason("Nothing has landed since the last build, and the project is as it was.")
    run_key = f"event-{latest_event(settings)}-{project_state(settings)[:12]}"
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=run_key)])
