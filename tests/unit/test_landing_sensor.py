"""The sensor of the landing folder: a share that is not mounted is told in words, each time, without a trace."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.landing.sensors import MISSING, deliveries
from orchestration.settings import Settings


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def tick(instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    found = deliveries(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(found, dg.SensorResult)
    return found


def test_a_landing_folder_that_is_missing_is_told_and_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    missing = Settings(home=tmp_path, landing=tmp_path / "share")
    monkeypatch.setattr("orchestration.defs.landing.sensors.load_settings", lambda: missing)
    first = tick(instance, None)
    assert first.skip_reason is not None
    assert str(first.skip_reason.skip_message).startswith(f"There is no landing folder {tmp_path / 'share'}: make it")
    assert not first.run_requests
    (event,) = first.asset_events
    assert isinstance(event, dg.AssetCheckEvaluation)
    assert not event.passed
    assert "not mounted" in str(event.metadata["landing folder"].value)
    again = tick(instance, first.cursor)
    assert again.skip_reason == first.skip_reason
    assert not again.asset_events, "the check fails once, and not every minute"


def test_when_the_folder_is_back_nothing_is_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance
) -> None:
    monkeypatch.setattr("orchestration.defs.landing.sensors.load_settings", lambda: Settings(home=tmp_path))
    monkeypatch.setattr("orchestration.defs.landing.sensors.pending", lambda _: [])
    context = dg.build_sensor_context(instance=instance, cursor=MISSING)
    found = deliveries(context)
    assert isinstance(found, dg.SkipReason)
    assert found.skip_message == "No delivery is waiting in the landing folder."
    assert context.cursor == "", "the next time that it is missing is told anew"
