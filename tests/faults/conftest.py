"""A small warehouse for the tests of faults: filled once, then copied as it lies on the disk."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.database import stop
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import warehouse
from tests.support.small_council import KEY, WEEKS, deliver_nights

FULL_SIZE = os.environ.get("WAREHOUSE_FAULTS") == "all"
NEXT_NIGHTS = (WEEKS, WEEKS + 2)
NewCopy = Callable[..., Settings]


@pytest.fixture(scope="session")
def filled(new_warehouse: NewWarehouse) -> Settings:
    """Six weeks of the small council, built and released; the database is stopped. Never run it: copy it."""
    made = new_warehouse(parsed=True, pseudonym_key=SecretStr(KEY))
    deliver_nights(made.landing, 0, WEEKS)
    done = warehouse(made, "run", "--json")
    assert done.code in {0, 3}, done.output[-3000:] + done.errors[-3000:]
    stop(made)
    return made


@pytest.fixture(scope="session")
def copied(filled: Settings, root_folder: Path) -> Iterator[NewCopy]:
    """Call it for a copy of the filled warehouse, with two more nights in its landing folder unless told otherwise."""
    made: list[Settings] = []

    def copy(home: Path | None = None, waiting: bool = True) -> Settings:
        home = home or Path(tempfile.mkdtemp(prefix="copy-", dir=root_folder))
        subprocess.run(["cp", "-a", f"{filled.home}/.", str(home)], check=True)  # with owners
        found = Settings(home=home, pseudonym_key=SecretStr(KEY))
        if waiting:
            deliver_nights(found.landing, *NEXT_NIGHTS)
        made.append(found)
        return found

    yield copy
    for found in made:
        stop(found)


@pytest.fixture(scope="session")
def undisturbed(copied: NewCopy) -> Settings:
    """The warehouse after its next nights, which nothing has disturbed."""
    made = copied()
    done = warehouse(made, "run", "--json")
    assert done.code in {0, 3}, done.output[-3000:] + done.errors[-3000:]
    return made
