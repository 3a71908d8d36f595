"""The embedded database's part of the home folder: what lies where, passwords, the port and the lock.

``<home>/passwords.json`` (0600) has the password of every login role; ``<home>/postgres/`` has the data
folder, server logs, the remembered port and the lock file.
"""

import contextlib
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.database.errors import AccessError
from orchestration.derived import clear_way, keep_owner, read_derived_json, write_derived
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
            keep_owner(where.folder, where.home)
        _close_to_others(where)
    except OSError as error:
        raise AccessError(
            f"{where.folder} cannot be made ({error.strerror}): set WAREHOUSE_HOME to a folder of your own."
        ) from error


def _close_to_others(where: Places) -> None:
    """Where others may pass through the home, what lies in it must not be open to who knows its name.

    What goes while it is looked at (a file written beside its place), and what is somebody else's, is passed by.
    """
    if not where.home.stat().st_mode & stat.S_IXOTH:
        return
    for path in where.home.iterdir():
        with contextlib.suppress(FileNotFoundError, PermissionError):
            mode = path.lstat().st_mode
            if path != where.folder and not stat.S_ISLNK(mode) and mode & stat.S_IRWXO:
                path.chmod(stat.S_IMODE(mode) & ~stat.S_IRWXO)


@contextmanager
def locked(where: Places) -> Iterator[None]:
    """Hold the lock that start, stop and provisioning take, across processes. Released by a crash too."""
    make_folders(where)
    path = where.folder / "lock"
    clear_way(path)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise AccessError(_another_user(path)) from error
    try:
        keep_owner(path, where.home)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def read_passwords(where: Places) -> dict[str, str]:
    """Passwords by role; empty where none have been made, or where the file is not what was written.

    The next start then gives every role a new password. Raises AccessError if the file is another user's.
    """
    if where.passwords.is_file() and not os.access(where.passwords, os.R_OK):
        raise AccessError(_another_user(where.passwords))
    found = read_derived_json(where.passwords) or {}
    return {name: password for name, password in found.items() if isinstance(password, str) and password}


def make_passwords(where: Places, names: tuple[str, ...]) -> dict[str, str]:
    """Passwords by role, with new ones for roles that had none. Call it under the lock."""
    known = read_passwords(where)
    missing = [name for name in names if name not in known]
    if missing:
        known = keep_passwords(where, {name: secrets.token_urlsafe(24) for name in missing})
    return known


def keep_passwords(where: Places, new: dict[str, str]) -> dict[str, str]:
    """Write passwords down beside those that are known; returns all of them. Call it under the lock."""
    known = read_passwords(where) | new
    write_derived(where.passwords, json.dumps(known, indent=2) + "\n")
    return known


def _another_user(path: Path) -> str:
    return (
        f"{path} belongs to another user: run this as the user who made this warehouse, "
        "or set WAREHOUSE_HOME to a folder of your own."
    )
