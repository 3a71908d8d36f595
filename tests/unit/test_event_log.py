"""Dagster's event log stays open while a run writes many events."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy

from orchestration.defs.event_log import MOMENT, EventLogStorage, event_log_held_open


@dg.op
def nothing() -> None:
    pass


@dg.job
def short_job() -> None:
    nothing()


def _instance(home: Path) -> dg.DagsterInstance:
    storage = {
        "module": "orchestration.defs.event_log",
        "class": "EventLogStorage",
        "config": {"base_dir": str(home / "history")},
    }
    return dg.DagsterInstance.local_temp(str(home), overrides={"event_log_storage": storage})


def test_the_journal_is_written_back_once_at_the_end(tmp_path: Path) -> None:
    with _instance(tmp_path) as instance:
        short_job.execute_in_process(instance=instance)
        journal = tmp_path / "history" / "index.db-wal"
        assert not journal.exists()
        with event_log_held_open(instance), event_log_held_open(instance):
            second = short_job.execute_in_process(instance=instance).run_id
            assert journal.exists()
        assert not journal.exists()
        assert instance.all_logs(second)


def test_another_process_reads_what_a_held_log_has(tmp_path: Path) -> None:
    with _instance(tmp_path) as instance, event_log_held_open(instance):
        run = short_job.execute_in_process(instance=instance).run_id
        with _instance(tmp_path) as other:
            assert len(other.all_logs(run)) == len(instance.all_logs(run))


def test_another_storage_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance, event_log_held_open(instance):
        assert short_job.execute_in_process(instance=instance).success


def test_what_is_written_while_the_log_is_held_is_read_at_once_here_and_in_a_moment_elsewhere(tmp_path: Path) -> None:
    key = dg.AssetKey("of_this_test")
    with _instance(tmp_path) as instance, _instance(tmp_path) as other, event_log_held_open(instance):
        instance.report_runless_asset_event(dg.AssetMaterialization(key))
        assert instance.get_latest_materialization_event(key) is not None
        until = time.monotonic() + 30
        while other.get_latest_materialization_event(key) is None:
            assert time.monotonic() < until, "not committed"
            time.sleep(MOMENT / 5)


def test_an_event_that_cannot_be_written_takes_none_before_it_along(tmp_path: Path) -> None:
    key = dg.AssetKey("of_this_test")
    with _instance(tmp_path) as instance:
        storage = instance.event_log_storage
        assert isinstance(storage, EventLogStorage)
        with event_log_held_open(instance):
            instance.report_runless_asset_event(dg.AssetMaterialization(key))
            with pytest.raises(sqlalchemy.exc.OperationalError), storage.index_connection() as connection:
                connection.execute(sqlalchemy.text("insert into no_such_table values (1)"))
        assert instance.get_latest_materialization_event(key) is not None


def test_a_moment_that_cannot_be_committed_fails_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: EventLogStorage) -> None:
        raise sqlalchemy.exc.OperationalError("commit", {}, sqlite3.OperationalError("database or disk is full"))

    with _instance(tmp_path) as instance:
        held = event_log_held_open(instance)
        held.__enter__()
        with monkeypatch.context() as patched:
            patched.setattr(EventLogStorage, "commit", fail)
            time.sleep(3 * MOMENT)
        with pytest.raises(sqlalchemy.exc.OperationalError, match="disk is full"):
            held.__exit__(None, None, None)
        assert short_job.execute_in_process(instance=instance).success


@dg.multi_asset(
    specs=[dg.AssetSpec("first"), dg.AssetSpec("second", deps=["first"])],
    check_specs=[dg.AssetCheckSpec("holds", asset="second"), dg.AssetCheckSpec("does_not", asset="second")],
)
def two_assets() -> Iterator[object]:
    yield dg.MaterializeResult(asset_key="first", metadata={"rows": 3})
    yield dg.MaterializeResult(
        asset_key="second",
        check_results=[
            dg.AssetCheckResult(passed=True, asset_key="second", check_name="holds"),
            dg.AssetCheckResult(passed=False, asset_key="second", check_name="does_not"),
        ],
    )


COLUMNS = {
    "event_logs": "run_id, dagster_event_type, step_key, asset_key, partition, id, length(timestamp)",
    "asset_keys": "asset_key, last_run_id, json_extract(last_materialization, '$.storage_id'), "
    "length(last_materialization_timestamp)",
    "asset_event_tags": "asset_key, key, event_id",
    "asset_check_executions": "asset_key, check_name, run_id, execution_status, evaluation_event_storage_id, "
    "materialization_event_storage_id",
}


def _rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of Dagster's log that two runs have alike, by table: without times, and with runs in order."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with sqlite3.connect(home / "history" / "index.db") as connection:
        runs = [run for (run,) in connection.execute("select distinct run_id from event_logs order by id")]
        for table, columns in COLUMNS.items():
            rows = connection.execute(f"select {columns} from {table}").fetchall()
            found[table] = sorted(
                (tuple(runs.index(value) if value in runs else value for value in row) for row in rows), key=str
            )
    return found


def test_a_held_log_has_the_rows_that_dagster_would_write(tmp_path: Path) -> None:
    for home, hold in ((tmp_path / "held", event_log_held_open), (tmp_path / "not", lambda _: nullcontext())):
        home.mkdir()
        with _instance(home) as instance:
            for _ in range(2):  # assets that are new, and known
                with hold(instance):  # type: ignore[operator]
                    dg.materialize([two_assets], instance=instance)
    held, wanted = _rows(tmp_path / "held"), _rows(tmp_path / "not")
    assert {table: len(rows) for table, rows in wanted.items()}.keys() == held.keys()
    assert held == wanted
    assert all(wanted.values())
