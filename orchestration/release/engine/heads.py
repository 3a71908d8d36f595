"""What a reader finds out who knows any one school exactly: its head, besides what all readers see (RULES 35, 47).

Whoever knows a school knows all its columns, so these are taken out, and of columns of whole areas what the school has
in them. Nobody else's figure may come out then, whichever school it is. Most of that is asked of many schools at once:
what is safe while a group of schools is known, and all without a hidden figure stand still, is safe from each of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array, csr_array

from orchestration.release.engine.cells import System
from orchestration.release.engine.margins import AREA
from orchestration.release.engine.model import PLACE, BoolArray, IntArray
from orchestration.release.engine.programs import Block, suspicious
from orchestration.release.highs import FloatArray
from orchestration.release.thresholds import SMALL

GROUPS = 4
"""Groups of schools that are known at once, in the first dealings of them."""
DEALINGS = ((GROUPS, 0.0), (GROUPS, 1.0), (GROUPS, 1.0), (2 * GROUPS, 1.0), (4 * GROUPS, 2.0))
"""For each dealing the groups, and how many schools without a hidden figure may be otherwise, for each that has one."""
WORTH_IT = 0.9
"""Share of the questions that a dealing may leave open, so that a further one is worth it."""


@dataclass(frozen=True)
class Schools:
    """Whose the columns of a system are.

    ``owner`` is the number of the school of each column, ``AREA`` for those of several; ``inside`` (columns x
    schools) the rows of persons that each school has in each column. ``heads`` (schools x heads) says who knows which:
    first, in order, each school by itself, then those that one head has together.
    """

    owner: IntArray
    inside: csr_array
    heads: BoolArray


def school_of(place: str) -> str:
    """The school of a finest place: what stands before the first stroke, so that one head knows all departments."""
    return place.partition("|")[0]


def numbered(places: Sequence[str]) -> tuple[list[str], IntArray]:
    """The schools in order, and the number of that of each finest place."""
    names, school = np.unique([school_of(place) for place in places], return_inverse=True)
    return names.tolist(), np.asarray(school, dtype=np.int64)


def heads_of(schools: Sequence[str], together: Iterable[Iterable[str]]) -> BoolArray:
    """Schools x heads: who knows each school by itself, then who has several of them together."""
    sets = [{school_of(place) for place in places} for places in together]
    of_several = [np.isin(schools, sorted(one)) for one in sets]
    shared = [found for found in of_several if found.sum() > 1]
    return np.column_stack([np.eye(len(schools), dtype=np.bool_), *shared])


def schools_of(system: System) -> Schools:
    """Whose the columns and persons of a system are."""
    names, school = numbered(system.places)
    count = len(names)
    owners = []
    for part in system.parts:
        pairs = np.unique(np.column_stack([part.stands_for, school]), axis=0)
        of_group = np.full(int(part.stands_for.max()) + 1, AREA, dtype=np.int64)
        groups, first, members = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        of_group[groups] = np.where(members == 1, pairs[first, 1], AREA)
        owners.append(of_group[part.stands_for[part.codes[PLACE]]])
    parts = system.of_person.shape[1]
    of_row = school[system.parts[0].codes[PLACE][system.of_person[:, 0]]] if len(system.of_person) else school[:0]
    inside = csr_array(
        coo_array(
            (np.ones(system.of_person.size), (system.of_person.ravel(), np.repeat(of_row, parts))),
            shape=(system.matrix.shape[1], count),
        )
    )
    return Schools(np.concatenate(owners), inside, heads_of(names, system.together))


@dataclass
class Questions:
    """Which protected cells have not been found safe yet from whom.

    ``open`` is cells x heads. Whatever is hidden further makes none of them unsafe that was safe before, so an answer
    holds for good. A cell in which no other school has anybody asks nothing. ``changes`` are cells that few have
    changed: of these a head is not told the change, be all but the own part of it shown; of others that part is no more
    than what all readers know.
    """

    schools: Schools
    open: BoolArray
    changes: BoolArray

    @classmethod
    def of(
        cls, system: System, targets: BoolArray, aside: BoolArray | None = None, changes: BoolArray | None = None
    ) -> "Questions":
        """Every target, to all who know a school other than its own; but for those ``aside`` (cells x schools)."""
        schools = schools_of(system)
        of_others = system.values[:, None] - (system.matrix @ schools.inside @ schools.heads.astype(np.float64))
        found = np.asarray(of_others > 0) & targets[:, None]
        few = np.zeros(len(system.cells), dtype=np.bool_) if changes is None else changes
        return cls(schools, found if aside is None else found & ~(aside @ schools.heads), few)


@dataclass
class Known:
    """A block as it is to those who know one of its schools, or several together.

    ``asked`` are the block's hidden rows that are to be safe, ``whose`` the school of each (``AREA``: several), and
    ``hiding`` the schools that have any hidden row of their own. Of the block's columns ``owner`` is the school,
    ``truth`` how many persons there are, ``inside`` (columns x schools) how many of each school. ``open`` (asked x
    heads) are the questions without a good answer yet, ``heads`` (schools x heads) says who knows which school.
    """

    block: Block
    asked: IntArray
    owner: IntArray
    truth: FloatArray
    inside: FloatArray
    open: BoolArray
    heads: BoolArray
    whose: IntArray
    hiding: IntArray

    def __post_init__(self) -> None:
        schools = np.arange(self.inside.shape[1])
        has_any = np.isin(schools, self.owner) | (self.inside.sum(axis=0) > 0)
        self.open &= (has_any @ self.heads) & ~((self.whose[:, None] == schools) @ self.heads)

    def to(self, heads: IntArray, only: IntArray | None = None) -> tuple[Block, IntArray]:
        """The block to who knows all that these heads do, and the position in ``asked`` of each of its targets.

        ``only`` are the cells that are asked of; all where it is None.
        """
        block = self.block
        schools = np.flatnonzero(self.heads[:, heads].any(axis=1))
        given = self.inside[:, schools].sum(axis=1)
        kept = np.flatnonzero(~np.isin(self.owner, schools))
        asking = self.open[:, heads].any(axis=1) & ~np.isin(self.whose, schools)
        if only is not None:
            asking &= np.isin(block.cells_hidden[self.asked], only)
        positions = np.flatnonzero(asking)
        shown, hidden = csr_array(block.shown[:, kept]), csr_array(block.hidden[:, kept])
        left = np.flatnonzero(np.diff(shown.indptr) > 0)
        told = np.asarray(block.hidden @ given)
        amounts = block.amounts - np.asarray(block.shown @ given)
        return replace(
            block,
            shown=csr_array(shown[left]),
            amounts=amounts[left],
            cells_shown=block.cells_shown[left],
            hidden=hidden,
            floor=np.maximum(block.floor - told, 0.0),
            enough=block.enough - told,
            targets=self.asked[positions],
            places=block.places[kept],
            members=csr_array(block.members[kept]),
        ), positions

    def clear(self, heads: IntArray) -> None:
        """Close the questions that have a good answer while all that these heads know is known at once."""
        block, positions = self.to(heads)
        left = set(suspicious(block))
        good = [at for at, row in zip(positions.tolist(), block.targets.tolist(), strict=True) if row not in left]
        self.open[np.ix_(good, heads)] = False

    def apart(self) -> list[IntArray]:
        """Heads with open questions in groups that can be asked at once.

        No row has two of a group that may be told it, nor is the row of one of them.
        """
        asking = np.flatnonzero(self.open.any(axis=0))
        near = self.open.T.astype(np.int64) @ self.open > 0
        own = np.zeros_like(near)
        for at, school in enumerate(self.whose.tolist()):
            if school != AREA:
                own[self.heads[school]] |= self.open[at]
        near |= own | own.T
        groups: list[list[int]] = []
        for head in sorted(asking.tolist(), key=lambda one: -int(near[one].sum())):
            home = next((one for one in groups if not near[head, one].any()), None)
            if home is None:
                groups.append(home := [])
            home.append(head)
        return [np.array(one, dtype=np.int64) for one in groups]

    def ask(self) -> None:
        """Close what has a good answer, first of many schools at once and with few that may be otherwise."""
        every = np.arange(len(self.heads))
        others = np.setdiff1d(np.unique(self.owner), [AREA, *self.hiding])
        generator = np.random.default_rng(3)
        for groups, share in DEALINGS:
            more = generator.permutation(others)[: round(share * max(len(self.hiding), GROUPS))]
            still = np.setdiff1d(every, np.union1d(self.hiding, more))
            before = int(self.open.sum())
            left = np.flatnonzero(self.open.any(axis=0))
            dealt = np.array_split(generator.permutation(left), min(groups, max(len(left), 1)))
            few = self.apart() if share else dealt
            for group in few if len(few) < len(dealt) else dealt:
                if len(group):
                    self.clear(np.union1d(group, still))
            if int(self.open.sum()) > before * WORTH_IT and share:
                break


def known_of(block: Block, system: System, questions: Questions) -> Known | None:
    """A block to those who know a school; None where nothing of it can be told to one of another school."""
    columns = block.members
    owner = block.places
    whose = _whose(block, system, questions)
    if len(owner) and owner[0] != AREA and (owner == owner[0]).all() and (whose == owner[0]).all():
        return None
    asked = np.flatnonzero(questions.open[block.cells_hidden].any(axis=1)).astype(np.int64)
    truth = np.asarray(columns @ system.counts, dtype=np.float64)
    inside = np.asarray((columns @ questions.schools.inside).todense(), dtype=np.float64)
    wide = more_than_it_is(replace(block, targets=asked), system)
    is_open = questions.open[block.cells_hidden[asked]].copy()
    hiding = np.setdiff1d(whose, [AREA])
    return Known(wide, asked, owner, truth, inside, is_open, questions.schools.heads, whose[asked], hiding)


def _whose(block: Block, system: System, questions: Questions) -> IntArray:
    """The school of each hidden row of a block, ``AREA`` for several: by the columns that readers do not know.

    Of a figure that few have changed, by all its columns.
    """
    found = _owners(block.hidden, block.places)
    few = np.flatnonzero(questions.changes[block.cells_hidden])
    found[few] = _owners(csr_array(system.matrix[block.cells_hidden[few]]), questions.schools.owner)
    return found


def _owners(rows: csr_array, owner: IntArray) -> IntArray:
    owners = [np.unique(owner[rows.indices[slice(*at)]]) for at in pairwise(rows.indptr.tolist())]
    return np.array([one[0] if len(one) == 1 else AREA for one in owners], dtype=np.int64)


def more_than_it_is(block: Block, system: System) -> Block:
    """The block with more asked of targets of five or more: more than they are, so that they do not follow."""
    enough = block.enough.copy()
    enough[block.targets] += np.maximum(system.values[block.cells_hidden[block.targets]] + 1 - SMALL, 0)
    return replace(block, enough=enough)


Repair = Callable[[Block, IntArray, IntArray], tuple[bool, IntArray]]
"""Given a block, which cells its targets are, and who is told them: whether further cells are hidden now, and cells
that nothing helps while all these schools are known, but perhaps while one of them is."""


def keep_from_heads(blocks: Iterator[Block], system: System, questions: Questions, repair: Repair) -> None:
    """Ask who may be told which targets, and have that repaired, as it is to who knows some schools.

    The targets of a block are none of these schools', and each may be told to one of them. Where further cells are
    hidden for it, what else is open of it has to be asked again. Closes the ``questions`` that have a good answer.
    """
    for block in blocks:
        known = known_of(block, system, questions)
        cells = block.cells_hidden
        if known is None:
            questions.open[cells] = False
            continue
        known.ask()
        questions.open[cells[known.asked]] = known.open
        for group in known.apart():
            found, positions = known.to(group)
            if not len(positions):
                continue
            is_hiding, alone = repair(found, cells[found.targets], group)
            for head in group if len(alone) else ():
                to_one, at = known.to(np.array([head]), alone)
                if len(at):
                    is_hiding |= repair(to_one, cells[to_one.targets], np.array([head]))[0]
            if is_hiding:
                known.open[positions] = False
