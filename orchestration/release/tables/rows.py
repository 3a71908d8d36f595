"""Exact rows in, released rows out: what a decision of disclosure control makes of each row."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from psycopg import sql

from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.shapes import ContractError

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
WHOLE_PERCENT = Decimal("0.01")
SHARE = Decimal("0.00000001")
SCHOOLS = "schools_counted"
SUPPRESSED, NOT_AVAILABLE, NOT_APPLICABLE, LOW = "[c]", "[x]", "[z]", "[low]"


@dataclass(frozen=True)
class MartRows:
    """Rows of one mart and authority, by column; all columns have the same length."""

    contract: ReleaseContract
    columns: Mapping[str, list[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), []))

    def numbers(self, name: str) -> IntArray:
        """A column of counts; null and a missing column count as 0."""
        found = self.columns.get(name)
        if found is None:
            return np.zeros(len(self), dtype=np.int64)
        return np.array([0 if value is None else int(value) for value in found], dtype=np.int64)

    def required(self, name: str) -> list[Any]:
        """A column without which a row cannot be protected. Raises ``ContractError`` where it is missing."""
        if name not in self.columns:
            raise ContractError(f"{self.contract.mart} has no column {name}, so nobody knows who stands behind a row")
        return self.columns[name]

    def numbers_at(self, name: str, position: int) -> int:
        """One count of a column; null and a missing column count as 0."""
        found = self.columns.get(name)
        return int(found[position] or 0) if found is not None else 0

    def keys(self, names: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The values of some key columns as text, row by row."""
        return list(zip(*(map(str, self.columns[name]) for name in names), strict=True)) if len(self) else []

    def flags(self, name: str, value: str) -> BoolArray:
        """Rows in which a text column has a value."""
        found = self.columns.get(name)
        if found is None:
            return np.zeros(len(self), dtype=np.bool_)
        return np.array([item == value for item in found], dtype=np.bool_)


@dataclass
class Decision:
    """What is hidden of one mart's rows.

    ``rows`` hides a row whole; ``groups`` hides a group of measures of a row; ``cells`` a single measure;
    ``unavailable`` has rows of which a group is not available, where nothing is hidden;
    ``held`` has, by position, the row as it stands now, which is released again unchanged; ``values`` by measure and
    position a figure that stands as it was shown.
    """

    rows: BoolArray
    groups: dict[str, BoolArray] = field(default_factory=dict)
    cells: dict[str, BoolArray] = field(default_factory=dict)
    unavailable: dict[str, BoolArray] = field(default_factory=dict)
    held: dict[int, dict[str, Any]] = field(default_factory=dict)
    values: dict[str, dict[int, Any]] = field(default_factory=dict)

    @classmethod
    def nothing(cls, count: int) -> "Decision":
        """Nothing is hidden in ``count`` rows."""
        return cls(np.zeros(count, dtype=np.bool_))


def read_rows(
    connection: psycopg.Connection,
    contract: ReleaseContract,
    authority: str | None,
    relation: str | None = None,
    without_years: Collection[str] = (),
) -> MartRows:
    """Rows of an authority (or all, where None) out of the exact mart, or out of ``relation`` with its columns.

    ``without_years`` leaves out years, in marts whose rows belong to one.
    Ordered by key, so that the same state gives the same decisions.
    """
    schema, _, table = (relation or contract.relation).partition(".")
    columns = [column.name for column in (contract.released_columns if relation else contract.columns)]
    where = sql.SQL(" where local_authority_code = {}{}").format(
        sql.Literal(authority),
        sql.SQL(" and academic_year <> all({})").format(sql.Literal(sorted(without_years)))
        if without_years and contract.is_by_year
        else sql.SQL(""),
    )
    rows = connection.execute(
        sql.SQL("select {} from {}{} order by {}").format(
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.Identifier(schema, table),
            where if authority is not None and contract.has_authority else sql.SQL(""),
            sql.SQL(", ").join(map(sql.Identifier, contract.keys)),
        )
    ).fetchall()
    by_column: list[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in columns]
    return MartRows(contract, {name: list(values) for name, values in zip(columns, by_column, strict=True)})


def share(part: int, whole: int) -> Decimal | None:
    """A share as the database rounds it (``numeric(9, 8)``); None of nothing."""
    return (Decimal(part) / Decimal(whole)).quantize(SHARE, ROUND_HALF_UP) if whole else None


def whole_percent(value: Decimal | None) -> Decimal | None:
    """A share in whole percent, half up, as PostgreSQL's ``round(value, 2)`` (RULES 39)."""
    return None if value is None else value.quantize(WHOLE_PERCENT, ROUND_HALF_UP)


def _shown(name: str, value: Any) -> tuple[Any, str | None]:
    """A measure as released, and the symbol where it comes out null."""
    if value is None:
        return None, NOT_APPLICABLE
    if name == "completeness":
        rounded = whole_percent(Decimal(value))
        return (None, LOW) if rounded == 0 and value > 0 else (rounded, None)
    return value, None


def _count_no_schools(released: dict[str, list[Any]], contract: ReleaseContract, count: int) -> None:
    """Take back how many schools a row rests on where all of it is hidden: one school may mean one pupil (RULES 43)."""
    if SCHOOLS not in released or SCHOOLS in contract.keys:
        return
    symbols = [released[f"{group}_symbol"] for group in contract.groups]
    for position in range(count):
        is_hidden = any(symbol[position] == SUPPRESSED for symbol in symbols)
        if is_hidden and all(released[measure][position] is None for measure in contract.measures):
            released[SCHOOLS][position] = None


def released_rows(rows: MartRows, decision: Decision) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Released rows by key, in the order of ``contract.released_columns``."""
    contract = rows.contract
    names = [column.name for column in contract.released_columns]
    count = len(rows)
    never: BoolArray = np.zeros(count, dtype=np.bool_)
    withheld = rows.columns.get("withheld") or [None] * count
    released: dict[str, list[Any]] = {name: list(rows.columns.get(name, [None] * count)) for name in names}
    for group, measures in contract.groups.items():
        symbols: list[str | None] = [None] * count
        suppressed = decision.rows | decision.groups.get(group, never)
        not_available = decision.unavailable.get(group, never)
        for position in range(count):
            reason = withheld[position]
            symbol: str | None = None
            if suppressed[position]:
                symbol = SUPPRESSED
            elif not_available[position] or (reason is not None and (group != "pupils" or reason == "not_yet_due")):
                symbol = NOT_AVAILABLE
            for measure in measures:
                hidden = decision.cells.get(measure)
                if symbol is not None:
                    released[measure][position] = None
                elif hidden is not None and hidden[position]:
                    released[measure][position] = None
                    symbols[position] = SUPPRESSED
                else:
                    value = decision.values.get(measure, {}).get(position, released[measure][position])
                    value, why = _shown(measure, value)
                    released[measure][position] = value
                    symbols[position] = symbols[position] or why
            if symbol is not None:
                symbols[position] = symbol
        released[f"{group}_symbol"] = symbols
    _count_no_schools(released, contract, count)
    for name in decision.values.keys() - set(contract.measures):
        for position, value in decision.values[name].items():
            released[name][position] = value
    for position, standing in decision.held.items():
        for name in names:
            released[name][position] = standing[name]
    keys = zip(*(released[key] for key in contract.keys), strict=True)
    return dict(zip(keys, zip(*(released[name] for name in names), strict=True), strict=True)) if count else {}
