"""Files of published figures: the columns, types and promises of the seed that they add an edition to.

A seed takes imports where its ``meta.imports`` names the column of the area. Everything else follows from its yaml:
columns and types, the key (``meta.grain``), and what holds in each row (its test ``holds``).
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from orchestration.landing.outcomes import LandingError
from orchestration.meant import meant
from orchestration.yaml_files import read_yaml

SCOTLAND = "S92000003"
LARGEST = 20_000_000  # bytes: more than ten times the largest seed
_NUMERIC = re.compile(r"numeric\((\d+), *(\d+)\)")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
Values = dict[str, str | None]
"""A row by column; None where the file has nothing."""


@dataclass(frozen=True)
class Dataset:
    """Published figures that take imports: the seed's columns and SQL types, its key, its area, and what holds."""

    name: str
    types: Mapping[str, str]
    keys: tuple[str, ...]
    area: str
    each_row: tuple[str, ...]


def datasets(seeds: Path) -> dict[str, Dataset]:
    """All seeds that take imports, by name."""
    found = {}
    for path in sorted(seeds.glob("*.yml")):
        for seed in read_yaml(path).get("seeds", ()):
            config = seed.get("config", {})
            meta = config.get("meta", {})
            if "imports" in meta:
                found[seed["name"]] = Dataset(
                    seed["name"], config["column_types"], tuple(meta["grain"]), meta["imports"]["area"], _promises(seed)
                )
    return found


def _promises(seed: Mapping[str, Any]) -> tuple[str, ...]:
    """What its test says of each row, but for what looks into another seed: that is asked otherwise."""
    each = [test["holds"]["arguments"].get("each_row", ()) for test in seed.get("data_tests", ()) if "holds" in test]
    return tuple(text for texts in each for text in texts if "{{" not in text)


def dataset_named(seeds: Path, name: str) -> Dataset:
    """The data set of that name. Raises LandingError that lists those there are."""
    found = datasets(seeds)
    if name not in found:
        raise LandingError(
            f"{name} takes no published figures{meant(name, found)}. Give --into with one of: {', '.join(found)}."
        )
    return found[name]


def read_published(
    path: Path, dataset: Dataset, areas: frozenset[str], years: frozenset[str], schools: frozenset[int]
) -> list[Values]:
    """Rows of a CSV file with the columns of the data set, in any order.

    Raises LandingError that names file, row (from 1, the header left out) and column of the first thing wrong: a
    column missing or unknown, a value that is not of its type, an area or academic year that nobody knows, a key
    or a school that nobody knows, a key that is not there or stands twice.
    """
    header, records = _records(path)
    further, missing = set(header) - {*dataset.types}, [name for name in dataset.types if name not in header]
    if further or missing or len(set(header)) < len(header):
        said = [f"{name} is none of them{meant(name, dataset.types)}" for name in sorted(further)]
        said += [f"{name} is missing" for name in missing]
        raise LandingError(
            f"{path}: the first line has to name the columns {', '.join(dataset.types)}, once each"
            + (f"; {'; '.join(said)}." if said else ".")
        )
    found: list[Values] = []
    numbers: dict[tuple[str | None, ...], int] = {}
    for number, record in enumerate(records, start=1):
        if len(record) != len(header):
            raise LandingError(f"{path}, row {number}: {len(record)} fields under {len(header)} columns.")
        row: Values = {name: text.strip() or None for name, text in zip(header, record, strict=True)}
        for name, sql_type in dataset.types.items():
            if problem := _problem(row[name], name, sql_type, dataset, areas, years, schools):
                raise LandingError(f"{path}, row {number}, column {name}: {problem}")
        key = tuple(row[name] for name in dataset.keys)
        if key in numbers:
            raise LandingError(
                f"{path}, row {number}: {', '.join(dataset.keys)} are those of row {numbers[key]}. Leave one out."
            )
        numbers[key] = number
        found.append(row)
    if not found:
        raise LandingError(f"{path} has no rows.")
    return found


def _records(path: Path) -> tuple[list[str], Sequence[list[str]]]:
    try:
        if not path.is_file():
            raise LandingError(f"There is no file {path}.")
        if path.stat().st_size > LARGEST:
            raise LandingError(f"{path} is larger than published figures can be ({LARGEST:,} bytes).")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file, strict=True) if any(field.strip() for field in row)]
    except UnicodeDecodeError:
        raise LandingError(f"{path} is not UTF-8: save it as CSV UTF-8.") from None
    except csv.Error as error:
        raise LandingError(f"{path} cannot be read as CSV ({error}): fields are separated by commas.") from None
    except OSError as error:
        raise LandingError(f"{path} cannot be read ({error.strerror}).") from None
    if any("\0" in field for row in rows for field in row):
        raise LandingError(f"{path} is no text: it has bytes of value 0. Save it as CSV UTF-8.")
    if not rows:
        raise LandingError(f"{path} is empty.")
    return [name.strip() for name in rows[0]], rows[1:]


def _problem(
    text: str | None,
    name: str,
    sql_type: str,
    dataset: Dataset,
    areas: frozenset[str],
    years: frozenset[str],
    schools: frozenset[int],
) -> str | None:
    """What is wrong with a value, in words."""
    if text is None:
        return "is empty, and part of the key." if name in dataset.keys else None
    if name == dataset.area and text not in areas:
        return f"{text!r} is no area: that is the GSS code of a council, or {SCOTLAND} for Scotland."
    if name in dataset.keys and name.endswith("year") and text not in years:
        return f"{text!r} is no academic year that the warehouse knows; one is written 2024/25."
    if name == "seed_code" and not (re.fullmatch(r"[0-9]{7}", text) and int(text) in schools):
        return f"{text!r} is no SEED code of a school that the warehouse knows: that is seven digits."
    if sql_type == "integer":
        return None if re.fullmatch(r"[0-9]{1,9}", text) else f"{text!r} is no whole number."
    if sized := _NUMERIC.fullmatch(sql_type):
        return _number_problem(text, int(sized[1]), int(sized[2]))
    return None


def _number_problem(text: str, digits: int, decimals: int) -> str | None:
    if not _NUMBER.fullmatch(text):
        return f"{text!r} is no number; one is written 72.2."
    try:
        number = Decimal(text)
    except InvalidOperation:  # pragma: no cover - the pattern leaves nothing that Decimal refuses
        return f"{text!r} is no number."
    whole = digits - decimals
    if abs(number) >= Decimal(10) ** whole or round(number, decimals) != number:
        return f"{text} has more than {whole} digits before the point or {decimals} after it."
    return None
