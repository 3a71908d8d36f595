"""A small warehouse for the tests of faults: filled once, then copied as it lies on the disk."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.database import ensure_ready, stop
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.homes import MadeOnce, copied_to, make_durable
from tests.support.main_job import run_plainly
from tests.support.rooms import ROOMS
from tests.support.small_council import KEY, WEEKS, deliver_nights

FULL_SIZE = os.environ.get("WAREHOUSE_FAULTS") == "all"
NEXT_NIGHTS = (WEEKS, WEEKS + 2)
NewCopy = Callable[..., Settings]


@pytest.fixture(scope="session")
def filled(new_warehouse: NewWarehouse, made_once: MadeOnce) -> Path:
    """The home of six weeks of the small council, built and released; the database is stopped. Copy it."""

    def fill(home: Path) -> None:
        made = new_warehouse(built=True, pseudonym_key=SecretStr(KEY))
        deliver_nights(made.landing, 0, WEEKS)
        run_plainly(made)
        stop(made)
        copied_to(home, made.home)

    return made_once("filled", fill)


@pytest.fixture(scope="session")
def copied(filled: Path, root_folder: Path) -> Iterator[NewCopy]:
    """Call it for a copy of the filled warehouse, with two more nights in its landing folder unless told otherwise."""
    made: list[Settings] = []

    def copy(home: Path | None = None, waiting: bool = True, of: Path = filled) -> Settings:
        home = home or Path(tempfile.mkdtemp(prefix="copy-", dir=root_folder))
        copied_to(home, of)
        found = Settings(home=home, pseudonym_key=SecretStr(KEY))
        make_durable(found)
        ROOMS.note(home)
        if waiting:
            deliver_nights(found.landing, *NEXT_NIGHTS)
        made.append(found)
        return found

    yield copy
    for found in made:
        stop(found)


@pytest.fixture(scope="session")
def undisturbed(copied: NewCopy, made_once: MadeOnce) -> Settings:
    """The warehouse after its next nights, which nothing has disturbed."""

    def run(home: Path) -> None:
        made = copied()
        run_plainly(made)
        stop(made)
        copied_to(home, made.home)

    found = copied(waiting=False, of=made_once("undisturbed", run))
    ensure_ready(found)
    return found
