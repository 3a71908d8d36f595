"""Numbers with check digits, as the real ones have: Scottish Candidate Numbers and SEED codes.

SCN: two digits for the year of issue, six that are arbitrary, one check digit; weights 3 2 7 6 5 4 3 2,
sum modulo 11, taken from 11, a remainder of 0 gives 0 and numbers whose check would be 10 are not issued.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_SCN_WEIGHTS = np.array([3, 2, 7, 6, 5, 4, 3, 2])
_BLOCKS = 40  # more than there are authorities: each draws its serial numbers from a block of its own
_SERIALS = 1_000_000
_STEP = 387_421  # without a common factor with a million, so that every serial number is met once
_SEEMIS_STEP = 3_870_409


def scn_check_digits(heads: Ints) -> Ints:
    """Check digit of each eight-digit head; 10 where no number is issued."""
    digits = (heads[:, None] // 10 ** np.arange(7, -1, -1)) % 10
    remainder = digits @ _SCN_WEIGHTS % 11
    return np.where(remainder == 0, 0, 11 - remainder)


def seed_check_digit(head: int) -> int:
    """Check digit of the first six digits of a SEED code (weights 7 to 2; 11 gives 0 and 10 is written 0)."""
    total = sum(weight * int(digit) for weight, digit in zip(range(7, 1, -1), f"{head:06d}", strict=True))
    return (11 - total % 11) % 11 % 10


class ScnIssuer:
    """Issues SCNs of one authority: unique in it, over all authorities and over all years of issue."""

    def __init__(self, block: int) -> None:
        if not 0 <= block < _BLOCKS:
            raise ValueError(f"There are {_BLOCKS} blocks of serial numbers, and {block} is not one.")
        self._block = block
        self._next: dict[int, int] = {}

    def issue(self, years: Ints) -> Ints:
        """One SCN for each year of issue (such as 2005), in the given order."""
        numbers = np.zeros(len(years), dtype=np.int64)
        for year in np.unique(years).tolist():
            places = np.flatnonzero(years == year)
            numbers[places] = self._of_year(year % 100, len(places))
        return numbers

    def _of_year(self, two_digits: int, count: int) -> Ints:
        start = self._next.get(two_digits, 0)
        # one head in eleven has no valid check digit, so a few more are drawn than needed
        drawn = np.arange(start, start + count + count // 8 + 30, dtype=np.int64)
        size = _SERIALS // _BLOCKS
        if drawn[-1] >= size:
            raise ValueError(f"No SCNs are left in the block for year of issue {two_digits:02d}.")
        serial = ((self._block * size + drawn) * _STEP + 129_281) % _SERIALS
        heads = two_digits * _SERIALS + serial
        checks = scn_check_digits(heads)
        good = np.flatnonzero(checks < 10)[:count]
        self._next[two_digits] = int(drawn[good[-1]]) + 1 if count else start
        return heads[good] * 10 + checks[good]


def seemis_ids(scotxed_code: int, numbers: Ints) -> list[str]:
    """SEEMiS ids of ten digits: the authority's code and a number that says nothing about the order."""
    scrambled = (numbers * _SEEMIS_STEP + 1_234_567) % 10_000_000
    return [f"{scotxed_code:03d}{number:07d}" for number in scrambled.tolist()]
