"""The order-free checksum of rows, as PostgreSQL makes it.

There it is ``bit_xor(hashint8extended((_file_id::bigint << 32) | _row_number, 0))``. Here it is made from the rows as
they leave the validator, so that it stands against what the database says it holds.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

START = (0x9E3779B9 + 4 + 3923095) & 0xFFFFFFFF  # PostgreSQL's hash of four bytes begins with this in each of three
ROTATIONS = ((2, 1, 14), (0, 2, 11), (1, 0, 25), (2, 1, 16), (0, 2, 4), (1, 0, 14), (2, 1, 24))
Numbers = NDArray[np.int32]


@dataclass
class KeyChecksums:
    """Checksum and count of the rows of one file, by SEED code (0 for feeds without one)."""

    file_id: int
    rows: int = 0
    by_establishment: dict[int, int] = field(default_factory=dict)

    def add(self, seed_codes: Numbers, row_numbers: Numbers) -> None:
        """Count rows in: of each its SEED code and its number in the file."""
        if not row_numbers.size:
            return
        hashes = row_hashes(self.file_id, row_numbers)
        order = np.argsort(seed_codes, kind="stable")
        codes, starts = np.unique(seed_codes[order], return_index=True)
        sums = np.bitwise_xor.reduceat(hashes[order], starts)
        for code, checksum in zip(codes.tolist(), sums.tolist(), strict=True):
            self.by_establishment[code] = self.by_establishment.get(code, 0) ^ checksum
        self.rows += row_numbers.size


def row_hashes(file_id: int, row_numbers: Numbers) -> NDArray[np.int64]:
    """``hashint8extended((file_id << 32) | row_number, 0)`` of each row number, without a database."""
    words = [np.full(row_numbers.size, START, np.uint32) for _ in range(3)]
    words[0] += row_numbers.astype(np.uint32) ^ np.uint32(file_id)
    for target, source, bits in ROTATIONS:
        words[target] ^= words[source]
        words[target] -= (words[source] << np.uint32(bits)) | (words[source] >> np.uint32(32 - bits))
    return ((words[1].astype(np.uint64) << np.uint64(32)) | words[2]).view(np.int64)
