"""The dbt project as dbt parsed it last, kept so that a run reads it instead of parsing again.

Each parse has a folder of its own, named by what it was parsed from and renamed into place when it is complete; it is
never changed after that. dbt's own target folder is for people and is read by no run: dbt writes into it without care
for a process that is killed.
"""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from orchestration.derived import as_folder, clear_way, read_derived_json, say_made_anew

MANIFEST, PARTIAL_PARSE, SUMS = "manifest.json", "partial_parse.msgpack", "sums.json"
KEPT = (MANIFEST, PARTIAL_PARSE)
ABANDONED_AFTER = 3600.0  # seconds; a parse takes less than twenty


class ParsingError(RuntimeError):
    """The dbt project cannot be parsed; the message has dbt's own words."""


def fingerprint(roots: Iterable[Path], versions: Iterable[str]) -> str:
    """What a parse depends on: the project's files by size and time, and the versions of what parses."""
    digest = hashlib.sha256("|".join(versions).encode())
    for root in roots:
        files = sorted(root.rglob("*")) if root.is_dir() else [root]
        for path in files:
            if path.suffix in {".sql", ".yml", ".csv"}:
                stat = path.stat()
                digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def parsed_folder(store: Path, current: str, parse: Callable[[Path], None]) -> Path:
    """Folder with ``manifest.json`` and ``partial_parse.msgpack`` of the project as it is now.

    ``store`` holds one folder per parse, ``current`` names the wanted one, and ``parse`` makes its files in the
    folder that it is given. What is there is used only if it is what was written, byte for byte.
    """
    as_folder(store)
    for left in store.glob("parsing-*"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > ABANDONED_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    folder = store / current
    if _is_whole(folder):
        os.utime(folder)  # the one in use is the newest, also where an earlier project has come back
        return folder
    if folder.exists() or folder.is_symlink():
        say_made_anew(folder, "not what was written")
    draft = Path(tempfile.mkdtemp(dir=store, prefix="parsing-"))
    try:
        last = next((path for path in _parses(store) if path != folder and _is_whole(path)), None)
        if last is not None:  # dbt parses only what has changed since
            shutil.copy(last / PARTIAL_PARSE, draft / PARTIAL_PARSE)
        parse(draft)
        sums = {name: _sum(draft / name) for name in KEPT}
        (draft / SUMS).write_text(json.dumps(sums))
        draft.chmod(0o755)
        _put(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    for path in _parses(store)[2:]:  # one before this one: another version of the code may be at work
        shutil.rmtree(path, ignore_errors=True)
    return folder


def last_manifest(home: Path) -> Path:
    """Where the manifest of the project lies that was used last; a path without a file before the first parse."""
    store = home / "dbt" / "parsed"
    found = _parses(store) if store.is_dir() else []
    return (found[0] if found else store / "none") / MANIFEST


def _put(draft: Path, folder: Path) -> None:
    if _is_whole(folder):
        return  # another process was faster
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
    try:
        draft.rename(folder)
    except OSError:
        if not _is_whole(folder):
            raise


def _parses(store: Path) -> list[Path]:
    """Folders of parses, the newest first."""
    found = [path for path in store.iterdir() if path.is_dir() and not path.name.startswith("parsing-")]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _is_whole(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    sums = read_derived_json(folder / SUMS)
    try:
        return sums is not None and all(sums.get(name) == _sum(folder / name) for name in KEPT)
    except OSError:
        return False


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def clear_target(target: Path, names: Iterable[str]) -> None:
    """Take away what would keep dbt from writing an artefact: a folder under the name of a file."""
    as_folder(target)
    for name in names:
        clear_way(target / name)
    for name in ("compiled", "run"):
        for path in sorted(as_folder(target / name).rglob("*")):
            if path.suffix in {".sql", ".csv"}:  # folders of dbt's own end in .yml
                clear_way(path)
