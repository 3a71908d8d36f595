"""Dagster's daemon and its pages as two users of one machine: the history of runs is shared, the home is not."""

import os
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterInstance

from orchestration.defs.run_store import DATABASES, shared_run_store
from orchestration.services import dagster_home
from orchestration.settings import Settings

DAEMON, WEB, OTHERS, GROUP = 64001, 64002, 64003, 64010


@dg.op
def nothing() -> None:
    pass


@dg.job
def night() -> None:
    nothing()


def as_user(user: int, groups: list[int], work: Callable[[], None]) -> bool:
    """Whether some work succeeds in a process of another user."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups(groups)
            os.setgid(user)
            os.setuid(user)
            os.umask(0o007)
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def on_a_server(root_folder: Path) -> Settings:
    """A home of the daemon's alone, and a history that a group shares, as docs/deploy.md makes them."""
    if os.geteuid() != 0:
        pytest.skip("only root can act as other users")
    with DagsterInstance.local_temp(tempfile.mkdtemp(dir=root_folder)) as instance:
        night.execute_in_process(instance=instance)  # imports what another user may have no way to
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=root_folder))
    folder.chmod(0o711)
    for name, mode, group in (("home", 0o700, DAEMON), ("history", 0o2770, GROUP)):
        (folder / name).mkdir()
        os.chown(folder / name, DAEMON, group)
        (folder / name).chmod(mode)
    return Settings(home=folder / "home", history=folder / "history")


def test_what_the_daemon_writes_the_pages_read_and_nobody_else(on_a_server: Settings) -> None:
    history = on_a_server.history

    def runs_a_night() -> None:
        shared_run_store(on_a_server)
        with DagsterInstance.from_config(str(history)) as instance:
            assert night.execute_in_process(instance=instance).success

    def looks() -> None:
        with DagsterInstance.from_config(str(history)) as instance:
            (run,) = instance.get_runs()
            assert run.status == dg.DagsterRunStatus.SUCCESS
            assert len(instance.all_logs(run.run_id)) > 3
            instance.report_engine_event("looked at", run)  # SQLite's readers write, too

    def looks_further() -> None:
        assert not os.access(on_a_server.home, os.R_OK | os.X_OK)

    def has_no_business_there() -> None:
        assert not os.access(history, os.R_OK | os.X_OK)

    assert as_user(DAEMON, [], runs_a_night)
    assert all((history / name).stat().st_mode & 0o777 == 0o660 for name in DATABASES)
    assert as_user(WEB, [GROUP], looks)
    assert as_user(WEB, [GROUP], looks_further)
    assert as_user(DAEMON, [], looks), "and the other way round: the pages' journal is the group's"
    assert as_user(OTHERS, [], has_no_business_there)


def test_a_history_of_ones_own_is_left_as_it_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    shared_run_store(settings)
    home = dagster_home(settings)
    assert {path.name for path in home.iterdir()} == {"dagster.yaml"}
    assert (home / "dagster.yaml").stat().st_mode & 0o777 == 0o600
