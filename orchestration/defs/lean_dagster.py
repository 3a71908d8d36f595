"""What Dagster works out anew for each output of a step though it stays: kept for the step.

The assets of a step are asked for with each output, by going through all of them: with 200 models that is a twentieth
of a short run.
"""

from collections.abc import Set
from typing import Any

import dagster as dg
from dagster._core.execution.context.system import StepExecutionContext

KEPT = "_output_asset_keys_of_the_warehouse"
_asked = StepExecutionContext.get_output_asset_keys


def _output_asset_keys(context: Any) -> Set[dg.AssetKey]:
    found: Set[dg.AssetKey] | None = getattr(context, KEPT, None)
    if found is None:
        found = _asked(context)
        setattr(context, KEPT, found)
    return found


def be_lean() -> None:
    """Let Dagster keep them; once more changes nothing."""
    StepExecutionContext.get_output_asset_keys = _output_asset_keys  # type: ignore[assignment, method-assign]
