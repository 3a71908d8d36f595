"""A file system of a few hundred MB that can be filled: tmpfs, mounted as root or in a namespace of this user's own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BLOCK = 1 << 20


@contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path | None]:
    """Mount a small file system on ``place``; None where this user may not."""
    place.mkdir(parents=True, exist_ok=True)
    mounted = False
    if os.geteuid() == 0 and shutil.which("mount"):
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "warehouse-tests", str(place)],
            capture_output=True, check=False,
        )  # fmt: skip
        mounted = done.returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


def fill(place: Path, leave_megabytes: int) -> Path:
    """Write a file that leaves so much room; returns it."""
    filler = place / "filler"
    room = shutil.disk_usage(place).free - leave_megabytes * BLOCK
    with filler.open("wb") as file:
        for _ in range(max(0, room) // BLOCK):
            file.write(b"\1" * BLOCK)
    return filler
