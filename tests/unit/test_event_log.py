"""Dagster's event log stays open while a run writes many events."""

from pathlib import Path

import dagster as dg

from orchestration.defs.event_log import event_log_held_open


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
