"""A landing that is killed, or that two processes attempt at once, lands once and whole."""

import signal
import subprocess
import sys

import pytest

from orchestration.landing import land_delivery, pending
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.extracts import (
    deliver,
    extract,
    marks,
    pupils,
)
from tests.support.landings import emptied, in_force, ledger

GOOD = extract("attendance", marks())


@pytest.fixture
def warehouse(emptied_warehouse: Settings) -> Settings:
    return emptied(emptied_warehouse)


KILLED = """
import os, signal, sys
from pathlib import Path
from orchestration.landing import {module} as module, land_delivery
from orchestration.settings import Settings
real = module.{function}
def stop(*arguments, **named):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
module.{function} = stop
Settings.model_config["env_file"] = None
settings = Settings(home=Path(sys.argv[1]))
land_delivery(settings, sys.argv[2])
"""


@pytest.mark.parametrize(
    ("module", "function", "before"),
    [
        ("load", "_encoder", "pass"),
        ("checksum", "row_hashes", "pass"),  # rows have been sent to the database
        ("load", "load_rejects", "pass"),
        ("ledger_entries", "record_establishments", "real(*arguments, **named)"),
        ("ledger_entries", "record_event", "pass"),
        ("ledger_entries", "finish", "pass"),
        ("files", "validate", "real(*arguments, **named)"),
    ],
)
def test_a_landing_that_is_killed_is_carried_on_and_lands_once(
    warehouse: Settings, module: str, function: str, before: str
) -> None:
    rows = [*marks(), ["x", *marks()[0][1:]]]
    key = deliver(warehouse.landing, [extract("attendance", rows), extract("pupils", pupils())])
    script = KILLED.format(module=module, function=function, before=before)
    killed = subprocess.run(
        [sys.executable, "-c", script, str(warehouse.home), key], cwd=PROJECT_DIR, capture_output=True, text=True
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    if function != "finish":
        assert in_force(warehouse) == []
    whole = ledger(warehouse, "select feed from control.files where status = 'landed'")
    for feed, count in (("attendance", 36), ("pupils", 6)):
        assert ledger(warehouse, f"select count(*) from raw.{feed}") == [(count if (feed,) in whole else 0,)]
    assert [found.delivery_key for found in pending(warehouse)] == [key]
    assert land_delivery(warehouse, key).outcome == ("unchanged" if function == "finish" else "landed")
    assert in_force(warehouse) == [key]
    assert ledger(warehouse, "select count(*), count(distinct _row_number) from raw.attendance") == [(36, 36)]
    assert ledger(warehouse, "select count(*) from raw.pupils") == [(6,)]
    assert ledger(warehouse, "select count(*) from control.rejects") == [(1,)]
    assert not list((warehouse.home / "scratch").rglob("*.csv"))


def test_two_processes_land_a_delivery_once(warehouse: Settings) -> None:
    key = deliver(warehouse.landing, [GOOD])
    script = (
        "import sys; from pathlib import Path; from orchestration.landing import land_delivery; "
        "from orchestration.settings import Settings; Settings.model_config['env_file'] = None; "
        "print(land_delivery(Settings(home=Path(sys.argv[1])), sys.argv[2]).outcome)"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(warehouse.home), key], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    assert sorted(process.communicate()[0].strip() for process in both) == ["landed", "unchanged"]
    assert ledger(warehouse, "select count(*) from raw.attendance") == [(36,)]
