"""Finds deliveries in the landing folder and tells which ones have not been looked at as they are now.

One odd folder stops no other: what cannot be looked into is told by itself, and what looks like a delivery and is none
is refused by name, once.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from orchestration.database import connect
from orchestration.landing.manifest import FOLDER, MANIFEST_NAME, MAX_MANIFEST_BYTES
from orchestration.landing.outcomes import Found, LandingError, LandingFolderMissingError
from orchestration.landing.plain import NotPlainError, open_plain, real_name, shown_name
from orchestration.settings import Settings


def discover(settings: Settings) -> list[Found]:
    """Every delivery folder in the landing folder, oldest extract first; those without a manifest are incomplete.

    Raises LandingFolderMissingError when there is no landing folder, LandingError when it cannot be read.
    """
    return sorted((folders[0] for folders in _folders(settings).values()), key=lambda entry: _order(entry.delivery_key))


def left_aside(settings: Settings) -> list[str]:
    """One line for each folder that is not read, and why: what to do about it. None without a landing folder."""
    if not settings.landing.is_dir():
        return []
    lines = [
        f"{_printable(entry.path)} is not read: {_printable(folders[0].path.name)} beside it is the same delivery, as "
        "sequence 1 may be left out of a name. Deliver it under a sequence of its own."
        for folders in _folders(settings).values()
        for entry in folders[1:]
    ]
    for path in _entries(settings.landing):
        if _is_linked_folder(path):
            lines.append(f"{_printable(path)} is not read: it is a link. Put the folder itself there.")
        elif _is_folder(path):
            lines += _unread_below(path)
    return lines


def _unread_below(authority: Path) -> list[str]:
    try:
        entries = _entries(authority)
    except LandingError as error:
        return [f"Its deliveries are not read: {error}"]
    return [
        f"{_printable(path)} is not read: it is a link. Put the folder itself there."
        for path in entries
        if _is_linked_folder(path) and not FOLDER.fullmatch(path.name)
    ]


def _folders(settings: Settings) -> dict[str, list[Found]]:
    """Folders by delivery, the one that is read first: the name without sequence, or the only one that is complete."""
    root = settings.landing
    if not root.is_dir():
        raise LandingFolderMissingError(
            f"There is no landing folder {root}: make it, or set WAREHOUSE_LANDING to where the councils' extracts are "
            "written. A disk or share that is not mounted looks like this too."
        )
    found: dict[str, list[Found]] = {}
    for authority in filter(_is_folder, _entries(root)):
        try:
            entries = _entries(authority)
        except LandingError:
            continue  # told by left_aside; the folders of the others are read
        for folder in entries:
            if _is_folder(folder):
                found.setdefault(_key(folder), []).append(_look(folder))
            elif _is_linked_folder(folder) and FOLDER.fullmatch(folder.name):
                found.setdefault(_key(folder), []).append(_linked(folder))
    return {key: sorted(folders, key=lambda entry: not entry.complete) for key, folders in found.items()}


def locate(settings: Settings, delivery_key: str) -> Found:
    """The folder of one delivery.

    Raises LandingError when there is no such folder, when it lies outside the landing folder, or when its manifest
    has not been written yet.
    """
    parts = [real_name(part) for part in delivery_key.split("/")]
    if len(parts) != 2 or any(part in {"", ".", ".."} or "/" in part or "\0" in part for part in parts):
        raise LandingError(f"{delivery_key!r} is no name of a delivery: give it as S12000005/2025-09-01.")
    folder = settings.landing.joinpath(*parts)
    with_sequence = folder.parent / f"{folder.name}-1"
    if with_sequence.is_dir() and not os.path.lexists(folder / MANIFEST_NAME):
        folder = with_sequence
    if folder.parent.is_symlink():
        raise LandingError(f"{_printable(folder.parent)} is a link: put the folder itself into {settings.landing}.")
    if folder.is_symlink():
        return _linked(folder)
    if not folder.is_dir():
        raise LandingError(f"There is no folder {delivery_key} in {settings.landing}: check WAREHOUSE_LANDING.")
    entry = _look(folder)
    if not entry.complete:
        raise LandingError(f"{delivery_key} has no {MANIFEST_NAME} yet, so it is not a delivery: write it last.")
    return entry


def pending(settings: Settings) -> list[Found]:
    """Complete deliveries that no finished attempt has seen as they are now, oldest extract first."""
    complete = [entry for entry in discover(settings) if entry.complete]
    with connect(settings, "loader", autocommit=True) as connection:
        rows = connection.execute(
            "select distinct on (delivery_key) delivery_key, fingerprint from control.attempts "
            "where finished_at is not null order by delivery_key, attempt_id desc"
        ).fetchall()
    seen = {str(key): mark for key, mark in rows}
    return [entry for entry in complete if seen.get(entry.delivery_key) != fingerprint(entry)]


def fingerprint(entry: Found) -> str:
    """Changes when the manifest or any file of the folder does (size or time), without reading the files."""
    digest = hashlib.sha256((entry.manifest_sha256 or "").encode())
    try:
        paths = [entry.path] if entry.problem else _entries(entry.path)
    except LandingError:
        paths = []  # what cannot be listed is refused; it counts as changed when it can be
    for path in paths:
        try:
            known = path.lstat()
        except OSError:  # went between the listing and the look
            continue
        digest.update(b"\0%s\0%d\0%d" % (os.fsencode(path.name), known.st_size, known.st_mtime_ns))
    return digest.hexdigest()


def _look(folder: Path) -> Found:
    """A delivery folder as it is; its manifest is read for its hash where it is a plain file of a manifest's size."""
    entry = Found(_key(folder), folder, complete=True)
    path = folder / MANIFEST_NAME
    try:
        file, size = open_plain(path)
        with file:
            if size > MAX_MANIFEST_BYTES:
                return entry
            sha256 = hashlib.sha256(file.read(MAX_MANIFEST_BYTES + 1)).hexdigest()
    except NotPlainError:
        return entry
    except OSError:
        return replace(entry, complete=os.path.lexists(path))
    return replace(entry, manifest_sha256=sha256)


def _linked(folder: Path) -> Found:
    return Found(_key(folder), folder, complete=True, problem="the folder is a link; put the folder itself there")


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it went while we looked. Raises LandingError when it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LandingError(f"{_printable(folder)} cannot be read ({error.strerror}): check its permissions.") from None


def _is_folder(path: Path) -> bool:
    """A folder of its own: what a link points at may lie anywhere, so links are not followed."""
    try:
        return not path.name.startswith(".") and not path.is_symlink() and path.is_dir()
    except OSError:
        return False


def _is_linked_folder(path: Path) -> bool:
    try:
        return not path.name.startswith(".") and path.is_symlink() and path.is_dir()
    except OSError:
        return False


def _printable(path: Path | str) -> str:
    return "/".join(shown_name(part) for part in str(path).split("/"))


def _key(folder: Path) -> str:
    name = folder.name
    found = FOLDER.fullmatch(name)
    if found and found["sequence"] == "1":
        name = found["date"]
    return f"{shown_name(folder.parent.name)}/{shown_name(name)}"


def _order(delivery_key: str) -> tuple[str, int, str]:
    found = FOLDER.fullmatch(delivery_key.rpartition("/")[2])
    return (found["date"], int(found["sequence"] or 1), delivery_key) if found else ("", 0, delivery_key)
