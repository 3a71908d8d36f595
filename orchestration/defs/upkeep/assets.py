"""What is kept for so long and no longer."""

import dagster as dg

from orchestration.access import collect_sql_reads, forget_page_reads, forget_sql_reads
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource


@dg.asset(
    key=["control", "page_reads"],
    group_name="control",
    description="Who asked for which page, and which login read which mart by SQL (control.sql_reads), kept for "
    "as many days as access.retention says. Every night older lines go; readings that only a log has come in.",
    kinds={"postgres"},
    owners=["team:information-governance"],
    retry_policy=OUTSIDE_FAILURES,
)
def page_reads(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Take in readings from the server's log, then forget what is older than the rule; only numbers are reported."""
    settings = warehouse.ready()
    return dg.MaterializeResult(
        metadata={
            "SQL reads from the log": collect_sql_reads(settings),
            "lines forgotten": forget_page_reads(settings),
            "SQL reads forgotten": forget_sql_reads(settings),
        }
    )
