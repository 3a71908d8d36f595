"""Order-free hashes of rows, as PostgreSQL makes them, from the rows as they leave the validator.

So they stand against what the database says it holds. Two kinds:

- ``row_hashes``, ``bit_xor(hashint8extended((_file_id::bigint << 32) | _row_number, 0))``: which rows;
- ``MarkContents``, the functions ``control.mark_hash`` and its fellows (``contents.sql``): what they say.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

START = (0x9E3779B9 + 4 + 3923095) & 0xFFFFFFFF  # PostgreSQL's hash of four bytes begins with this in each of three
FINAL = ((2, 1, 14), (0, 2, 11), (1, 0, 25), (2, 1, 16), (0, 2, 4), (1, 0, 14), (2, 1, 24))
MIX = ((0, 2, 4, 1), (1, 0, 6, 2), (2, 1, 8, 0), (0, 2, 16, 1), (1, 0, 19, 2), (2, 1, 4, 0))
HALF = np.uint64(32)
BITS_31 = np.uint64(0x7FFFFFFF)
EPOCH_DAYS = 10_957  # from 1970 to 2000
Numbers = NDArray[np.int32]
Hashes = NDArray[np.uint64]
Words = list[NDArray[np.uint32]]


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


@dataclass
class MarkContents:
    """Sums of the hashes of marks, by SEED code and code as delivered: of all but the code.

    ``halves`` has ``hashtext`` of AM and PM. The database multiplies each sum by the hash of its code.
    """

    salt: int
    halves: dict[str, int]
    by_code: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of ``raw.attendance`` in."""
        if not batch.num_rows:
            return
        opening = batch.column("opening").dictionary_encode()
        halves = np.array([self.halves[str(value)] for value in opening.dictionary.to_pylist()], np.int32)
        days = batch.column("attendance_date").cast(pa.int32()).to_numpy() - np.int32(EPOCH_DAYS)
        times = batch.column("recorded_at").cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
        seed = np.full(batch.num_rows, self.salt & 0xFFFFFFFFFFFFFFFF, np.uint64)
        hashes = number_hashes(batch.column("_row_number").to_numpy(), seed)
        hashes = long_hashes(times - EPOCH_DAYS * 86_400_000_000, hashes)
        hashes = number_hashes(days ^ halves[opening.indices.to_numpy()], hashes) & BITS_31
        products = hashes * (number_hashes(batch.column("scn").to_numpy(), seed) & BITS_31)
        places = batch.column("seed_code").dictionary_encode()
        codes = batch.column("attendance_code").dictionary_encode()
        found = len(codes.dictionary)
        groups = places.indices.to_numpy().astype(np.int64) * found + codes.indices.to_numpy()
        size = len(places.dictionary) * found
        # doubles hold sums of 32 bits exactly
        low = np.bincount(groups, (products & np.uint64(0xFFFFFFFF)).astype(np.float64), size)
        high = np.bincount(groups, (products >> HALF).astype(np.float64), size)
        for number in np.flatnonzero(np.bincount(groups, minlength=size)).tolist():
            key = (places.dictionary[number // found].as_py(), codes.dictionary[number % found].as_py())
            self.by_code[key] = self.by_code.get(key, 0) + (int(high[number]) << 32) + int(low[number])


def row_hashes(file_id: int, row_numbers: Numbers) -> NDArray[np.int64]:
    """``hashint8extended((file_id << 32) | row_number, 0)`` of each row number, without a database."""
    words = _words(row_numbers.size)
    words[0] += row_numbers.astype(np.uint32) ^ np.uint32(file_id)
    return _finished(words).view(np.int64)


def number_hashes(numbers: Numbers, seeds: Hashes) -> Hashes:
    """``hashint4extended(number, seed)`` of each number with its seed, which is not 0."""
    words = _seeded(seeds)
    words[0] += numbers.astype(np.int32).view(np.uint32)
    return _finished(words)


def long_hashes(numbers: NDArray[np.int64], seeds: Hashes) -> Hashes:
    """``hashint8extended(number, seed)`` of each number with its seed, which is not 0; an interval's is the same."""
    bits = numbers.view(np.uint64)
    high = (bits >> HALF).astype(np.uint32)
    folded = bits.astype(np.uint32) ^ np.where(numbers >= 0, high, ~high)
    return number_hashes(folded.view(np.int32), seeds)


def _words(size: int) -> Words:
    return [np.full(size, START, np.uint32) for _ in range(3)]


def _seeded(seeds: Hashes) -> Words:
    words = _words(seeds.size)
    words[0] += (seeds >> HALF).astype(np.uint32)
    words[1] += seeds.astype(np.uint32)
    for target, source, bits, third in MIX:
        words[target] -= words[source]
        words[target] ^= _rotated(words[source], bits)
        words[source] += words[third]
    return words


def _finished(words: Words) -> Hashes:
    for target, source, bits in FINAL:
        words[target] ^= words[source]
        words[target] -= _rotated(words[source], bits)
    return (words[1].astype(np.uint64) << HALF) | words[2]


def _rotated(word: NDArray[np.uint32], bits: int) -> NDArray[np.uint32]:
    return (word << np.uint32(bits)) | (word >> np.uint32(32 - bits))
