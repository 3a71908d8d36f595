"""Turns absent openings into marks: spells of sickness, holidays beside holidays, weekdays, months, reasons.

Codes are the national ones as numbers; 0 means that there is no mark.
"""

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.calendars import SchoolYear
from orchestration.synthetic.world.openings import Openings

Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

EXTENDED_LEAVE, PRESENT, LATE, WORK, SICK_AT_WORK = 2, 10, 11, 12, 13
HOLIDAY, EXCLUDED = 30, 40

# Shares of absent openings by reason, holidays and exclusions apart. Latest published: sickness 4.8 and
# unauthorised 3.8 percent of openings in 2023/24, secondary authorised 7.1 and unauthorised 5.2; the rest
# in the proportions of 2018/19.
_REASONS = np.array([20, 24, 23, 22, 21, 31, 33, 32], dtype=np.uint8)
_SHARES = {
    False: np.array([0.640, 0.085, 0.018, 0.012, 0.002, 0.195, 0.040, 0.008]),
    True: np.array([0.510, 0.100, 0.015, 0.008, 0.002, 0.300, 0.058, 0.007]),
}
_TAKES_HOLIDAY = 0.9  # of pupils with absences enough; 1.1% of openings were unauthorised holidays in 2024/25
_EXCLUDED_PUPILS = {False: 0.01, True: 0.09}
_LATE_SHARE, _SICK_AT_WORK_SHARE, _EXTENDED = 0.022, 0.0008, 0.0015
_WORK_EXPERIENCE = 0.6  # of pupils in S4 have a week of it

# Sickness by month, January first, and by weekday, Monday first: choices, stronger in winter and on Fridays.
_MONTH = np.array([1.25, 1.2, 1.1, 0.95, 0.95, 1.1, 1.0, 0.7, 0.9, 1.0, 1.15, 1.3])
_WEEKDAY = np.array([1.12, 0.93, 0.92, 0.97, 1.18])
_CHUNK = 4096


def extended_leave(possible: Flags, random: np.random.Generator) -> Flags:
    """Openings that a few pupils spend on extended leave with parental consent (code 02, not counted)."""
    leave = np.zeros_like(possible)
    for at in np.flatnonzero(random.random(len(possible)) < _EXTENDED).tolist():
        first = int(random.integers(possible.shape[1]))
        leave[at, first : first + int(random.integers(20, 50))] = True
    return np.asarray(leave & possible)


def marks_of_year(
    possible: Flags,
    leave: Flags,
    absent: Ints,
    is_secondary: Flags,
    is_s4: Flags,
    year: SchoolYear,
    openings: Openings,
    random: np.random.Generator,
) -> Codes:
    """The mark of each enrolment (rows) at each half day (columns), exactly ``absent`` of them absences."""
    codes = np.zeros(possible.shape, dtype=np.uint8)
    bias = _bias(openings)
    beside = np.repeat(year.beside_holiday(), 2)
    for first in range(0, len(possible), _CHUNK):
        rows = slice(first, first + _CHUNK)
        counted = possible[rows] & ~leave[rows]
        codes[rows] = _chunk(counted, absent[rows], is_secondary[rows], is_s4[rows], bias, beside, random)
    codes[leave] = EXTENDED_LEAVE
    return codes


def _bias(openings: Openings) -> NDArray[np.float32]:
    months = openings.days.astype("datetime64[M]").astype(np.int64) % 12
    weekdays = (openings.days.astype(np.int64) + 3) % 7
    return np.repeat(_MONTH[months] * _WEEKDAY[weekdays], 2).astype(np.float32)


def _chunk(
    counted: Flags,
    absent: Ints,
    is_secondary: Flags,
    is_s4: Flags,
    bias: NDArray[np.float32],
    beside: Flags,
    random: np.random.Generator,
) -> Codes:
    score = _spell_scores(counted.shape, bias, random)
    holiday = _blocks(counted, absent, beside, _TAKES_HOLIDAY, (6, 11), 8, random)
    score[holiday] += 1000
    excluded = _exclusions(counted, absent, is_secondary, random) & ~holiday
    score[excluded] += 900
    score[~counted] = -1
    order = np.argsort(-score, axis=1, kind="stable")
    chosen = np.arange(counted.shape[1])[None, :] < absent[:, None]
    away = np.zeros_like(counted)
    np.put_along_axis(away, order, chosen, axis=1)
    codes = _reasons(away, is_secondary, random)
    codes[away & holiday] = HOLIDAY
    codes[away & excluded] = EXCLUDED
    _attended(codes, counted & ~away, is_s4, random)
    return codes


