"""A warehouse for the tests: its own home and database, started once and gone afterwards, whatever happens.

``settings``         a provisioned warehouse on the embedded database, shared by all tests of the session
``warehouse_home``   its home folder
``new_warehouse``    makes another one, with a database of its own, for tests that need an empty warehouse
``server_settings``  the same on the `server` target: PostgreSQL 16, where the embedded database is 18
``made_once``        makes a home once for all processes of the session, to be copied from then on
"""

import datetime as dt
import fcntl
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestration.cli import COLLECT_EVERY
from orchestration.database import ensure_ready, stop
from orchestration.database.cluster import ADMIN
from orchestration.database.connections import open_connection, parameters
from orchestration.settings import PROJECT_DIR, Settings
from tests.support.homes import MadeOnce, build_empty, copied_to, provision, take_parsed_project
from tests.support.order import rank
from tests.support.rooms import ROOMS, make_root
from tests.support.servers import a_server, provision_server

NewWarehouse = Callable[..., Settings]


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is imported: no test ever meets the developer's own warehouse or settings."""
    for name in [name for name in os.environ if name.startswith(("WAREHOUSE_", "PG"))]:
        del os.environ[name]
    sys.dont_write_bytecode = False  # commands are started again and again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    Settings.model_config["env_file"] = None
    gc.set_threshold(*COLLECT_EVERY)  # as the command line does
    root = make_root()
    os.environ["WAREHOUSE_HOME"] = str(root / "home")
    os.environ["DO_NOT_TRACK"] = "1"
    signal.signal(signal.SIGTERM, _interrupt)
    sweeper = subprocess.Popen(
        [sys.executable, "-m", "tests.support.sweeper", str(root)],
        stdin=subprocess.PIPE,
        cwd=PROJECT_DIR,
        start_new_session=True,
    )
    config.stash[SWEEPER] = sweeper
    config.stash[ROOT] = root
    config.pluginmanager.register(ROOMS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=lambda item: rank(item.path.relative_to(PROJECT_DIR / "tests").as_posix()))


def pytest_collection_finish() -> None:
    """What has been read to collect the tests stays: it is not looked through again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    sweeper = config.stash.get(SWEEPER, None)
    if sweeper is not None and sweeper.stdin is not None:
        sweeper.stdin.close()
        sweeper.wait(timeout=60)


SWEEPER = pytest.StashKey[subprocess.Popen[bytes]]()
ROOT = pytest.StashKey[Path]()


@pytest.fixture(scope="module", autouse=True)
def _rooms_of_file() -> Iterator[None]:
    """Homes that a file has made go with it."""
    yield
    ROOMS.end_file()


@pytest.fixture(scope="session")
def root_folder(request: pytest.FixtureRequest) -> Path:
    return request.config.stash[ROOT]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each process of a parallel session where all of them find what is made once."""
    node.workerinput["shared_root"] = str(node.config.stash[ROOT])


@pytest.fixture(scope="session")
def shared_root(request: pytest.FixtureRequest, root_folder: Path) -> Path:
    """The folder of all processes of this session; of the only one, its own."""
    given = getattr(request.config, "workerinput", {}).get("shared_root")
    return Path(given) if given else root_folder


@pytest.fixture(scope="session")
def made_once(shared_root: Path) -> MadeOnce:
    """Call it with a name and what fills an empty folder, for a folder that is filled once in the whole session.

    Copy what it gives, with ``cp -a`` for the owners of a database's files, and never work in it.
    """

    def once(name: str, fill: Callable[[Path], object]) -> Path:
        folder, done = shared_root / name, shared_root / f"{name}.done"
        with (shared_root / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                folder.chmod(0o711)
                fill(folder)
                done.touch()
        return folder

    return once


@pytest.fixture(scope="session")
def warehouse_home(root_folder: Path) -> Path:
    return root_folder / "home"


@pytest.fixture(scope="session")
def settings(warehouse_home: Path) -> Iterator[Settings]:
    found = Settings(home=warehouse_home)
    ensure_ready(found)
    yield found
    stop(found)


@pytest.fixture(scope="session")
def new_warehouse(root_folder: Path, made_once: MadeOnce) -> Iterator[NewWarehouse]:
    """Call it, with settings by name if wanted, for a provisioned warehouse in a home of its own, or a copy of one.

    ``parsed``: with the project as dbt has parsed it; ``built``: that, and all layers without a row.
    """
    made: list[Settings] = []

    def make(parsed: bool = False, copy_of: Path | None = None, built: bool = False, **overrides: object) -> Settings:
        home = Path(tempfile.mkdtemp(prefix="home-", dir=root_folder))
        home.chmod(0o711)
        found = Settings(**{"home": home, **overrides})  # type: ignore[arg-type]
        made.append(found)
        ROOMS.note(home)
        if built:
            copy_of = made_once("built", lambda folder: build_empty(folder, made_once))
        elif copy_of is None and not overrides.keys() - {"pseudonym_key"}:
            copy_of = made_once("provisioned", provision)
        if copy_of is not None:
            copied_to(home, copy_of)
        ensure_ready(found)
        if parsed:
            take_parsed_project(found, made_once)
        return found

    yield make
    for found in made:
        stop(found)


@pytest.fixture(scope="session")
def landing_warehouse(new_warehouse: NewWarehouse) -> Settings:
    """For tests that land small deliveries, each of a date of its own."""
    return new_warehouse()


@pytest.fixture(scope="session")
def emptied_warehouse(new_warehouse: NewWarehouse) -> Settings:
    """For tests that land small deliveries and empty it before each of them."""
    return new_warehouse()


@pytest.fixture(scope="module")
def server_settings(root_folder: Path, made_once: MadeOnce) -> Iterator[Settings]:
    """A council's own server as settings see it: host, port, an admin and a password for each role.

    Each file of tests has its own, a copy: what one file builds there is no other's start.
    """
    folder = Path(tempfile.mkdtemp(prefix="server-", dir=root_folder))
    folder.chmod(0o711)
    copied_to(folder, made_once("server", provision_server))
    with a_server(folder) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Settings:
    """A warehouse on the embedded database, and one on a server whose administrator is no superuser."""
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    return found


@pytest.fixture
def scratch_home(root_folder: Path) -> Iterator[Path]:
    """An empty home for one test that starts, stops and kills servers in it."""
    home = Path(tempfile.mkdtemp(prefix="scratch-", dir=root_folder))
    home.chmod(0o711)
    yield home
    stop(Settings(home=home))
    shutil.rmtree(home, ignore_errors=True)


def connect_as_admin(settings: Settings) -> psycopg.Connection:
    return open_connection(settings, parameters(settings, ADMIN), autocommit=True)


@pytest.fixture(scope="session")
def released_home(new_warehouse: NewWarehouse, made_once: MadeOnce) -> Path:
    """The home of ``released`` as it was made, its database stopped: copy it."""
    from orchestration.synthetic import SynthOptions, generate
    from tests.support.main_job import run_plainly

    def run(home: Path) -> None:
        made = new_warehouse(parsed=True)
        options = SynthOptions(
            authorities=("Clackmannanshire",),
            years=("2025/26",),
            out=made.landing,
            seed=1,
            daily=3,
            faults=0.001,
            until=dt.date(2025, 10, 3),
        )
        generate(options)
        run_plainly(made)
        stop(made)
        copied_to(home, made.home)

    return made_once("released", run)


@pytest.fixture(scope="session")
def released(new_warehouse: NewWarehouse, released_home: Path) -> Settings:
    """Clackmannanshire, August to 3 October 2025, with planted faults, through the steps of the main job."""
    return new_warehouse(copy_of=released_home)
