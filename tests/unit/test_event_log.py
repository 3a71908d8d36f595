"""Dagster's event log stays open while a step writes many events."""

from pathlib import Path

import dagster as dg

from orchestration.defs.event_log import event_log_held_open


@dg.op
def nothing() -> None:
    pass


@dg.job
def short_job() -> None:
    nothing()


def test_the_journal_is_written_back_once_at_the_end(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        first = short_job.execute_in_process(instance=instance).run_id
        assert (tmp_path / "history" / "runs" / "index.db").exists()
        journal = tmp_path / "history" / "runs" / "index.db-wal"
        assert not journal.exists()
        with event_log_held_open(instance, first):
            second = short_job.execute_in_process(instance=instance).run_id
            assert journal.exists()
        assert not journal.exists()
        assert instance.all_logs(second)


def test_a_run_without_a_log_and_another_storage_are_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance, event_log_held_open(instance, "none"):
        assert short_job.execute_in_process(instance=instance).success
