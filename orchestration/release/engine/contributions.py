"""Who stands behind the change of a figure since it was shown, and of which school they are (RULES 44, 47)."""

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


def changed_persons(system: System, memory: Memory, now: Rows, releases: IntArray) -> tuple[IntArray, IntArray]:
    """For each cell the persons whose contribution differs from that at the release in ``releases``; 0 where that is 0.

    Out also (cells x schools) those of them who are, and were, of one school alone: who knows it knows of these.
    A person who went from one group of a cell to another group of the same cell does not count.
    """
    names, school = numbered(system.places)
    found = np.zeros(len(system.cells), dtype=np.int64)
    own = np.zeros((len(system.cells), len(names)), dtype=np.int64)
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
        whose = _of_one(person, _known(school, rows), len(ids), len(names))
        own[of_release] = (abs(net).sign() @ whose).toarray()[of_release]
    return found, own


def _known(school: IntArray, places: IntArray) -> IntArray:
    """The school of each place; one of its own for places that are in no list any more."""
    return np.where(places < len(school), school[np.minimum(places, len(school) - 1)], -1 - places)


def _of_one(person: IntArray, school: IntArray, persons: int, schools: int) -> csr_array:
    """Persons x schools: 1 where all rows of a person are of one school."""
    pairs = np.unique(np.column_stack([person, school]), axis=0)
    single = np.bincount(pairs[:, 0], minlength=persons)[pairs[:, 0]] == 1
    pairs = pairs[single & (pairs[:, 1] >= 0)]
    return csr_array((np.ones(len(pairs), dtype=np.int64), (pairs[:, 0], pairs[:, 1])), shape=(persons, schools))


def of_one_school(changed: IntArray, own: IntArray) -> BoolArray:
    """Cells x schools: where all who changed a cell are of one school, so that it knows of the change anyhow."""
    return np.asarray((changed[:, None] > 0) & (own == changed[:, None]))
