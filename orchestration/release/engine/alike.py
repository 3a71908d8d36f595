"""What says of a small cohort, though it counts more people, that none of the cohort has a result (RULES 33).

That nobody of a group of subjects has an A says so of each school with a few entries in it, too; that all have one says
that nobody has none.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from orchestration.release.engine.cells import System
from orchestration.release.engine.model import BoolArray, IntArray
from orchestration.release.engine.suppress import Wanted


@dataclass(frozen=True)
class KeptAlike:
    """What is asked of each cell with that: ``beyond`` has cells of which nothing helps if they follow all the same.

    They are empty cells that nobody shows, since what readers knew before may tell them, and those of small cohorts
    within a figure that was shown before.
    """

    wanted: Wanted
    beyond: IntArray

    def without(self, lost: IntArray) -> tuple[Wanted, IntArray]:
        """What is asked without those of ``lost`` that nothing helps, and the other lost ones."""
        is_protected = self.wanted.is_protected.copy()
        is_protected[np.intersect1d(lost, self.beyond)] = False
        return replace(self.wanted, is_protected=is_protected), np.setdiff1d(lost, self.beyond)


def kept_alike(system: System, wanted: Wanted) -> KeptAlike:
    """Ask also that no larger empty cell is known that has a small cohort of which nobody may know that all are alike.

    Shown ones are hidden; of those that nobody shows, such as complements, it is asked that they do not follow.
    """
    is_empty = system.values == 0
    told = np.flatnonzero(system.tells_all & is_empty)
    larger = np.flatnonzero(is_empty & ~system.tells_all)
    small = csr_array(system.matrix[told])
    common = csr_array(csr_array(system.matrix[larger]) @ small.T)
    rows = np.repeat(np.arange(len(larger)), np.diff(common.indptr))
    has_all = common.data == np.diff(small.indptr)[common.indices]
    over, under = larger[rows[has_all]], told[common.indices[has_all]]
    is_over: BoolArray = np.zeros(len(system.values), dtype=np.bool_)
    is_over[over] = True
    hide = is_over & system.is_shown & ~wanted.is_known
    ask = is_over & ~system.is_shown & ~wanted.is_protected
    asked = replace(
        wanted,
        is_protected=wanted.is_protected | ask,
        is_hidden=wanted.is_hidden | hide,
        is_zero=wanted.is_zero & ~hide,
    )
    known_before = under[wanted.is_known[over]]
    return KeptAlike(asked, np.union1d(np.flatnonzero(ask), known_before))
