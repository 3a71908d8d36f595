"""The dbt step tries again what passes by itself, says each output once, and gives up at once on what does not."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import psycopg
import pytest

from orchestration.settings import Settings
from orchestration.trouble import DATABASE_LOST, DISK_FULL

KEYS = [dg.AssetKey(["canonical", "days"]), dg.AssetKey(["canonical", "pupils"])]
LOST = psycopg.errors.AdminShutdown("terminating connection due to administrator command")
FULL = psycopg.errors.DiskFull('could not extend file "base/1": No space left on device')


@pytest.fixture
def build(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call it with what each attempt raises at its end (None: it succeeds), for the run's result and the attempts."""
    from orchestration.defs.resources import WarehouseResource
    from orchestration.defs.transform import assets

    def run(*endings: Exception | None) -> tuple[dg.ExecuteInProcessResult, int]:
        attempts: list[int] = []

        def attempt(*_: object) -> Iterator[Any]:
            attempts.append(1)
            ending = endings[len(attempts) - 1]
            names = assets.layers.keys_by_output_name
            outputs = {key: name for name, key in names.items()}
            yield dg.Output(None, outputs[KEYS[0]])
            if ending is not None:
                raise ending
            yield dg.Output(None, outputs[KEYS[1]])

        monkeypatch.setattr(assets, "_build", attempt)
        monkeypatch.setattr(assets, "FIRST_DELAY", 0.01)
        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                [assets.layers], selection=KEYS, instance=instance, raise_on_error=False,
                resources={"warehouse": WarehouseResource()},
            )  # fmt: skip
        return result, len(attempts)

    return run


def _materialised(result: dg.ExecuteInProcessResult) -> list[str]:
    return sorted(
        event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key is not None
    )


def test_an_output_is_said_once_however_often_it_is_tried(build: Any) -> None:
    result, attempts = build(LOST, LOST, None)
    assert attempts == 3
    assert result.success
    assert _materialised(result) == ["days", "pupils"]


def test_what_does_not_pass_by_itself_is_not_tried_again(build: Any) -> None:
    result, attempts = build(FULL)
    assert attempts == 1
    assert not result.success
    failure = result.failure_data_for_node("dbt").user_failure_data
    assert failure.description == DISK_FULL.words


def test_a_broken_model_is_not_tried_again(build: Any) -> None:
    result, attempts = build(ValueError("column x does not exist"))
    assert (result.success, attempts) == (False, 1)


def test_what_does_not_pass_after_all_is_said_in_words(build: Any) -> None:
    result, attempts = build(*[LOST] * 4)
    assert attempts == 4
    assert result.failure_data_for_node("dbt").user_failure_data.description == DATABASE_LOST.words
