"""Dagster's storage does not grow for ever, and damage of it is no reason not to run."""

import sqlite3
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.run_store import DATABASES, prune_runs, sound_run_store
from orchestration.settings import Settings
from tests.support.torn import KINDS, tear

DELIVERIES = dg.DynamicPartitionsDefinition(name="deliveries")


@dg.asset(partitions_def=DELIVERIES)
def landed() -> None:
    pass


@dg.asset
def built(context: dg.AssetExecutionContext) -> None:
    context.log.info("x" * 2000)


JOBS = dg.Definitions(
    assets=[landed, built],
    jobs=[dg.define_asset_job("land", selection=[landed]), dg.define_asset_job("build", selection=[built])],
)


def _instance(settings: Settings) -> dg.DagsterInstance:
    return dg.DagsterInstance.from_config(str(sound_run_store(settings)))


def _night(instance: dg.DagsterInstance, number: int) -> None:
    key = f"S12000005/2025-10-{number + 1:02d}"
    instance.add_dynamic_partitions("deliveries", [key])
    for job, partition in (("land", key), ("build", None)):
        done = JOBS.resolve_job_def(job).execute_in_process(instance=instance, partition_key=partition)
        assert done.success


def _size(settings: Settings) -> tuple[int, int]:
    files = [path for path in (settings.home / "dagster").rglob("*") if path.is_file()]
    return len(files), sum(path.stat().st_size for path in files)


def test_runs_that_are_too_old_go_and_the_last_of_each_asset_stays(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, runs_kept_days=0)
    with _instance(settings) as instance:
        sizes = []
        for number in range(6):
            _night(instance, number)
            prune_runs(instance, settings)
            sizes.append(_size(settings))
        assert sizes[1][0] == sizes[-1][0], sizes
        assert sizes[-1][1] < sizes[1][1] * 1.2, sizes
        assert len(instance.get_runs()) == 2
        for asset in ("landed", "built"):
            event = instance.get_latest_materialization_event(dg.AssetKey(asset))
            assert event is not None
            assert instance.get_run_by_id(event.run_id) is not None
        assert list(instance.get_dynamic_partitions("deliveries")) == ["S12000005/2025-10-06"]


def test_runs_that_are_not_too_old_stay(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, runs_kept_days=1)
    with _instance(settings) as instance:
        _night(instance, 0)
        _night(instance, 1)
        assert prune_runs(instance, settings) == 0
        assert len(instance.get_runs()) == 4


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "gone"])
def test_a_damaged_storage_is_set_aside_and_made_anew(kind: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with _instance(settings) as instance:
        _night(instance, 0)
    for name in DATABASES:
        tear(tmp_path / "dagster" / name, kind)
    with _instance(settings) as instance:
        _night(instance, 1)
        assert instance.get_latest_materialization_event(dg.AssetKey("built")) is not None


def test_a_storage_in_use_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with _instance(settings) as instance:
        _night(instance, 0)
    path = tmp_path / "dagster" / DATABASES[0]
    with sqlite3.connect(path) as connection:
        connection.execute("begin exclusive")
        sound_run_store(settings)
        assert not Path(f"{path}.damaged").exists()
