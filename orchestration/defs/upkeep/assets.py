"""What is kept for so long and no longer."""

import dagster as dg

from orchestration.access import collect_sql_reads, forget_own_school_reads, forget_page_reads, forget_sql_reads
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource, ends_when_told, in_words
from orchestration.defs.run_store import prune_runs
from orchestration.settings import load_settings


@dg.asset(
    key=["control", "page_reads"],
    group_name="control",
    description="Who asked for which page, which login read which mart by SQL (control.sql_reads), and which head read "
    "which exact mart of the own school (control.own_school_reads), kept for "
    "as many days as access.retention says. Every night older lines go; readings that only a log has come in.",
    kinds={"postgres"},
    owners=["team:information-governance"],
    retry_policy=OUTSIDE_FAILURES,
)
def page_reads(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Take in readings from the server's log, then forget what is older than the rule; only numbers are reported."""
    with ends_when_told(), in_words(context):
        settings = warehouse.ready()
        return dg.MaterializeResult(
            metadata={
                "SQL reads from the log": collect_sql_reads(settings),
                "lines forgotten": forget_page_reads(settings),
                "SQL reads forgotten": forget_sql_reads(settings),
                "own-school reads forgotten": forget_own_school_reads(settings),
            }
        )


@dg.asset(
    key=["upkeep", "run_history"],
    group_name="control",
    description="Dagster's history of runs, kept for WAREHOUSE_RUNS_KEPT_DAYS days. Every night older runs go, but the "
    "one in which an asset was last made; what happened to deliveries and releases stays on the ledger.",
    kinds={"sqlite"},
    owners=["team:data-engineering"],
)
def run_history(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Delete runs that are older than the setting says; a run store that cannot be tidied holds nothing up."""
    try:
        deleted = prune_runs(context.instance, load_settings())
    except Exception as error:
        context.log.warning(f"Runs could not be deleted ({type(error).__name__}): the next build tries again.")
        deleted = 0
    return dg.MaterializeResult(metadata={"runs deleted": deleted})
