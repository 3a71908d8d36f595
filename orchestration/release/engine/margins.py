"""Columns of many places by many groups, of which figures ask the sums alone: as these sums (RULES 35).

Where figures of places ask how many persons of a place there are over some groups, whatever group they are in, and
figures of areas ask how many of a group there are over these places, then any numbers of the two that have one total
are those of some persons (as sums of rows and columns of a table are). So both are unknowns by themselves, and nothing
else is: as many as places and groups together, and not each place with each group.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, eye_array

from orchestration.release.engine.model import BoolArray, IntArray

AREA = -1
"""Label of a column that is no single place's."""


@dataclass(frozen=True)
class Margins:
    """Columns instead of others.

    ``rows`` are the same rows over these, ``equal`` further rows that add up to 0; ``members`` (new columns x old) says
    which old ones each is the sum of, ``labels`` whose it is.
    """

    rows: csr_array
    equal: csr_array
    members: csr_array
    labels: IntArray


def _classes(rows: csc_array, labels: IntArray) -> IntArray:
    """Columns that are in the same rows with the same signs, and have one label, by number."""
    seen: dict[tuple[int, bytes, bytes], int] = {}
    found = []
    for column, label in enumerate(labels.tolist()):
        at = slice(*rows.indptr[column : column + 2])
        key = (label, rows.indices[at].tobytes(), rows.data[at].tobytes())
        found.append(seen.setdefault(key, len(seen)))
    return np.array(found, dtype=np.int64)


def _is_of_one(rows: csr_array, labels: IntArray) -> BoolArray:
    """Rows all of whose columns are one place's."""
    of_row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    least = np.full(rows.shape[0], np.iinfo(np.int64).max)
    most = np.full(rows.shape[0], AREA)
    np.minimum.at(least, of_row, labels[rows.indices])
    np.maximum.at(most, of_row, labels[rows.indices])
    return np.asarray((least == most) & (most != AREA))


def margins_of(rows: csr_array, labels: IntArray) -> Margins:
    """Rows (no two columns the same) over as few columns as they ask for; ``labels`` has the place of each column."""
    count = rows.shape[1]
    as_they_are = Margins(rows, csr_array((0, count)), csr_array(eye_array(count)), labels)
    if not count:
        return as_they_are
    of_one = _is_of_one(rows, labels)
    own = _classes(csc_array(rows[np.flatnonzero(of_one)]), labels)
    beside = _classes(csc_array(rows[np.flatnonzero(~of_one)]), np.zeros(count, dtype=np.int64))
    # columns of areas stay as they are: each by itself
    is_area = labels == AREA
    own[is_area] = own.max(initial=-1) + 1 + np.arange(int(is_area.sum()))
    beside[is_area] = beside.max(initial=-1) + 1 + np.arange(int(is_area.sum()))
    _, beside = np.unique(beside, return_inverse=True)
    part = _alike(own, beside)[beside]
    # a place that figures ask over several such sets has one number in each
    _, own = np.unique(np.column_stack([part, own]), axis=0, return_inverse=True)
    columns, places, groups = (_different(part, one) for one in (np.arange(count), own, beside))
    dealt = ((columns == places * groups) & (places + groups < columns))[part]
    if not dealt.any():
        return as_they_are
    kept = np.flatnonzero(~dealt)
    inside = np.flatnonzero(dealt)
    of_own, first_own = np.unique(own[inside], return_index=True)
    of_beside, first_beside = np.unique(beside[inside], return_index=True)
    stands_for = np.concatenate([kept, inside[first_own], inside[first_beside]])
    kind = np.repeat([0, 1, 2], [len(kept), len(of_own), len(of_beside)])
    picked = coo_array(rows[:, stands_for])
    row, column = picked.coords
    stays = (kind[column] == 0) | (of_one[row] == (kind[column] == 1))
    found = csr_array((picked.data[stays], (row[stays], column[stays])), shape=picked.shape)
    start = len(kept)
    at_own = start + np.searchsorted(of_own, own[inside])
    at_beside = start + len(of_own) + np.searchsorted(of_beside, beside[inside])
    member = np.concatenate([np.arange(start), at_own, at_beside])
    members = coo_array(
        (np.ones(len(member)), (member, np.concatenate([kept, inside, inside]))), shape=(len(stands_for), count)
    )
    _, total = np.unique(part[stands_for[start:]], return_inverse=True)
    sign = np.repeat([1.0, -1.0], [len(of_own), len(of_beside)])
    equal = coo_array((sign, (total, start + np.arange(len(sign)))), shape=(int(total.max()) + 1, len(stands_for)))
    whose = np.concatenate([labels[stands_for[: start + len(of_own)]], np.full(len(of_beside), AREA)])
    return Margins(found, csr_array(equal), csr_array(members), whose)


def _alike(own: IntArray, beside: IntArray) -> IntArray:
    """For each number in ``beside`` that of its set: those that columns put together with the same ones in ``own``."""
    near: dict[int, list[int]] = {}
    for one, other in sorted(set(zip(own.tolist(), beside.tolist(), strict=True))):
        near.setdefault(other, []).append(one)
    seen: dict[tuple[int, ...], int] = {}
    return np.array([seen.setdefault(tuple(near[other]), len(seen)) for other in sorted(near)], dtype=np.int64)


def _different(part: IntArray, numbers: IntArray) -> IntArray:
    """How many different numbers there are in each part."""
    pairs = np.unique(np.column_stack([part, numbers]), axis=0)
    return np.bincount(pairs[:, 0], minlength=int(part.max(initial=-1)) + 1)