def _spell_scores(
    shape: tuple[int, ...], bias: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.float32]:
    """Scores of which the highest are taken: an event lasts 2 to 4 openings with falling score, so spells form."""
    draw = random.random(shape, dtype=np.float32)
    event = bias / np.maximum(-np.log(np.maximum(draw, 1e-9)), 1e-6)
    length = random.integers(1, 5, size=shape, dtype=np.uint8)
    score = event.copy()
    for shift in range(1, 4):
        lasting = np.where(length[:, :-shift] > shift, event[:, :-shift] * (1 - 0.04 * shift), 0)
        np.maximum(score[:, shift:], lasting, out=score[:, shift:])
    return np.asarray(score.astype(np.float32))


def _blocks(
    counted: Flags,
    absent: Ints,
    near: Flags,
    share: float,
    length: tuple[int, int],
    least: int,
    random: np.random.Generator,
) -> Flags:
    """A run of openings for a share of the pupils who are absent often enough, begun where ``near`` says."""
    block = np.zeros_like(counted)
    takers = np.flatnonzero((absent >= least) & (random.random(len(absent)) < share))
    places = np.flatnonzero(near)
    if not len(takers) or not len(places):
        return block
    size = np.minimum(random.integers(*length, size=len(takers)), absent[takers])
    begin = random.choice(places, size=len(takers)) // 2 * 2
    column = np.arange(counted.shape[1])
    block[takers] = (column >= begin[:, None]) & (column < (begin + size)[:, None])
    return np.asarray(block & counted)


def _exclusions(counted: Flags, absent: Ints, is_secondary: Flags, random: np.random.Generator) -> Flags:
    everywhere = np.ones(counted.shape[1], dtype=bool)
    both = np.zeros_like(counted)
    for secondary in (False, True):
        rows = np.flatnonzero(is_secondary == secondary)
        both[rows] = _blocks(counted[rows], absent[rows], everywhere, _EXCLUDED_PUPILS[secondary], (2, 9), 25, random)
    return both


def _reasons(away: Flags, is_secondary: Flags, random: np.random.Generator) -> Codes:
    """One reason for each spell; a spell is broken at the end of a week, so that long ones have several."""
    columns = np.arange(away.shape[1], dtype=np.int16)
    begins = away.copy()
    begins[:, 1:] &= ~away[:, :-1]
    begins |= away & (columns % 10 == 0)
    start = np.maximum.accumulate(np.where(begins, columns, 0), axis=1)
    draw = np.take_along_axis(random.random(away.shape, dtype=np.float32), start.astype(np.int64), axis=1)
    codes = np.zeros(away.shape, dtype=np.uint8)
    for secondary in (False, True):
        rows = np.flatnonzero(is_secondary == secondary)
        steps = np.cumsum(_SHARES[secondary])[:-1].astype(np.float32)
        codes[rows] = _REASONS[np.searchsorted(steps, draw[rows])]
    codes[~away] = 0
    return codes


def _attended(codes: Codes, there: Flags, is_s4: Flags, random: np.random.Generator) -> None:
    """Present, late (mostly in the morning, mostly the same pupils), work experience, sick but taught."""
    codes[there] = PRESENT
    draw = random.random(there.shape, dtype=np.float32)
    often = random.gamma(0.6, 1 / 0.6, size=len(there)).astype(np.float32)
    half = np.where(np.arange(there.shape[1]) % 2 == 0, 1.55, 0.45).astype(np.float32)
    late = there & (draw < np.minimum(_LATE_SHARE * 1.1 * often, 0.45)[:, None] * half)
    codes[late] = LATE
    codes[there & (draw > 1 - _SICK_AT_WORK_SHARE)] = SICK_AT_WORK
    for at in np.flatnonzero(is_s4 & (random.random(len(there)) < _WORK_EXPERIENCE)).tolist():
        week = 10 * int(random.integers(10, 26))
        codes[at, week : week + 10][there[at, week : week + 10]] = WORK
