"""Whatever of a home can be made again may be torn: the next run makes it anew and comes to the same figures."""

import subprocess
from pathlib import Path

import pytest

from orchestration.database import connect, ensure_ready, stop
from orchestration.defs.run_store import sound_run_store
from orchestration.ledger import is_behind
from orchestration.settings import Settings
from tests.faults.conftest import FULL_SIZE, NewCopy
from tests.faults.test_kills import state
from tests.support.main_job import warehouse
from tests.support.torn import KINDS, derived_files, tear_all

# Of the server's own folder: what a running server does not read again, and what it holds open.
HELD_OPEN = ("postgres/lock", "postgres/log/")


@pytest.fixture(scope="module")
def torn(copied: NewCopy) -> Settings:
    found = copied(waiting=False)
    sound_run_store(found)  # so that Dagster's files are there as well
    return found


def _run(settings: Settings, *arguments: str) -> None:
    done = warehouse(settings, "run", "--json", *arguments)
    assert "Traceback" not in done.errors, done.errors[-3000:]
    assert done.code in {0, 3}, done.output[-3000:] + done.errors[-3000:]
    assert done.json()["build"] is not None


WAYS = [(kind,) for kind in KINDS] if FULL_SIZE else [KINDS]


@pytest.mark.parametrize("is_running", [False, True], ids=["server down", "server up"])
@pytest.mark.parametrize("kinds", WAYS, ids=["-".join(kinds[:2]) for kinds in WAYS])
def test_a_home_of_torn_files_runs_on(kinds: tuple[str, ...], is_running: bool, torn: Settings) -> None:
    ensure_ready(torn)
    before = state(torn)
    if not is_running:
        stop(torn)
    files = derived_files(torn.home)
    names = {path.relative_to(torn.home).as_posix() for path in files}
    assert {"passwords.json", "postgres/port", "dagster/dagster.yaml", "dbt/seeds.json"} <= names
    assert any(name.endswith("manifest.json") for name in names)
    if is_running:
        files = [path for path in files if not path.relative_to(torn.home).as_posix().startswith(HELD_OPEN)]
        _project_is_another(torn)  # while its password can still be read
    tear_all(files, kinds, seed=len(kinds) + is_running)
    if is_running:
        _run(torn)  # builds though nothing has landed: it was said that the layers are up to date
        assert not is_behind(torn)
    else:
        _run(torn, "--build")
    assert state(torn) == before


def _project_is_another(settings: Settings) -> None:
    assert not is_behind(settings)
    with connect(settings, "transformer", autocommit=True) as connection:
        connection.execute("update control.project_state set files_hash = 'of another project'")
    assert is_behind(settings)


def test_a_torn_pid_file_of_a_running_server_leaves_one_server(torn: Settings) -> None:
    """A second one on the same data would spoil them."""
    ensure_ready(torn)
    before = state(torn)
    data = torn.home / "postgres" / "data"
    (data / "postmaster.pid").write_bytes(b"\0\0garbage")
    ensure_ready(torn)
    found = subprocess.run(["pgrep", "-f", f"postgres -D {data}$"], capture_output=True, text=True, check=False)
    assert len(found.stdout.split()) == 1
    assert state(torn) == before


def test_a_damaged_key_is_named_and_nothing_is_made_in_its_place(copied: NewCopy) -> None:
    settings = copied().model_copy(update={"pseudonym_key": None})
    path = Path(settings.home / "pseudonym.key")
    path.write_bytes(b"\0" * 64)
    path.chmod(0o600)
    done = warehouse(settings, "run", "--build", "--json")
    assert done.code == 4
    assert "pseudonym.key" in done.json()["build"]["message"]
    assert path.read_bytes() == b"\0" * 64
