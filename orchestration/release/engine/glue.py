"""What parts of the columns have in common: their sums over it are the same (RULES 35)."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, vstack

from orchestration.release.engine.crossings import Crossing, is_place
from orchestration.release.engine.model import PLACE, BoolArray, IntArray, Model
from orchestration.release.engine.parts import Part, groups_of_places


def _shared_groups(model: Model, part: Part, shared: frozenset[str]) -> IntArray:
    """For each column of a part the number of its combination of what is shared: levels of places, and dimensions."""
    names = [name for name in part.names if name in shared and name != PLACE]
    places = groups_of_places(model, [name for name in shared if is_place(name)])
    sizes = [len(places), *(part.sizes[part.names.index(name)] for name in names)]
    codes = [places[part.codes[PLACE]], *(part.codes[name] for name in names)]
    return np.asarray(np.ravel_multi_index(codes, sizes), dtype=np.int64)


def glue_of(
    model: Model, crossings: Sequence[Crossing], parts: Sequence[Part], starts: Sequence[int], width: int
) -> csr_array:
    """For each further part, and combination of what it shares: the columns of its parent less its own there are 0."""
    rows = []
    for crossing, part, start in list(zip(crossings, parts, starts, strict=True))[1:]:
        ours, theirs = (_shared_groups(model, p, crossing.shared) for p in (part, parts[crossing.parent]))
        found, row = np.unique(np.concatenate([theirs, ours]), return_inverse=True)
        column = np.concatenate([starts[crossing.parent] + np.arange(len(theirs)), start + np.arange(len(ours))])
        sign = np.concatenate([np.ones(len(theirs)), -np.ones(len(ours))])
        rows.append(csr_array((sign, (row, column)), shape=(len(found), width)))
    return csr_array(vstack(rows)) if rows else csr_array((0, width))


def without_totals_of_nobody(glue: csr_array, is_free: BoolArray) -> csr_array:
    """The glue without rows that only say what a column is that no figure is about: the sum of the others.

    ``is_free`` marks columns that are in no cell. Such a column may be any number, and so may then the others.
    """
    kept: BoolArray = np.ones(glue.shape[0], dtype=np.bool_)
    of_row = np.repeat(np.arange(glue.shape[0]), np.diff(glue.indptr))
    alike = np.bincount(of_row, weights=glue.data > 0, minlength=glue.shape[0])
    sizes = np.diff(glue.indptr)
    is_alone = np.where(glue.data > 0, alike[of_row] == 1, sizes[of_row] - alike[of_row] == 1)
    is_once = np.bincount(glue.indices, minlength=glue.shape[1])[glue.indices] == 1
    kept[of_row[is_alone & is_once & is_free[glue.indices]]] = False
    return csr_array(glue[np.flatnonzero(kept)])


def says_nothing(
    model: Model, crossings: Sequence[Crossing], parts: Sequence[Part], is_free: Sequence[BoolArray]
) -> bool:
    """Whether glue is no knowledge: every part has, by all that it shares, somebody of whom no figure says anything.

    ``is_free`` marks the columns of each part that are in no cell. Then any numbers of the parts go together, since
    nobody knows how many those are, nor the total. As results do of which it is not told who was not asked.
    """
    if not is_free[0].all():
        return False
    for number, part in enumerate(parts):
        common = crossings[number].shared
        near = [one.shared for one in crossings if one.parent == number]
        groups = _shared_groups(model, part, common.union(*near))
        if set(groups) != set(groups[is_free[number]]):
            return False
        above = parts[max(crossings[number].parent, 0)]
        if set(_shared_groups(model, part, common)) != set(_shared_groups(model, above, common)):
            return False
    return True
