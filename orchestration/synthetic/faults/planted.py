"""What is planted into files, and how it is told in ``truth.json``."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from orchestration.synthetic.files import csv_bytes, header_line

_SCOTXED = {"no": "99", "at_home": "01", "away": "02"}
_SCOTXED_LEVELS = {
    "new": "01", "early": "02", "developing": "03", "competent": "04", "fluent": "05",
    "first_language": "EN", "limited_communication": "LC", "not_assessed": "NA",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One planted fault and what must become of it.

    ``outcome`` is ``rejected``, ``warning``, ``quarantined``, ``refused``, ``set_aside``, ``held_identity``,
    ``identity_issue``, ``withdrawn`` or ``counted`` (it must stand, whatever the reason given says); ``row`` counts
    records from 1; ``folder`` is what has to be put over the delivery, once that has landed, for the fault to show.
    No value that identifies is told.
    """

    delivery: str
    outcome: str
    reason: str
    feed: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    folder: str | None = None

    def entry(self) -> dict[str, Any]:
        """The fault's entry in the truth, without what does not apply."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass
class Dressed:
    """A snapshot as it will be written: the good rows, bad ones before and after them, and its bytes' habits."""

    table: pa.Table
    front: list[list[str]] = field(default_factory=list)
    back: list[list[str]] = field(default_factory=list)
    extra_establishments: list[str] = field(default_factory=list)
    byte_order_mark: bool = False
    carriage_returns: bool = False

    @property
    def extra_rows(self) -> int:
        """How many rows are planted."""
        return len(self.front) + len(self.back)

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes."""
        for chunk in self._lines():
            yield chunk.replace(b"\n", b"\r\n") if self.carriage_returns else chunk

    def _lines(self) -> Iterator[bytes]:
        if self.byte_order_mark:
            yield b"\xef\xbb\xbf"
        yield header_line(self.table.column_names)
        yield lines(self.front)
        yield csv_bytes(self.table)
        yield lines(self.back)


@dataclass
class ExtraLines:
    """Planted attendance rows at the end of a file, with the establishments they are counted under."""

    lines: list[bytes] = field(default_factory=list)
    establishments: list[str] = field(default_factory=list)


def lines(rows: list[list[str]]) -> bytes:
    """Rows as CSV, quoted where a value has a comma."""
    return "".join(",".join(f'"{value}"' if "," in value else value for value in row) + "\n" for row in rows).encode()


def with_scotxed_numbers(table: pa.Table) -> pa.Table:
    """The pupils with looked-after and level of English in ScotXed's numbers."""
    for name, numbers in (("looked_after", _SCOTXED), ("english_level", _SCOTXED_LEVELS)):
        values = [numbers[str(value)] for value in table[name].to_pylist()]
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    return table
