"""Who should have delivered and did not: seen here before a head teacher sees it."""

import dagster as dg

from orchestration.defs.resources import WarehouseResource
from orchestration.ledger import late_establishments


@dg.asset_check(
    asset=["control", "freshness"],
    name="every_expected_school_has_delivered",
    description="A school with pupils on roll and an open half day has delivered within its service level.",
    blocking=False,
)
def every_expected_school_has_delivered(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Fail, without blocking, and name the schools that are late, or the landing folder that is not there."""
    settings = warehouse.ready()
    if not settings.landing.is_dir():
        return dg.AssetCheckResult(passed=False, metadata={"landing folder": f"{settings.landing} is not there"})
    late = late_establishments(settings)
    return dg.AssetCheckResult(
        passed=not late,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "late establishments": len(late),
            "SEED codes": ", ".join(str(row["seed_code"]) for row in late[:50]),
        },
    )
