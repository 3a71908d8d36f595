"""Who stands behind the change of a figure since it was shown, and of which school they are (RULES 44, 47)."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array

from orchestration.release.engine.cells import System
from orchestration.release.engine.heads import numbered
from orchestration.release.engine.memory import Memory, Rows
from orchestration.release.engine.model import PLACE, BoolArray, IntArray


def _contributions(system: System, rows: Rows, sign: int, persons: IntArray) -> coo_array:
    """Cells x persons: what rows contribute, times ``sign``; ``persons`` are their positions."""
    dimensions = sorted({name for part in system.parts for name in part.names})
    position = {name: number for number, name in enumerate(rows.names, start=1)}
    sizes = {name: size for part in system.parts for name, size in zip(part.names, part.sizes, strict=True)}
    codes = {name: rows.table[:, position[name]] for name in dimensions}
    codes = {name: np.where(code < sizes[name], code, -1) for name, code in codes.items()}
    matrix = csc_array(system.matrix)
    cells, who, amounts = [], [], []
    for part in system.parts:
        columns = part.columns(codes)
        kept = np.flatnonzero(columns >= 0)
        picked = coo_array(matrix[:, columns[kept]])
        cells.append(picked.coords[0])
        who.append(persons[kept[picked.coords[1]]])
        amounts.append(sign * rows.table[kept[picked.coords[1]], -1])
    return coo_array(
        (np.concatenate(amounts), (np.concatenate(cells), np.concatenate(who))),
        shape=(len(system.cells), int(persons.max(initial=-1)) + 1),
    )


@dataclass(frozen=True)
class Changed:
    """Who changed cells since they were shown: ``count`` of each cell.

    ``parts`` has by release the cells that are of it, who changed them (cells x persons), and the schools that each of
    these persons is or was of (persons x schools).
    """

    count: IntArray
    parts: tuple[tuple[BoolArray, csr_array, csr_array], ...] = ()

    def of(self, schools: IntArray) -> IntArray:
        """Of those who changed each cell, how many were or are of any of these schools: they know of these."""
        found = np.zeros(len(self.count), dtype=np.int64)
        for cells, who, whose in self.parts:
            theirs = np.asarray(whose[:, schools].sum(axis=1)).ravel() > 0
            found[cells] = np.asarray(who @ theirs.astype(np.int64)).ravel()[cells]
        return found

    def known_to_one(self, schools: int) -> BoolArray:
        """Cells x schools: where all who changed a cell were or are of a school, so that it knows of the change."""
        found = np.zeros((len(self.count), schools), dtype=np.bool_)
        for cells, who, whose in self.parts:
            own = (who @ whose).toarray()[cells]
            found[cells] = (own == self.count[cells][:, None]) & (self.count[cells][:, None] > 0)
        return found


def changed_persons(system: System, memory: Memory, now: Rows, releases: IntArray) -> Changed:
    """Persons whose contribution to each cell differs from that at the release in ``releases``; none where that is 0.

    A person who went from one group of a cell to another group of the same cell does not count.
    """
    names, school = numbered(system.places)
    found = np.zeros(len(system.cells), dtype=np.int64)
    parts = []
    at_place = 1 + sorted(now.names).index(PLACE)
    for release in np.unique(releases[releases > 0]).tolist():
        went, came = memory.since(release, now)
        ids, person = np.unique(np.concatenate([went.table[:, 0], came.table[:, 0]]), return_inverse=True)
        if not len(ids):
            continue
        split = len(went.table)
        old, new = _contributions(system, went, -1, person[:split]), _contributions(system, came, 1, person[split:])
        shape = (len(system.cells), len(ids))
        old.resize(shape)
        new.resize(shape)
        net = (old.tocsr() + new.tocsr()).tocsr()
        net.eliminate_zeros()
        of_release = releases == release
        found[of_release] = np.diff(net.indptr)[of_release]
        rows = np.concatenate([went.table[:, at_place], came.table[:, at_place]])
        parts.append((of_release, abs(net).sign(), _whose(person, _known(school, rows), len(ids), len(names))))
    return Changed(found, tuple(parts))


def _known(school: IntArray, places: IntArray) -> IntArray:
    """The school of each place; one of its own for places that are in no list any more."""
    return np.where(places < len(school), school[np.minimum(places, len(school) - 1)], -1 - places)


def _whose(person: IntArray, school: IntArray, persons: int, schools: int) -> csr_array:
    """Persons x schools: 1 where any row of a person is of a school."""
    pairs = np.unique(np.column_stack([person, school]), axis=0)
    pairs = pairs[pairs[:, 1] >= 0]
    return csr_array((np.ones(len(pairs), dtype=np.int64), (pairs[:, 0], pairs[:, 1])), shape=(persons, schools))
