"""Peak memory of a command, its children and the embedded database, sampled from /proc (Linux)."""

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measured:
    """Wall seconds, peak megabytes (ours, the database's, both at one moment), exit code and what was printed."""

    seconds: float
    peak_ours: float
    peak_database: float
    peak_together: float
    code: int
    output: str


def _parents() -> dict[int, int]:
    found: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    return found


def _proportional(pid: int) -> float:
    """Proportional set size in MB: memory shared with others is divided among them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _lies_in(pid: int, folder: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")).is_relative_to(folder)
    except OSError:
        return False


def measure(command: list[str], home: Path, env: dict[str, str]) -> Measured:
    """Run ``command`` and sample memory twice a second until it ends."""
    peaks = {"ours": 0.0, "database": 0.0, "together": 0.0}
    done = threading.Event()
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def sample() -> None:
        while not done.wait(0.5):
            parents = _parents()
            family, database = {process.pid}, set()
            for pid in sorted(parents):
                if parents[pid] in family:
                    family.add(pid)
                if _lies_in(pid, home / "postgres"):
                    database.add(pid)
            ours = sum(_proportional(pid) for pid in family - database)
            server = sum(_proportional(pid) for pid in database)
            for name, megabytes in (("ours", ours), ("database", server), ("together", ours + server)):
                peaks[name] = max(peaks[name], megabytes)

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    output, _ = process.communicate()
    done.set()
    thread.join()
    return Measured(
        time.monotonic() - started, peaks["ours"], peaks["database"], peaks["together"], process.returncode, output
    )
