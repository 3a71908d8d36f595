"""Where homes of the tests lie, and until when: in memory where the machine has the room, and no longer than needed.

A database makes and removes thousands of small files, which costs a disk more than a tenth of the whole time. A folder
named by ``TMPDIR`` is taken as it is.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.sweeper import sweep

MEMORY = Path("/dev/shm")
GIGABYTE = 1 << 30
ROOM = 8 * GIGABYTE
"""What has to be free: homes of two workers take three to four at most, and the tests themselves two."""
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def make_root() -> Path:
    """A folder for all that a session writes. Others may pass: root's databases run as another user."""
    has_choice = "TMPDIR" not in os.environ
    root = Path(tempfile.mkdtemp(prefix="warehouse-tests-", dir=MEMORY if has_choice and _has_room() else None))
    root.chmod(0o711)
    return root


def _has_room() -> bool:
    """Whether ``MEMORY`` is a folder in memory with room, whose programs may run."""
    try:
        found = os.statvfs(MEMORY)
        lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        free = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return False
    if found.f_flag & (os.ST_NOEXEC | os.ST_RDONLY) or not os.access(MEMORY, os.W_OK):
        return False
    return min(found.f_bavail * found.f_frsize, free, *map(_limit, LIMITS)) >= ROOM


def _limit(path: str) -> float:
    """The most memory that this group of processes may have; without end where nobody has said."""
    try:
        return float(Path(path).read_text())
    except (OSError, ValueError):
        return float("inf")


class Rooms:
    """Homes that go with the file of tests that made them, and those that a fixture of the session keeps."""

    def __init__(self) -> None:
        self._under_way: list[str] = []
        self._of_file: list[Path] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Any:
        """Know the scopes of the fixtures that are being set up, the outermost first."""
        self._under_way.append(fixturedef.scope)
        try:
            return (yield)
        finally:
            self._under_way.pop()

    def note(self, home: Path) -> None:
        """A home was made: it goes at the end of the file unless a fixture of the session made it."""
        if "session" not in self._under_way:
            self._of_file.append(home)

    def end_file(self) -> None:
        """Stop what runs in homes of the file, and remove them."""
        while self._of_file:
            sweep(self._of_file.pop())


ROOMS = Rooms()
