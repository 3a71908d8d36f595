"""`warehouse run` in a process that is made ready once and forked for each run, to be killed at any moment.

Reading the packages takes half of a short run; a fork has them at once, so that more kills fall into the work itself.
"""

import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.database.home import places
from orchestration.database.process import PROC, find_postmaster, is_alive
from orchestration.settings import Settings
from tests.support.ready_runs import read_packages, run_as_command

LONGEST = 10.0  # seconds from a start to a kill: a short run on a quiet machine


@dataclass(frozen=True)
class Kill:
    """What is killed, how many seconds after a run began, and whether the run itself is left to end."""

    what: str
    after: float
    run_goes_on: bool


def kills(seed: int, count: int, longest: float = LONGEST) -> list[Kill]:
    """Kills that a seed stands for. Half of them meet the run itself, the others the database under it."""
    chance = random.Random(seed)
    kinds = ("run", "run", "backend", "postmaster")
    return [
        Kill(kinds[number % len(kinds)], chance.uniform(0.2, longest), run_goes_on=number % 10 == 3)
        for number in range(count)
    ]


def backends(settings: Settings) -> list[int]:
    """Processes of the embedded server that serve a connection or work for one."""
    running = find_postmaster(places(settings).data)
    if running is None:
        return []
    return [int(name) for name in os.listdir(PROC) if name.isdigit() and _parent(int(name)) == running.pid]


def _parent(pid: int) -> int | None:
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def fork_run(log: Path) -> int:
    """Start `warehouse run` in a fork; returns its process number."""
    pid = os.fork()
    if pid:
        return pid
    with log.open("ab", buffering=0) as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.setsid()
    run_as_command(["run"])
    return 0


def _signal(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def disturb(settings: Settings, planned: Sequence[Kill], log: Path, seed: int) -> list[int]:
    """Start runs and kill as planned; returns exit codes of the runs that were left to end.

    Call it in a process of its own, with the environment of the warehouse.
    """
    read_packages()
    chance = random.Random(seed)
    codes = []
    for kill in planned:
        run = fork_run(log)
        time.sleep(kill.after)
        if kill.what == "backend" and (found := backends(settings)):
            _signal(chance.choice(found))
        if kill.what == "postmaster" and (server := find_postmaster(places(settings).data)) is not None:
            _signal(server.pid)
        if not kill.run_goes_on:
            if kill.what != "run":
                time.sleep(chance.uniform(0.0, 1.0))
            if is_alive(run):
                _signal(run)
        _, status = os.waitpid(run, 0)
        if os.WIFEXITED(status):
            codes.append(os.WEXITSTATUS(status))
    return codes


if __name__ == "__main__":
    Settings.model_config["env_file"] = None
    home, log, seed, count, longest = sys.argv[1:]
    print(disturb(Settings(home=Path(home)), kills(int(seed), int(count), float(longest)), Path(log), int(seed)))
