"""A backup taken during a night, restored into an empty home: the next night is the undisturbed one."""

import json
import subprocess
import tempfile
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.cli.output import Exit
from orchestration.database import ensure_ready, stop
from orchestration.settings import PROJECT_DIR, Settings
from tests.faults.conftest import NEXT_NIGHTS, NewCopy
from tests.faults.test_kills import assert_as_undisturbed
from tests.support.main_job import WAREHOUSE, environment, rows, warehouse
from tests.support.small_council import KEY, deliver_nights

HIDDEN = "select local_authority_code, academic_year, mart, cell, reason from control.hidden_cells"


@pytest.fixture(scope="module")
def backup(copied: NewCopy, root_folder: Path) -> Path:
    """Taken while a run lands and builds two nights."""
    settings = copied()
    ensure_ready(settings)
    night = subprocess.Popen(
        [str(WAREHOUSE), "run", "--json"], env=environment(settings), cwd=PROJECT_DIR,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = Path(tempfile.mkdtemp(dir=root_folder)) / "backups" / "first"
    while not rows(settings, "auditor", "select 1 from control.attempts where delivery_key like '%%2025-09-29'"):
        assert night.poll() is None
    done = warehouse(settings, "backup", str(folder))
    was_at_work = night.poll() is None
    output, errors = night.communicate()
    assert night.returncode in {0, 3}, output[-2000:] + errors[-2000:]
    assert done.code == 0, done.errors
    assert was_at_work
    assert "WAREHOUSE_PSEUDONYM_KEY" in done.output
    assert KEY not in done.output
    stop(settings)
    return folder


@pytest.fixture
def empty_home(root_folder: Path) -> Settings:
    home = Path(tempfile.mkdtemp(prefix="restored-", dir=root_folder))
    home.chmod(0o711)
    return Settings(home=home, pseudonym_key=SecretStr(KEY))


def test_the_night_after_a_restore_is_the_undisturbed_one(
    backup: Path, empty_home: Settings, undisturbed: Settings
) -> None:
    done = warehouse(empty_home, "restore", str(backup))
    assert done.code == 0, done.errors
    deliver_nights(empty_home.landing, *NEXT_NIGHTS)
    ensure_ready(empty_home)
    hidden = set(rows(empty_home, "transformer", HIDDEN))
    assert len(hidden) > 100
    assert rows(empty_home, "analyst", "select count(*) > 10 from aggregated.attendance_by_school_stage") == [(True,)]
    assert_as_undisturbed(empty_home, undisturbed)
    assert hidden <= set(rows(empty_home, "transformer", HIDDEN))
    assert set(rows(empty_home, "transformer", HIDDEN)) == set(rows(undisturbed, "transformer", HIDDEN))
    stop(empty_home)


def test_no_key_no_password_and_no_half_of_it_is_in_the_folder(backup: Path) -> None:
    assert sorted(path.name for path in backup.iterdir()) == ["backup.json", "database.dump"]
    assert sorted(path.name for path in backup.parent.iterdir()) == [backup.name]
    assert backup.stat().st_mode & 0o077 == 0
    assert KEY.encode() not in (backup / "backup.json").read_bytes() + (backup / "database.dump").read_bytes()


@pytest.mark.parametrize(
    "wrong", ["other key", "no key", "home in use", "cut off", "changed", "no manifest", "newer format", "live"]
)
def test_what_speaks_against_a_restore_is_said_before_anything_is_written(
    wrong: str, backup: Path, empty_home: Settings, tmp_path: Path
) -> None:
    folder, settings = tmp_path / "copy", empty_home
    subprocess.run(["cp", "-a", str(backup), str(folder)], check=True)
    archive, manifest = folder / "database.dump", folder / "backup.json"
    document = json.loads(manifest.read_text())
    if wrong == "other key":
        settings = settings.model_copy(update={"pseudonym_key": SecretStr("another-key-" * 4)})
    elif wrong == "no key":
        settings = settings.model_copy(update={"pseudonym_key": None})
    elif wrong == "home in use":
        (settings.home / "dagster").mkdir()
    elif wrong == "cut off":
        archive.write_bytes(archive.read_bytes()[:-100])
    elif wrong == "changed":
        content = bytearray(archive.read_bytes())
        content[len(content) // 2] ^= 1
        archive.write_bytes(bytes(content))
    elif wrong == "no manifest":
        manifest.write_text("{")
    elif wrong == "newer format":
        manifest.write_text(json.dumps({**document, "format": 99}))
    else:
        manifest.write_text(json.dumps({**document, "environment": "live"}))
    before = sorted(path.name for path in settings.home.iterdir())
    done = warehouse(settings, "restore", str(folder))
    assert done.code == Exit.FAILED, done.output + done.errors
    assert done.errors.startswith("Error:")
    assert "Traceback" not in done.errors
    assert sorted(path.name for path in settings.home.iterdir()) == before


def test_a_backup_is_never_written_over(backup: Path, undisturbed: Settings) -> None:
    before = (backup / "backup.json").read_text()
    done = warehouse(undisturbed, "backup", str(backup))
    assert done.code == Exit.FAILED
    assert "is there already" in done.errors
    assert (backup / "backup.json").read_text() == before


def test_a_server_is_backed_up_by_its_own_means(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, target="server", pg_host="db.example.org", pg_port=5432)
    environment_of = {
        **environment(settings.model_copy(update={"target": "embedded"})),
        "WAREHOUSE_TARGET": "server",
        "WAREHOUSE_PG_HOST": "db.example.org",
    }
    done = subprocess.run(
        [str(WAREHOUSE), "backup", str(tmp_path / "b")], env=environment_of, capture_output=True, text=True, check=False
    )
    assert done.returncode == Exit.USAGE
    assert "pg_dump" in done.stderr
    assert not (tmp_path / "b").exists()
