"""What is kept for so long and no longer."""

import dagster as dg

from orchestration.access import forget_page_reads
from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource


@dg.asset(
    key=["control", "page_reads"],
    group_name="control",
    description="Who asked for which page, kept for as many days as access.retention says. Every night older lines go.",
    kinds={"postgres"},
    owners=["team:information-governance"],
    retry_policy=OUTSIDE_FAILURES,
)
def page_reads(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Forget what is older than the rule; only the number of lines is reported."""
    return dg.MaterializeResult(metadata={"lines forgotten": forget_page_reads(warehouse.ready())})
