"""The disk runs full during a run: it is said in words, nothing is half done, and with room again the run goes on."""

import resource
import subprocess
from pathlib import Path

import pytest

from orchestration.cli.output import Exit
from orchestration.database import ensure_ready, stop
from orchestration.settings import PROJECT_DIR, Settings
from tests.faults.conftest import FULL_SIZE, NewCopy
from tests.faults.test_kills import assert_as_undisturbed
from tests.support.main_job import WAREHOUSE, Ran, environment, warehouse
from tests.support.small_disk import fill, small_disk

MEGABYTES = 600
ROOM_LEFT = (0, 1, 3, 6, 10, 15, 20, 30) if FULL_SIZE else (1, 8)
RAW_WORDS = ("Traceback", "sqlite3", "database or disk is full", "OperationalError", "could not extend file")


def _assert_said_in_words(done: Ran) -> None:
    said = done.output + done.errors
    assert done.code == Exit.DISK_FULL, said[-3000:]
    assert "disk" in said.lower()
    assert "run" in said
    for raw in RAW_WORDS:
        assert raw not in said, said[-3000:]


def test_a_full_disk_is_said_and_mended_by_room(copied: NewCopy, undisturbed: Settings, root_folder: Path) -> None:
    with small_disk(root_folder / "small-disk", MEGABYTES) as place:
        if place is None:
            pytest.skip("this user may not mount a small file system; files of limited size are tried instead")
        settings = copied(place / "home")
        met = 0
        for room in ROOM_LEFT:
            filler = fill(place, room)
            done = warehouse(settings, "run")
            if done.code not in {Exit.OK, Exit.ATTENTION}:
                met += 1
                _assert_said_in_words(done)
            filler.unlink()
        assert met > 0
        assert_as_undisturbed(settings, undisturbed)
        stop(settings)


def test_files_that_cannot_grow_are_a_full_disk(copied: NewCopy, undisturbed: Settings) -> None:
    """For everybody: the run's own files (Dagster's storage, dbt's, what landing writes) end at a limit."""
    settings = copied()
    ensure_ready(settings)
    limit = 300_000

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [str(WAREHOUSE), "run"], env=environment(settings), cwd=PROJECT_DIR, preexec_fn=limited,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    _assert_said_in_words(Ran(done.returncode, done.stdout, done.stderr))
    assert_as_undisturbed(settings, undisturbed)
