"""A published table as a puzzle: a CSV file, and a structure that says which columns add up to which."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from orchestration.errors import WarehouseError
from orchestration.meant import hint
from orchestration.release.attacker.puzzle import Hidden, Puzzle, rows_of
from orchestration.yaml_files import read_yaml

KEYS = ("key", "hidden", "nothing", "least", "sums")


class TableError(WarehouseError):
    """A table or its structure cannot be read: the message names the file, and line or key."""


@dataclass(frozen=True)
class Structure:
    """What the columns of a table mean.

    ``key`` names a row. ``hidden`` are signs of hidden figures, which are at least ``least``; ``nothing`` signs that
    stand for no person. ``sums`` has by name the column of the total and those of its parts.
    """

    key: tuple[str, ...]
    hidden: tuple[str, ...]
    nothing: tuple[str, ...]
    least: float
    sums: Mapping[str, tuple[str, tuple[str, ...]]]


def _texts(found: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = found.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TableError(
            f"{where}: {key} has to be a list of texts, in quotation marks where YAML takes them for others"
        )
    return tuple(value)


def read_structure(path: Path) -> Structure:
    """Read a structure file: ``key``, ``hidden``, ``nothing``, ``least``, ``sums``. Raises ``TableError``."""
    try:
        found = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TableError(f"{path.name} cannot be read as YAML: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise TableError(f"{path.name} has to be a mapping with the keys {', '.join(KEYS)}")
    for key in found:
        if key not in KEYS:
            raise TableError(f"{path.name}: {key} is not known; {hint(key, KEYS)}")
    sums: dict[str, tuple[str, tuple[str, ...]]] = {}
    declared = found.get("sums")
    for name, one in (declared if isinstance(declared, dict) else {}).items():
        if not isinstance(one, dict) or set(one) != {"total", "parts"}:
            raise TableError(f"{path.name}: sums.{name} has to have a total and parts, and nothing else")
        sums[str(name)] = (str(one["total"]), _texts(one, "parts", f"{path.name}: sums.{name}"))
    if not sums:
        raise TableError(f"{path.name}: sums is missing: which columns add up to which")
    least = found.get("least", 1)
    if not isinstance(least, int) or isinstance(least, bool):
        raise TableError(f"{path.name}: least has to be a whole number")
    key, hidden = _texts(found, "key", path.name), _texts(found, "hidden", path.name)
    return Structure(key, hidden, _texts(found, "nothing", path.name), float(least), sums)


def _number(text: str, structure: Structure, where: str) -> float | None:
    """A figure; None where it is hidden."""
    if text in structure.hidden:
        return None
    if text in structure.nothing:
        return 0.0
    try:
        return float(text)
    except ValueError:
        raise TableError(f"{where} is neither a number nor a sign that the structure knows") from None


def read_puzzle(table: Path, structure: Structure) -> Puzzle:
    """The puzzle of a table. Raises ``TableError`` naming line and column of what is not understood, not its value."""
    columns = list(dict.fromkeys(c for total, parts in structure.sums.values() for c in (total, *parts)))
    names: dict[tuple[int, str], int] = {}
    hidden: list[Hidden] = []
    sums: list[list[int]] = []
    amounts: list[float] = []
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for column in (*structure.key, *columns):
                if column not in (reader.fieldnames or ()):
                    raise TableError(f"{table.name} has no column {column}; {hint(column, reader.fieldnames or ())}")
            for line, row in enumerate(reader, start=2):
                found = {c: _number(row[c], structure, f"{table.name}, line {line}, column {c}") for c in columns}
                for column, value in found.items():
                    if value is None:
                        names[line, column] = len(names)
                        label = " ".join(row[key] for key in structure.key)
                        hidden.append(Hidden(f"{column} of {label}", structure.least))
                for total, parts in structure.sums.values():
                    unknown = [names[line, column] for column in parts if found[column] is None]
                    if unknown and found[total] is not None:
                        sums.append(unknown)
                        amounts.append(float(found[total] or 0) - sum(found[column] or 0.0 for column in parts))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{table.name} cannot be read: {type(error).__name__}") from None
    width = len(names)
    asked = rows_of([[number] for number in range(width)], width)
    return Puzzle(rows_of(sums, width), np.array(amounts, dtype=np.float64), asked, tuple(hidden))
