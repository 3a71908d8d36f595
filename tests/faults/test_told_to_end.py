"""A run that is told to end by Ctrl-C while a delivery lands ends, and the next one carries on."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from orchestration.database import advisory_lock, connect, ensure_ready
from orchestration.settings import PROJECT_DIR, Settings
from tests.faults.conftest import NewCopy
from tests.support.main_job import environment, rows, warehouse

RUN = [str(Path(sys.executable).with_name("warehouse")), "run", "--no-build"]
LANDED = "select count(*)::integer from control.ledger_events where kind = 'landed'"
LOADERS = "select count(*)::integer from pg_stat_activity where usename = session_user"


def _landed(settings: Settings) -> int:
    found: int = rows(settings, "auditor", LANDED)[0][0]
    return found


def test_a_run_ends_when_it_is_told_to_while_a_delivery_lands(copied: NewCopy) -> None:
    """It waits for another landing here; two deliveries are waiting, and it does not go on to the second."""
    settings = copied()
    ensure_ready(settings)
    before = _landed(settings)
    with connect(settings, "loader", autocommit=True) as connection, advisory_lock(connection, "landing"):
        (own,) = connection.execute(LOADERS).fetchone() or (0,)
        with subprocess.Popen(
            RUN, env=environment(settings), cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as run:
            until = time.monotonic() + 120
            while (connection.execute(LOADERS).fetchone() or (own,))[0] <= own and time.monotonic() < until:
                time.sleep(0.1)
            run.send_signal(signal.SIGINT)
            try:
                said = run.communicate(timeout=60)[0]
            finally:
                run.kill()
        assert run.returncode == 130, said
        assert "Traceback" not in said
        assert _landed(settings) == before
    assert warehouse(settings, "run", "--no-build").code == 0
    assert _landed(settings) == before + 2
