"""The cheapest further figures to hide where a protected one can still be bounded: programs with slack (RULES 35).

Each shown figure may differ from what it is, at a price; the program asks for the cheapest such differences with which
the protected figure could be five or more. The figures that differ are hidden.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack

from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray
from orchestration.release.engine.programs import TOLERANCE, Block, beyond_help, solve
from orchestration.release.highs import FloatArray


def loss_of(values: FloatArray) -> FloatArray:
    """What hiding a figure loses: its logarithm, so that a large one weighs more, but not as its persons do."""
    return np.asarray(np.log2(1.0 + values))


@dataclass
class Slack:
    """A block whose shown figures may differ at a price; ``price`` falls to nothing for those chosen already."""

    block: Block
    may_hide: BoolArray
    price: FloatArray = field(init=False)
    equal: csr_array = field(init=False)
    chosen: set[int] = field(default_factory=set)
    rows: npt.NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        cells = self.block.cells_shown
        self.rows = np.flatnonzero((cells >= 0) & self.may_hide[np.maximum(cells, 0)])
        count = len(self.rows)
        pick = csr_array((np.ones(count), (self.rows, np.arange(count))), shape=(len(cells), count))
        self.equal = csr_array(hstack([self.block.shown, pick, -pick]))

    def prices(self, system: System) -> None:
        """Set the price of each figure that may differ."""
        cells = self.block.cells_shown[self.rows]
        self.price = loss_of(system.values[cells].astype(np.float64))
        self.price[np.isin(cells, sorted(self.chosen))] = 0.0

    def free(self, targets: Sequence[int]) -> FloatArray | None:
        """Hidden figures in the cheapest solution in which all these are enough, and choose what it costs.

        None where there is none, whatever is hidden.
        """
        block, count = self.block, len(self.rows)
        columns = block.hidden.shape[1]
        if not columns:
            return None
        cost = np.concatenate([np.zeros(columns), self.price, self.price])
        least = block.floor.copy()
        least[list(targets)] = block.enough[list(targets)]
        found = solve(
            cost,
            block.hidden,
            least,
            self.equal,
            block.amounts,
        )
        if found is None:
            return None
        moved = found[columns : columns + count] + found[columns + count :]
        for position in np.flatnonzero(moved > TOLERANCE).tolist():
            self.chosen.add(int(block.cells_shown[self.rows[position]]))
            self.price[position] = 0.0
        return np.asarray(block.hidden @ found[:columns])


def _apart(system: System, block: Block, targets: Sequence[int]) -> list[list[int]]:
    """Targets in batches of which none has two of a place: those seldom stand in each other's way."""
    batches: list[list[int]] = []
    seen: dict[str, int] = {}
    for target in targets:
        place = system.cells[int(block.cells_hidden[target])].place
        number = seen.get(place, 0)
        seen[place] = number + 1
        if number == len(batches):
            batches.append([])
        batches[number].append(target)
    return batches


def cheapest(
    system: System, block: Block, targets: Sequence[int], may_hide: BoolArray, chosen: Collection[int] = ()
) -> tuple[set[int], list[int]]:
    """Cells to hide so that no target of a block is bounded, and targets that nothing in the block can help.

    ``chosen`` are cells that are to be hidden anyway.
    """
    slack = Slack(block, may_hide, chosen=set(chosen))
    slack.prices(system)
    helpless = beyond_help(block, targets, np.asarray(slack.rows, dtype=np.int64))
    left = [target for target in targets if target not in set(helpless)]
    while left:
        batch = _apart(system, block, left)[0]
        found = slack.free(batch)
        if found is None and len(batch) > 1:
            batch = batch[:1]
            found = slack.free(batch)
        if found is None:
            helpless += batch
            left = [other for other in left if other not in batch]
            continue
        left = [other for other in left if found[other] < block.enough[other] - TOLERANCE]
    return slack.chosen, helpless
