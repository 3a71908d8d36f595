"""What the bytes of a file say of its records, and where reading them stops."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Bounds:
    """Where reading stops: records that hold something, and bytes after decompression. None: no bound of that kind."""

    rows: int | None = None
    bytes: int | None = None


NO_BOUNDS = Bounds()


@dataclass
class Structure:
    """What the bytes of a file say: header, number of records, records that do not fit the header.

    ``hollow`` records are nothing but commas; they are among ``records``.
    """

    header: bytes = b""
    records: int = 0
    hollow: int = 0
    has_byte_order_mark: bool = False
    has_crlf: bool = False
    width: int = 0
    misfits: list[tuple[Positions, Positions]] = field(default_factory=list)
    oversized: list[tuple[int, int]] = field(default_factory=list)

    def wrong_column_counts(self) -> tuple[Positions, Positions]:
        """Record numbers with another number of fields than the header, and that number."""
        if not self.misfits:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        return np.concatenate([rows for rows, _ in self.misfits]), np.concatenate([n for _, n in self.misfits])
