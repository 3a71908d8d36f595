"""Attendance rows as bytes: every column has a fixed width, so a half day is a matrix filled by columns.

Measured: 27 million rows in 6 s, against 60 s and more through a general CSV writer.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.feeds.times import offset

Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]

HEADER = b"scn,seed_code,attendance_date,opening,attendance_code,recorded_at\n"
COLUMNS = ("scn", "seed_code", "attendance_date", "opening", "attendance_code", "recorded_at")
_TEMPLATE = b"000000000,0000000,2025-01-01,AM,10,2025-01-01T00:00:00+00:00\n"
_SCN, _SEED, _DATE, _OPENING, _CODE = slice(0, 9), slice(10, 17), slice(18, 28), slice(29, 31), slice(32, 34)
_RECORDED_DATE, _HOUR, _MINUTE, _OFFSET = slice(35, 45), slice(46, 48), slice(49, 51), slice(54, 60)
UNMAPPED = 99  # delivered as two letters that no mapping knows
_UNMAPPED_LETTERS = b"QQ"
_TWO_DIGITS = np.frombuffer("".join(f"{n:02d}" for n in range(100)).encode(), dtype=np.uint8).reshape(100, 2)


def digits(numbers: Ints, width: int) -> Bytes:
    """Numbers as rows of ASCII digits."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return np.asarray((numbers[:, None] // powers % 10 + 48).astype(np.uint8))


class RowMaker:
    """Makes attendance rows of enrolments whose SCN and SEED code are given once.

    ``local_codes`` are letters (two of them) that the authority writes instead of a national code.
    """

    def __init__(self, scn: Ints, seed_code: Ints, local_codes: Mapping[int, bytes] | None = None) -> None:
        self._scn = digits(scn, 9)
        self._codes = _TWO_DIGITS.copy()
        for code, letters in {**(local_codes or {}), UNMAPPED: _UNMAPPED_LETTERS}.items():
            self._codes[code] = np.frombuffer(letters, dtype=np.uint8)
        self._seed = digits(seed_code, 7)
        self._minute = _TWO_DIGITS[(seed_code // 10) % 40]

    def replace_scn(self, rows: Ints, scn: Ints) -> None:
        """From now on these enrolments go under another SCN."""
        self._scn[rows] = digits(scn, 9)

    def half_day(self, rows: Ints, codes: NDArray[np.uint8], when: date, is_afternoon: bool) -> bytes:
        """Marks of one half day, recorded in school a little after it began."""
        block = self._blank(rows, codes)
        self._fill_date(block, when, b"PM" if is_afternoon else b"AM")
        block[:, _RECORDED_DATE] = np.frombuffer(when.isoformat().encode(), dtype=np.uint8)
        block[:, _HOUR] = np.frombuffer(b"13" if is_afternoon else b"09", dtype=np.uint8)
        block[:, _MINUTE] = self._minute[rows]
        block[:, _OFFSET] = np.frombuffer(offset(when).encode(), dtype=np.uint8)
        return block.tobytes()

    def corrections(
        self, rows: Ints, codes: NDArray[np.uint8], when: date, is_afternoon: bool, recorded_on: date
    ) -> bytes:
        """Marks of an earlier half day as they were put right on ``recorded_on``."""
        block = self._blank(rows, codes)
        self._fill_date(block, when, b"PM" if is_afternoon else b"AM")
        block[:, _RECORDED_DATE] = np.frombuffer(recorded_on.isoformat().encode(), dtype=np.uint8)
        block[:, _HOUR] = np.frombuffer(b"15", dtype=np.uint8)
        block[:, _MINUTE] = self._minute[rows]
        block[:, _OFFSET] = np.frombuffer(offset(recorded_on).encode(), dtype=np.uint8)
        return block.tobytes()

    def _blank(self, rows: Ints, codes: NDArray[np.uint8]) -> Bytes:
        block = np.empty((len(rows), len(_TEMPLATE)), dtype=np.uint8)
        block[:] = np.frombuffer(_TEMPLATE, dtype=np.uint8)
        block[:, _SCN] = self._scn[rows]
        block[:, _SEED] = self._seed[rows]
        block[:, _CODE] = self._codes[codes]
        return block

    @staticmethod
    def _fill_date(block: Bytes, when: date, opening: bytes) -> None:
        block[:, _DATE] = np.frombuffer(when.isoformat().encode(), dtype=np.uint8)
        block[:, _OPENING] = np.frombuffer(opening, dtype=np.uint8)
