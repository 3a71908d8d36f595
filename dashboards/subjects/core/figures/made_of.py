"""What a change is made of: how much of a fall or rise of attendance each group of pupils accounts for.

Like stands beside like: half days attended of those possible, of the same groups in the same months of two years. A
group's share of a change is its own change of rate, weighted by its mean share of half days in the two years; what is
left is a change in who is in school, and is said to be that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.kit.charts.sentences import in_sentence
from dashboards.kit.formats import Figure, change, listed, one_decimal

MOST_NAMED = 3
HALF = Decimal("0.5")
FRACTIONS = (
    (Decimal("0.5"), "half"),
    (Decimal("0.6667"), "two thirds"),
    (Decimal("0.75"), "three quarters"),
    (Decimal("0.9"), "nine tenths"),
    (Decimal(1), "all"),
)
MORE_THAN_ALL = Decimal("1.05")
LEAST_SHARED_OUT = Decimal("0.3")
"""Percentage points: of less nothing is shared out, since groups that moved both ways would seem to make it."""


@dataclass(frozen=True)
class Part:
    """Half days of a group of pupils, attended and possible, in this year and in the same months of the year before."""

    name: str
    attended: int
    possible: int
    attended_before: int
    possible_before: int

    @property
    def now(self) -> Figure:
        """Attendance of the group."""
        return _rate(self.attended, self.possible)

    @property
    def before(self) -> Figure:
        """Attendance of the group a year before."""
        return _rate(self.attended_before, self.possible_before)


@dataclass(frozen=True)
class Move:
    """How much of a change a group accounts for: ``points`` in percentage points, not rounded."""

    part: Part
    points: Decimal


@dataclass(frozen=True)
class MadeOf:
    """A change taken apart; ``moves`` in the order of its parts, ``points`` of the whole not rounded."""

    now: Figure
    before: Figure
    points: Decimal
    moves: tuple[Move, ...]

    @property
    def change(self) -> Figure:
        """The change as written: of the two rates as they are written."""
        return self.now.minus(self.before)

    @property
    def leading(self) -> tuple[Move, ...]:
        """The fewest groups (``MOST_NAMED`` at most) that account for half of the change or more; else none."""
        sign = 1 if self.points > 0 else -1
        found: list[Move] = []
        for move in sorted(self.moves, key=lambda move: -sign * move.points)[:MOST_NAMED]:
            if sign * move.points <= 0:
                break
            found.append(move)
            if self.share(found) >= HALF:
                return tuple(found)
        return ()

    def share(self, moves: Sequence[Move]) -> Decimal:
        """Which share of the change these groups account for: 1 is all of it, more is more than all."""
        return sum((move.points for move in moves), Decimal(0)) / self.points if self.points else Decimal(0)


def made_of(parts: Sequence[Part]) -> MadeOf | None:
    """A change taken apart into groups that have half days in both years; None where there is none."""
    known = [part for part in parts if part.possible and part.possible_before]
    if not known:
        return None
    whole = Part("", *(sum(column) for column in zip(*map(_counts, known), strict=True)))
    now, before = whole.now, whole.before
    moves = tuple(Move(part, _points(part, whole)) for part in known)
    return MadeOf(now, before, 100 * (_value(now) - _value(before)), moves)


def _counts(part: Part) -> tuple[int, int, int, int]:
    return (part.attended, part.possible, part.attended_before, part.possible_before)


def _points(part: Part, whole: Part) -> Decimal:
    weight = Decimal(part.possible) / whole.possible + Decimal(part.possible_before) / whole.possible_before
    return 100 * (weight / 2) * (_value(part.now) - _value(part.before))


def _rate(attended: int, possible: int) -> Figure:
    return Figure(Decimal(attended) / possible) if possible else Figure(None, "[z]")


def _value(figure: Figure) -> Decimal:
    return Decimal(figure.value or 0)


def sentence_of(found: MadeOf) -> str:
    """What the change is made of, as in ``About two thirds of the fall (0.6 of 0.9 percentage points) is S3``."""
    if abs(found.points) < LEAST_SHARED_OUT:
        return _both_ways(found)
    word = "fall" if found.points < 0 else "rise"
    leading = found.leading
    names = listed([in_sentence(move.part.name) for move in leading])
    if not leading:
        return f"The {word} is spread over many groups: no {MOST_NAMED} of them make half of it."
    points = abs(sum((move.points for move in leading), Decimal(0)))
    share = found.share(leading)
    size = f"{_written(points)} of {_written(abs(found.points))} percentage points"
    if share > MORE_THAN_ALL:
        verb = "fell" if found.points < 0 else "rose"
        beside = f"{_written(points)} against {_written(abs(found.points))} percentage points"
        return f"{names[:1].upper()}{names[1:]} {verb} by more than the whole ({beside}); the rest went the other way."
    return f"{fraction(share)} of the {word} ({size}) is {names}."


def fraction(share: Decimal) -> str:
    """A share in words, by the nearest: ``About two thirds``; ``All`` where it is all of it."""
    value, word = min(FRACTIONS, key=lambda pair: abs(pair[0] - share))
    return word.capitalize() if value == 1 else f"About {word}"


def _both_ways(found: MadeOf) -> str:
    """The groups that moved most, where the whole has hardly moved."""
    moved = [(move.part.now.minus(move.part.before).value or 0, move.part) for move in found.moves]
    low, high = min(moved, key=lambda pair: pair[0]), max(moved, key=lambda pair: pair[0])
    said = []
    if low[0] < 0:
        said.append(f"{in_sentence(low[1].name)} fell most ({change(low[0]).removeprefix('down ')})")
    if high[0] > 0:
        said.append(f"{in_sentence(high[1].name)} rose most ({change(high[0]).removeprefix('up ')})")
    text = listed(said) or "no group has changed"
    return f"{text[:1].upper()}{text[1:]}."


def _written(points: Decimal) -> str:
    return one_decimal(points)
