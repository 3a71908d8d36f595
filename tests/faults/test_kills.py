"""Runs, their database and its workers are killed at any moment: nothing is lost, doubled or half loaded.

The next run needs no hand and comes to what an undisturbed one comes to.
"""

import ast
import re
import subprocess
import sys

import pytest

from orchestration.cli.output import Exit
from orchestration.settings import PROJECT_DIR, Settings
from tests.faults.conftest import FULL_SIZE, NewCopy
from tests.support.main_job import environment, fingerprint, rows, run_plainly, warehouse

KILLS = 200 if FULL_SIZE else 20
SEEDS = (1, 2, 3, 4, 5) if FULL_SIZE else (1,)
LAYERS = ("raw", "canonical", "pseudonymised", "aggregated_exact", "aggregated")
HISTORY = {"attendance_changes", "attendance_set_aside"}  # what changed in which build, for the layers above
MAY_END_WITH = {Exit.OK, Exit.ATTENTION, Exit.BLOCKED, Exit.DATABASE_LOST, Exit.LOCKED}


def state(settings: Settings) -> dict[str, tuple[int, int]]:
    """Every table of the layers, and the ledger, as the next reader finds them."""
    found = {
        f"{schema}.{table}": sums
        for schema in LAYERS
        for table, sums in fingerprint(settings, schema).items()
        if table not in HISTORY
    }
    ledger = "select count(*), coalesce(sum(rows_accepted), 0)::integer from control.files where status = 'landed'"
    return {**found, "control.files": rows(settings, "auditor", ledger)[0]}


def assert_as_undisturbed(settings: Settings, undisturbed: Settings, runs_plainly: bool = True) -> None:
    if runs_plainly:
        run_plainly(settings)
    else:
        done = warehouse(settings, "run", "--json")
        assert done.code in {Exit.OK, Exit.ATTENTION}, done.output[-3000:] + done.errors[-3000:]
    found, wanted = state(settings), state(undisturbed)
    differing = {name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)}
    assert not differing, {name: (found.get(name), wanted.get(name)) for name in sorted(differing)}
    assert warehouse(settings, "reconcile", "--json").code == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_random_moments_nothing_is_lost_or_doubled(seed: int, copied: NewCopy, undisturbed: Settings) -> None:
    settings = copied()
    log = settings.home / "killed.log"
    count, longest = str(KILLS // len(SEEDS)), "10"
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_runs", str(settings.home), str(log), str(seed), count, longest],
        env=environment(settings), cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = log.read_text()
    assert "Traceback" not in said, said[said.index("Traceback") - 500 :][:3000]
    assert set(ast.literal_eval(done.stdout.splitlines()[-1])) <= MAY_END_WITH, said[-3000:]
    assert not re.search(r"database or disk is full|sqlite3\.", said)
    assert_as_undisturbed(settings, undisturbed, runs_plainly=False)
