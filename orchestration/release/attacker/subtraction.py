"""What anybody works out with paper and pencil: a hidden figure alone in its sum, or two that add up to 2."""

from dataclasses import dataclass

from orchestration.release.attacker.bounds import bounded
from orchestration.release.attacker.puzzle import Puzzle
from orchestration.release.thresholds import SMALL


@dataclass(frozen=True)
class Given:
    """Names of hidden figures that are given away: by one subtraction, by a sum of two, by programs, in this order.

    A figure is counted where it is found first. Programs find those that must lie between 1 and 4. What is said of
    ``contradicting`` figures cannot all be true, as where a group is hidden with its zeros.
    """

    alone: tuple[str, ...]
    of_two: tuple[str, ...]
    by_programs: tuple[str, ...]
    contradicting: tuple[str, ...]


def given_away(puzzle: Puzzle) -> Given:
    """Find what a puzzle gives away; only figures of 1 to 4 count."""
    figure_of = {}
    for number, figure in enumerate(puzzle.hidden):
        columns = puzzle.asked.indices[puzzle.asked.indptr[number] : puzzle.asked.indptr[number + 1]]
        if len(columns) == 1:
            figure_of[int(columns[0])] = figure
    alone: dict[str, None] = {}
    of_two: dict[str, None] = {}
    for number, amount in enumerate(puzzle.amounts):
        columns = puzzle.known.indices[puzzle.known.indptr[number] : puzzle.known.indptr[number + 1]]
        if len(columns) == 1 and 0 < amount < SMALL:
            alone[figure_of[int(columns[0])].name] = None
        least = [figure_of[int(column)].least for column in columns]
        if len(columns) == 2 and amount == 2 and least == [1.0, 1.0]:
            of_two |= dict.fromkeys(figure_of[int(column)].name for column in columns)
    of_two = {name: None for name in of_two if name not in alone}
    found = bounded(puzzle)
    wrong = tuple(one.name for one in found if one.low != one.low)
    by_hand = {*alone, *of_two, *wrong}
    return Given(tuple(alone), tuple(of_two), tuple(one.name for one in found if one.name not in by_hand), wrong)
