"""Candidate numbers that are nobody's (rule 2): the seed that a council adds its own to."""

import csv
from functools import lru_cache
from pathlib import Path

from orchestration.errors import WarehouseError


def placeholder_numbers(seeds_dir: Path, seed: str, local_authority_code: str) -> frozenset[int]:
    """Numbers that are placeholders in the extracts of an authority, from ``seeds/<seed>.csv``.

    Raises WarehouseError when the seed is not there or holds something that is no number, naming file and line.
    """
    path = seeds_dir / f"{seed}.csv"
    try:
        rows = _rows(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise WarehouseError(f"A contract refers to the seed {seed}, but there is no seeds/{path.name}.") from None
    return frozenset(number for authority, number in rows if authority in {"", local_authority_code})


@lru_cache(maxsize=8)
def _rows(path: Path, _modified: int) -> tuple[tuple[str, int], ...]:
    found = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            number = (row.get("scn") or "").strip()
            if not (number.isascii() and number.isdigit()):
                raise WarehouseError(f"seeds/{path.name}, line {line}: scn is no number. Write nine digits.")
            found.append(((row.get("local_authority_code") or "").strip(), int(number)))
    return tuple(found)
