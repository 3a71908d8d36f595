"""Files that can be made again: written beside their place and renamed, read with doubt, made anew when unreadable.

A process may be killed while it writes, a disk may be full, and a copy of a home may be torn. None of that may stop
the next run: what cannot be read counts as not there, and the log says so.
"""

import json
import logging
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

log = logging.getLogger("warehouse")


def write_atomically(path: Path, text: str) -> None:
    """Replace a file, readable by its owner alone: a crash leaves the old or the new one, never a part."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        keep_owner(Path(temporary), path.parent)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def keep_owner(path: Path, like: Path) -> None:
    """Root, working in somebody else's home, leaves files that are theirs."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def say_made_anew(path: Path, why: object) -> None:
    """Say that a file is not what was written; the log is where Dagster's and systemd's lines go, too."""
    log.warning("%s cannot be used (%s): it is made anew.", path, why)


def clear_way(path: Path) -> None:
    """Remove what stands where a file is to be: a folder, which no file can replace."""
    if path.is_dir() and not path.is_symlink():
        say_made_anew(path, "a folder stands there")
        shutil.rmtree(path)


def as_folder(path: Path) -> Path:
    """The folder ``path``, made if it is not there; a file that stands in its place goes."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        if path.is_dir():
            return path
        say_made_anew(path, "a file stands there")
        path.unlink()
    path.mkdir(parents=True, exist_ok=True)
    return path


def open_to_group(path: Path) -> None:
    """Let the group of the folder that a file lies in read and write it, where that folder is shared by a group.

    It is shared where it has the bit by which new files take its group (``chmod 2770``). SQLite and temporary files
    are made for their owner alone, whatever the umask says.
    """
    if path.exists() and path.parent.stat().st_mode & stat.S_ISGID:
        path.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IRGRP | stat.S_IWGRP)


def write_derived(path: Path, text: str) -> None:
    """Replace a file that can be made again: the old one or the new one is there, never a part."""
    as_folder(path.parent)
    clear_way(path)
    write_atomically(path, text)


def read_derived(path: Path) -> str | None:
    """Text of a file that can be made again; None where there is none or it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:  # a folder, no rights, bytes that are no text
        say_made_anew(path, type(error).__name__)
        return None


def read_derived_json(path: Path) -> dict[str, Any] | None:
    """Object of a JSON file that can be made again; None where there is none, or it is no object."""
    text = read_derived(path)
    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        say_made_anew(path, "not the JSON that was written")
        return None
    return found
