"""Homes that are made once for all tests, and copied as they lie on the disk."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from orchestration.database import ensure_ready, stop
from orchestration.database.home import places
from orchestration.settings import Settings

MadeOnce = Callable[[str, Callable[[Path], object]], Path]
"""Called with a name and what fills an empty folder, for a folder that is filled once in the whole session."""


def copied_to(home: Path, original: Path) -> None:
    """Copy a home as it lies on the disk, its database stopped, into an empty folder."""
    subprocess.run(["cp", "-a", f"{original}/.", str(home)], check=True)


def take_parsed_project(settings: Settings, made_once: MadeOnce) -> None:
    """Give a new home what dbt has parsed in another: the same project, and 8 s saved each time."""
    from orchestration.transform import ensure_manifest

    there = settings.home / "dbt" / "parsed"
    if there.exists():
        return

    def parse(folder: Path) -> None:
        ensure_manifest(settings)
        shutil.copytree(there, folder, dirs_exist_ok=True)

    kept = made_once("parsed-project", parse)
    if not there.exists():
        shutil.copytree(kept, there)


FOR_A_WHILE = """
# a database of the tests, which need not outlive the machine
fsync = off
full_page_writes = off
autovacuum_naptime = 1h
"""


def provision(home: Path) -> None:
    """Fill a home with a provisioned database, stopped, that does not wait for the disk."""
    made = Settings(home=home)
    ensure_ready(made)
    stop(made)
    with (places(made).data / "postgresql.conf").open("a") as file:  # after it reads warehouse.conf
        file.write(FOR_A_WHILE)


def make_durable(settings: Settings) -> None:
    """Let the database of a home, stopped, write as those that are kept do, for tests of kills and full disks."""
    path = places(settings).data / "postgresql.conf"
    path.write_text(path.read_text().replace(FOR_A_WHILE, ""))


def build_empty(home: Path, made_once: MadeOnce) -> None:
    """Every layer without a row, by the main job's steps before the first delivery: the next run only adds rows."""
    from tests.support.main_job import run_plainly

    copied_to(home, made_once("provisioned", provision))
    made = Settings(home=home)
    ensure_ready(made)
    take_parsed_project(made, made_once)
    made.landing.mkdir(exist_ok=True)
    run_plainly(made)
    stop(made)
