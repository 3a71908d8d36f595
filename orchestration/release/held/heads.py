"""Rows that stand as they were so that who knows one school exactly learns no change of others (RULES 44, 47).

Whoever knows a school knows its half days, then and now, so its unknowns are taken out of all rows. Schools are known
in groups: what does not follow while a group is known does not from any school of it. They are dealt twice, so that
any two are parted once, and each is asked of the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from orchestration.release.attacker.determined import determined
from orchestration.release.declared.figures import Together
from orchestration.release.engine.cells import System
from orchestration.release.engine.heads import school_of
from orchestration.release.engine.model import BoolArray
from orchestration.release.engine.suppress import Wanted, suppressed
from orchestration.release.limits import check

Positions = npt.NDArray[np.intp]
FEW = 6
"""Schools up to which each is asked by itself."""


@dataclass
class Standing:
    """Rows as readers saw them, and after these, in the same order, as they would be now.

    ``is_held`` are rows of now that stand as they were, ``schools`` has the SEED code of each column of the system,
    ``together`` the schools that one head has.
    """

    system: System
    wanted: Wanted
    is_held: BoolArray
    schools: Sequence[str]
    together: Together = ()

    def keep_from_heads(self) -> None:
        """Hold further rows until nobody who knows a school is told what few pupils changed elsewhere.

        Only schools of which something is held know more than others. What nothing helps is left as it is.
        """
        owner = np.array(self.schools, dtype=object)
        hiding = self._hiding()
        shared = [sorted(map(school_of, one)) for one in self.together]
        for group in [*dealt(sorted(hiding)), *(one for one in shared if hiding & set(one))]:
            check()
            kept = np.flatnonzero(~np.isin(owner, group))
            asked = self._asked(kept)
            if not len(asked):
                continue
            matrix = csr_array(self.system.matrix[:, kept])
            shown = np.flatnonzero(~self.is_held & (np.diff(matrix.indptr) > 0))
            if determined(csr_array(matrix[shown]), csr_array(matrix[asked])).any():
                self._hold_more(matrix, kept, asked)

    def _hiding(self) -> set[str]:
        """Schools that have a row of their own that is held."""
        columns = np.array(self.schools, dtype=object)
        rows = csr_array(self.system.matrix[np.flatnonzero(self.is_held)])
        own = (np.unique(columns[rows.indices[rows.indptr[i] : rows.indptr[i + 1]]]) for i in range(rows.shape[0]))
        return {str(found[0]) for found in own if len(found) == 1}

    def _asked(self, kept: Positions) -> Positions:
        """Protected rows of which something changed in the columns that are not known."""
        half = len(self.is_held) // 2
        protected = np.flatnonzero(self.wanted.is_protected & self.is_held)
        matrix = self.system.matrix[:, kept]
        difference = csr_array(matrix[protected] - matrix[protected - half])
        difference.eliminate_zeros()
        return np.asarray(protected[np.diff(difference.indptr) > 0])

    def _hold_more(
        self,
        matrix: csr_array,
        kept: Positions,
        asked: Positions,
    ) -> None:
        empty = np.diff(matrix.indptr) == 0
        protected: BoolArray = np.zeros(len(empty), dtype=np.bool_)
        protected[asked] = True
        known = Wanted(
            protected, self.is_held & ~empty, self.wanted.is_known & ~empty, (self.wanted.is_zero | empty) & ~protected
        )
        shape = (0, len(kept))
        system = replace(self.system, matrix=matrix, glue=csr_array(shape), counts=np.zeros(len(kept), dtype=np.int64))
        self.is_held[suppressed(system, known).hidden] = True


def dealt(schools: Sequence[str]) -> Iterator[list[str]]:
    """Groups of schools, such that any two are in different groups once at least; few ones each by itself."""
    if len(schools) <= FEW:
        yield from ([school] for school in schools)
        return
    wide = ceil(sqrt(len(schools)))
    for number in range(wide):
        yield [school for position, school in enumerate(schools) if position // wide == number]
        yield [school for position, school in enumerate(schools) if position % wide == number]
