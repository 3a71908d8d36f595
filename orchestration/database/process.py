"""Whether the embedded server is running: looks at processes, never only at the number in ``postmaster.pid``.

After a kill -9 that number may belong to a zombie or to somebody else's process, and ``pg_ctl status`` would
believe it.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Postmaster:
    """A live server process of a data folder."""

    pid: int
    port: int | None
    ready: bool


def find_postmaster(data: Path) -> Postmaster | None:
    """The live postmaster of a data folder, or None if there is none, whatever ``postmaster.pid`` says."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):  # none there, a folder, bytes that are no text
        return None
    if not _serves(pid, data):
        return None
    port = int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else None
    return Postmaster(pid, port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    return _arguments(pid) is not None


def orphans(cluster_name: str) -> list[int]:
    """Server processes of a cluster, found by the cluster name in their title."""
    title = f"postgres: {cluster_name}:"
    return [pid for pid, arguments in _processes() if arguments.startswith(title)]


def servers_of(data: Path) -> list[int]:
    """Live postmasters of a data folder, whatever ``postmaster.pid`` says."""
    return [
        pid
        for pid, arguments in _processes()
        if arguments.partition(" ")[0].endswith("/postgres")
        and f" -D {data} " in f"{arguments} "
        and _serves(pid, data)
    ]


def _serves(pid: int, data: Path) -> bool:
    arguments = _arguments(pid)
    if arguments is None or "postgres" not in arguments:
        return False
    if str(data) in arguments:
        return True
    try:  # the folder may have been renamed under a running server; the link is not readable everywhere
        return (PROC / str(pid) / "cwd").samefile(data)
    except OSError:
        return False


def _arguments(pid: int) -> str | None:
    """Command line of a live process, None if there is none or only a zombie."""
    if not PROC.joinpath("self", "stat").exists():
        answer = subprocess.run(
            ["ps", "-o", "stat=,args=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        state, _, arguments = answer.stdout.strip().partition(" ")
        return arguments.strip() if answer.returncode == 0 and not state.startswith("Z") else None
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
        arguments = (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, IndexError):
        return None
    return None if state in {"Z", "X"} else arguments.strip()


def _processes() -> list[tuple[int, str]]:
    if PROC.joinpath("self", "stat").exists():
        pids = [int(name) for name in os.listdir(PROC) if name.isdigit()]
        return [(pid, arguments) for pid in pids if (arguments := _arguments(pid))]
    answer = subprocess.run(["ps", "-axo", "pid=,args="], capture_output=True, text=True, check=False)
    pairs = (line.strip().partition(" ") for line in answer.stdout.splitlines())
    return [(int(pid), arguments.strip()) for pid, _, arguments in pairs if pid.isdigit()]
