"""Finds deliveries in the landing folder and tells which ones have not been looked at as they are now."""

import hashlib
from pathlib import Path

from orchestration.database import connect
from orchestration.landing.manifest import FOLDER, MANIFEST_NAME
from orchestration.landing.outcomes import Found, LandingError
from orchestration.settings import Settings


def discover(settings: Settings) -> list[Found]:
    """Every delivery folder in the landing folder, oldest extract first; those without a manifest are incomplete."""
    return sorted((folders[0] for folders in _folders(settings).values()), key=lambda entry: _order(entry.delivery_key))


def left_aside(settings: Settings) -> list[str]:
    """One line for each folder that is not read, because another one is the same delivery: what to do about it."""
    return [
        f"{entry.path} is not read: {folders[0].path.name} beside it is the same delivery, as sequence 1 may be left "
        "out of a name. Deliver it under a sequence of its own."
        for folders in _folders(settings).values()
        for entry in folders[1:]
    ]


def _folders(settings: Settings) -> dict[str, list[Found]]:
    """Folders by delivery, the one that is read first: the name without sequence, or the only one that is complete."""
    root = settings.landing
    if not root.is_dir():
        return {}
    found: dict[str, list[Found]] = {}
    for authority in filter(_is_folder, _entries(root)):
        for folder in filter(_is_folder, _entries(authority)):
            found.setdefault(_key(folder), []).append(_look(folder))
    return {key: sorted(folders, key=lambda entry: not entry.complete) for key, folders in found.items()}


def locate(settings: Settings, delivery_key: str) -> Found:
    """The folder of one delivery.

    Raises LandingError when there is no such folder, when it lies outside the landing folder, or when its manifest
    has not been written yet.
    """
    parts = delivery_key.split("/")
    if len(parts) != 2 or any(part in {"", ".", ".."} for part in parts):
        raise LandingError(f"{delivery_key!r} is no name of a delivery: give it as S12000005/2025-09-01.")
    folder = settings.landing / delivery_key
    with_sequence = folder.parent / f"{folder.name}-1"
    if with_sequence.is_dir() and not (folder / MANIFEST_NAME).exists():
        folder = with_sequence
    if not folder.is_dir():
        raise LandingError(f"There is no folder {delivery_key} in {settings.landing}: check WAREHOUSE_LANDING.")
    if not folder.resolve().is_relative_to(settings.landing.resolve()):
        raise LandingError(f"{delivery_key} is a link that leaves {settings.landing}: put the files themselves there.")
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
    for path in _entries(entry.path):
        try:
            known = path.lstat()
        except FileNotFoundError:  # went between the listing and the look
            continue
        digest.update(f"\0{path.name}\0{known.st_size}\0{known.st_mtime_ns}".encode())
    return digest.hexdigest()


def _look(folder: Path) -> Found:
    manifest = folder / MANIFEST_NAME
    try:
        sha256 = hashlib.sha256(manifest.read_bytes()).hexdigest()
    except OSError:
        return Found(_key(folder), folder, complete=manifest.exists())
    return Found(_key(folder), folder, complete=True, manifest_sha256=sha256)


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder; nothing where it went while we looked. Raises LandingError when it cannot be read."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise LandingError(f"{folder} cannot be read ({error.strerror}): check its permissions.") from None


def _is_folder(path: Path) -> bool:
    """A folder of its own: what a link points at may lie anywhere, so links are passed over."""
    return not path.name.startswith(".") and not path.is_symlink() and path.is_dir()


def _key(folder: Path) -> str:
    name = folder.name
    found = FOLDER.fullmatch(name)
    if found and found["sequence"] == "1":
        name = found["date"]
    return f"{folder.parent.name}/{name}"


def _order(delivery_key: str) -> tuple[str, int, str]:
    found = FOLDER.fullmatch(delivery_key.rpartition("/")[2])
    return (found["date"], int(found["sequence"] or 1), delivery_key) if found else ("", 0, delivery_key)
