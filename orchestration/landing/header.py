"""Judges the header line of a file against the contract: which column stands where, and what is odd about it."""

import csv
import re
from dataclasses import dataclass
from difflib import get_close_matches

from orchestration.contracts import Contract
from orchestration.landing.lookalikes import find_alike, looks_like
from orchestration.landing.outcomes import FileQuarantinedError, Warned

OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MAX_COLUMNS = 500  # the widest feed has twenty
SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_ .-]{0,62}")


@dataclass(frozen=True)
class Header:
    """Where the contract's columns stand in the file, from 0, and how many fields a record has."""

    positions: dict[str, int]
    width: int
    warnings: tuple[Warned, ...]


def judge_header(line: bytes, contract: Contract) -> Header:
    """Read a header line without its line end.

    Raises FileQuarantinedError: ``wrong_delimiter``, ``no_header``, ``missing_column``, ``not_readable``.
    """
    names = _fields(line, ",")
    if len(names) > MAX_COLUMNS:
        raise FileQuarantinedError(
            "not_readable",
            f"its header has {len(names):,} columns, and no extract has {MAX_COLUMNS:,}. Export it with those of the "
            "extract layouts.",
        )
    known = {column.name for column in contract.columns}
    renamed = {
        column.formerly: column.name
        for column in contract.columns
        if column.formerly in names and column.name not in names
    }
    names = [renamed.get(name, name) for name in names]
    present = [name for name in names if name in known]
    if len(present) < 2:
        _refuse_other_delimiter(line, known)
    unknown = [(position, name) for position, name in enumerate(names) if name not in known]
    if not present and not any(looks_like(name, column) for column in known for _, name in unknown):
        raise FileQuarantinedError(
            "no_header",
            f"its first line names no column of {contract.feed}. Put a header line first: "
            f"{', '.join(column.name for column in contract.columns if column.is_required)}, ...",
        )
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        raise FileQuarantinedError(
            "not_readable", f"column {twice[0]} stands twice in the header. Export it with each column once."
        )
    missing = [column for column in contract.collected if column.name not in present]
    required = [column.name for column in missing if column.is_required]
    if required:
        raise FileQuarantinedError("missing_column", _missing(required, unknown))
    return Header(
        positions={name: names.index(name) for name in present},
        width=len(names),
        warnings=(
            *(Warned("renamed_column", column=name, detail=before) for before, name in renamed.items()),
            *(Warned("unknown_column", detail=_shown(name, position)) for position, name in unknown),
            *(
                Warned("missing_optional_column", column=column.name, detail=find_alike(column.name, unknown))
                for column in missing
            ),
            *_order(present, contract),
        ),
    )


def _order(present: list[str], contract: Contract) -> tuple[Warned, ...]:
    expected = [column.name for column in contract.columns if column.name in present]
    return () if present == expected else (Warned("column_order"),)


def _fields(line: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.decode("utf-8")], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration):
        return []


def _refuse_other_delimiter(line: bytes, known: set[str]) -> None:
    for delimiter, plural in OTHER_DELIMITERS.items():
        if sum(name in known for name in _fields(line, delimiter)) > 1:
            raise FileQuarantinedError(
                "wrong_delimiter", f"its fields are separated by {plural}, not commas. Export it with commas."
            )


def _missing(required: list[str], unknown: list[tuple[int, str]]) -> str:
    candidates = [name for _, name in unknown if SAFE_NAME.fullmatch(name)]
    hints = []
    for column in required:
        alike = find_alike(column, unknown)
        near = get_close_matches(column, candidates, n=1, cutoff=0.6)
        hint = alike or (f"is {near[0]} meant?" if near else None)
        hints.append(f"{column} ({hint})" if hint else column)
    return f"the header has no column {', '.join(hints)}. Export it with the names of the extract layouts."


def _shown(name: str, position: int) -> str:
    """The name of an unknown column; its position where it does not look like a name, so that no value shows."""
    return name if SAFE_NAME.fullmatch(name) else f"column {position + 1}"
