"""The embedded database's part of the home folder: what lies where, passwords, the port and the lock.

``<home>/passwords.json`` (0600) has the password of every login role; ``<home>/postgres/`` has the data
folder, server logs, the remembered port and the lock file.
"""

import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.database.errors import AccessError
from orchestration.settings import Settings


@dataclass(frozen=True)
class Places:
    """Paths of the embedded database below the home folder."""

    home: Path

    @property
    def folder(self) -> Path:
        """Everything of the server."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """The data folder (PGDATA)."""
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """Server logs, which hold no statements and no row values."""
        return self.folder / "log"

    @property
    def port(self) -> Path:
        """The remembered port."""
        return self.folder / "port"

    @property
    def provisioned(self) -> Path:
        """Version of the provisioning last applied; goes with the data."""
        return self.data / "warehouse.provisioned"

    @property
    def passwords(self) -> Path:
        """Passwords of all login roles."""
        return self.home / "passwords.json"


def places(settings: Settings) -> Places:
    """Paths of the embedded database of these settings."""
    return Places(settings.home)


def make_folders(where: Places) -> None:
    """Make home and the server's folder. Others may pass through root's, since the server is not root."""
    passable = 0o711 if os.geteuid() == 0 else 0o700
    try:
        if not where.home.exists():
            where.home.mkdir(parents=True, exist_ok=True)
            where.home.chmod(passable)
        if not where.folder.exists():
            where.folder.mkdir(exist_ok=True)
            where.folder.chmod(passable)
            _keep_owner(where.folder, where.home)
    except OSError as error:
        raise AccessError(
            f"{where.folder} cannot be made ({error.strerror}): set WAREHOUSE_HOME to a folder of your own."
        ) from error


@contextmanager
def locked(where: Places) -> Iterator[None]:
    """Hold the lock that start, stop and provisioning take, across processes. Released by a crash too."""
    make_folders(where)
    path = where.folder / "lock"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise AccessError(_another_user(path)) from error
    try:
        _keep_owner(path, where.home)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read_passwords(where: Places) -> dict[str, str]:
    """Passwords by role; empty where none have been made. Raises AccessError if the file cannot be used."""
    try:
        found: dict[str, str] = json.loads(where.passwords.read_text())
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise AccessError(_another_user(where.passwords)) from error
    except ValueError as error:
        raise AccessError(
            f"{where.passwords} is not the JSON that was written: move it away and run `warehouse up`, "
            "which gives every role a new password."
        ) from error
    return found


def make_passwords(where: Places, names: tuple[str, ...]) -> dict[str, str]:
    """Passwords by role, with new ones for roles that had none. Call it under the lock."""
    known = read_passwords(where)
    missing = [name for name in names if name not in known]
    if missing:
        known |= {name: secrets.token_urlsafe(24) for name in missing}
        write_atomically(where.passwords, json.dumps(known, indent=2) + "\n")
    return known


def replace_passwords(where: Places, made: dict[str, str]) -> None:
    """Put these passwords in the place of those that the file has. Call it under the lock."""
    write_atomically(where.passwords, json.dumps(read_passwords(where) | made, indent=2) + "\n")


def write_atomically(path: Path, text: str) -> None:
    """Replace a file, readable by its owner alone: a crash leaves the old or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(Path(temporary), path.parent)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _keep_owner(path: Path, like: Path) -> None:
    """Root, working in somebody else's home, leaves files that are theirs."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _another_user(path: Path) -> str:
    return (
        f"{path} belongs to another user: run this as the user who made this warehouse, "
        "or set WAREHOUSE_HOME to a folder of your own."
    )
