"""Files as a killed process, a full disk or a bad copy leaves them."""

import random
import shutil
from collections.abc import Iterable
from pathlib import Path

KINDS = ("truncated", "emptied", "garbage", "nuls", "folder", "other json", "gone")
# In the database's folder only what the warehouse writes; the rest is PostgreSQL's. A lost key needs its copy, and
# deliveries are not the warehouse's.
NOT_DERIVED = ("landing", "pseudonym.key", "postgres/data")
OF_THE_WAREHOUSE = ("postgres/data/warehouse.conf", "postgres/data/warehouse.provisioned")


def tear(path: Path, kind: str) -> None:
    """Damage one file."""
    content = path.read_bytes()
    if kind == "truncated":
        path.write_bytes(content[: len(content) // 2])
    elif kind == "emptied":
        path.write_bytes(b"")
    elif kind == "garbage":
        path.write_bytes(random.Random(len(content)).randbytes(max(len(content), 100)))
    elif kind == "nuls":
        path.write_bytes(b"\0" * max(len(content), 100))
    elif kind == "folder":
        path.unlink()
        path.mkdir()
        shutil.copy(__file__, path / "something")
    elif kind == "other json":
        path.write_text('{"metadata": {"dbt_version": "0.1"}, "pid": "x", "results": [1], "admin": 1}')
    else:
        path.unlink()


def derived_files(home: Path) -> list[Path]:
    """All files of a home that can be made again."""
    found = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    inside = {path: path.relative_to(home).as_posix() for path in found}
    return sorted(path for path, name in inside.items() if name in OF_THE_WAREHOUSE or not name.startswith(NOT_DERIVED))


def tear_all(files: Iterable[Path], kinds: Iterable[str], seed: int) -> None:
    """Damage every file in one of the ways, by chance."""
    chance, ways = random.Random(seed), list(kinds)
    for path in files:
        tear(path, chance.choice(ways))
