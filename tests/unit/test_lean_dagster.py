"""What is kept for a step is what Dagster says each time."""

from collections.abc import Iterator

import dagster as dg
import pytest

from orchestration.defs import lean_dagster


@dg.multi_asset(specs=[dg.AssetSpec("first", skippable=True), dg.AssetSpec("second", skippable=True)], can_subset=True)
def some_assets(context: dg.AssetExecutionContext) -> Iterator[object]:
    step = context.get_step_execution_context()
    assert step.get_output_asset_keys() == lean_dagster._asked(step) == context.selected_asset_keys
    for key in context.selected_asset_keys:
        yield dg.MaterializeResult(asset_key=key)


@pytest.mark.parametrize("selection", [["first"], ["first", "second"]])
def test_the_assets_of_a_step_are_those_that_dagster_says(selection: list[str]) -> None:
    lean_dagster.be_lean()
    assert dg.materialize([some_assets], selection=selection).success
