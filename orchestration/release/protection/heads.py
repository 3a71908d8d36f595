"""What of half days a reader works out who knows any one school exactly, and what is hidden for it (RULES 35, 47).

Whoever knows a school knows its cells, hidden or not, so they are taken out of every margin; nobody else's cell of few
pupils may come out then. Pure functions over a system of cells, each of which is one school's or of several.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.release.engine.heads import heads_of
from orchestration.release.engine.margins import AREA
from orchestration.release.limits import check
from orchestration.release.protection.bounds import exposed_cells, suspicious_cells, unknowns_of
from orchestration.release.protection.suppression import BoolArray, CellSystem, IntArray, Margin, candidate, need

GROUPS = 4
"""Groups of heads who know at once: what is safe from a group is safe from each of it."""
DEALINGS = 3
"""Times that heads are dealt into groups, before one that is left is asked by itself."""
Together = Sequence[frozenset[str]]
"""Schools that one head has together, each set of SEED codes, with or without a sector."""
ROUNDS = 30
"""Rounds of repair; one or two are usual, and each hides at least one cell or is the last."""


@dataclass(frozen=True)
class Heads:
    """Whose the cells of a system are, by number (``AREA``: of several), and which are to be kept from others.

    ``knows`` (schools x heads) says who knows which school: each by itself, then those that one head has together.
    """

    owner: IntArray
    targets: BoolArray
    knows: BoolArray

    @classmethod
    def of(cls, schools: Sequence[str], targets: Sequence[bool], together: Together = ()) -> "Heads":
        """``schools`` has the SEED code of each cell, empty where several schools are behind it."""
        names = sorted({school for school in schools if school})
        number = {school: position for position, school in enumerate(names)} | {"": AREA}
        owner = np.array([number[school] for school in schools], dtype=np.int64)
        return cls(owner, np.array(targets, dtype=np.bool_), heads_of(names, together))

    def known_to(self, heads: int | IntArray) -> BoolArray:
        """The cells that these heads know."""
        schools = self.knows[:, np.atleast_1d(heads)].any(axis=1)
        return np.asarray(np.asarray(schools)[self.owner] & (self.owner != AREA))

    def with_any(self, cells: BoolArray) -> list[int]:
        """Heads who know any of these cells."""
        owners = np.unique(self.owner[cells])
        return [int(head) for head in np.flatnonzero(self.knows[owners[owners != AREA]].any(axis=0))]


def only_school(schools: Iterable[str]) -> str:
    """The SEED code of a place that is one school alone; empty where there are several, or none."""
    found = sorted(set(schools))
    return found[0] if len(found) == 1 else ""


def keep_from_heads(system: CellSystem, heads: Heads, protect: Callable[[], None]) -> None:
    """Hide further cells until nobody who knows one school exactly is told a target of another.

    ``protect`` makes the system safe again from those who know nothing, after each round. What nothing helps is left
    as it is. Comes to an end: each round hides something, or is the last.
    """
    for _ in range(ROUNDS):
        check()
        before = system.changes
        _complete(system, heads)
        if system.changes == before:
            _repair(system, heads)
        if system.changes == before:
            return
        protect()


def _asked(system: CellSystem, heads: Heads) -> BoolArray:
    return np.asarray(heads.targets & system.hidden & (system.values > 0))


def _short(system: CellSystem, heads: Heads, margin: Margin) -> Iterator[tuple[int, int]]:
    """Heads whose cells leave too little hidden in a margin with targets of others, and the pupils missing."""
    inside = np.zeros(len(system.values), dtype=np.bool_)
    inside[margin.parts] = True
    asked = _asked(system, heads) & inside
    for head in heads.with_any(system.hidden & inside) if asked.any() else []:
        known = heads.known_to(head)
        if bool((asked & ~known).any()) and (missing := need(system, margin, known)) is not None:
            yield head, missing


def _complete(system: CellSystem, heads: Heads) -> None:
    """In each margin at least two parts of other schools, whichever is known, and five pupils' room between them."""
    for number, margin in enumerate(system.margins):
        check()
        for head, missing in list(_short(system, heads, margin)):
            known = heads.known_to(head)
            if need(system, margin, known) is not None:  # not helped by what was hidden for another head
                _hide(system, number, missing, known)


def _hide(system: CellSystem, number: int, missing: int, known: BoolArray) -> bool:
    """One further part of a margin that is not known, else its total. Out: whether there was one."""
    margin = system.margins[number]
    has_total = margin.total >= 0 and not system.hidden[margin.total] and not known[margin.total]
    part = None if has_total and margin.prefer_total else candidate(system, margin, missing, known)
    if part is None and not has_total:
        return False
    system.hide([margin.total if part is None else part])
    return True


def _repair(system: CellSystem, heads: Heads) -> None:
    """Hide a part, or a total, for each target that somebody is told; one for neighbours at a time."""
    touched: set[int] = set()
    for cell, head in _told(system, heads):
        known = heads.known_to(head)
        for number in _near(system, known, cell):
            if number in touched:
                break
            missing = need(system, system.margins[number], known) or 1
            if _hide(system, number, missing, known):
                touched.update(system.of_cell[cell])
                touched.add(number)
                break


def _near(system: CellSystem, known: BoolArray, cell: int) -> list[int]:
    """Margins in which hiding more may help a cell: its own with a cell known, its others, and those beside them."""

    def has_known(number: int) -> bool:
        parts = system.margins[number].parts
        return bool((known[parts] & system.hidden[parts]).any())

    own = system.of_cell[cell]
    beside = {
        further
        for number in own
        for part in system.margins[number].parts.tolist()
        if system.hidden[part]
        for further in system.of_cell[part]
    }
    return [
        *(number for number in own if has_known(number)),
        *(number for number in sorted(beside.difference(own)) if has_known(number)),
        *(number for number in own if not has_known(number)),
    ]


def _told(system: CellSystem, heads: Heads) -> list[tuple[int, int]]:
    """Targets that come out, or are bounded below five, with the head who is told."""
    margins = [margin for margin in system.margins if margin.values is None]
    asked = _asked(system, heads)
    open_: dict[int, BoolArray] = {}
    for cells, _ in unknowns_of(system, system.values, margins) if asked.any() else []:
        part = np.zeros(len(asked), dtype=np.bool_)
        part[cells] = asked[cells]
        of_part = np.zeros(len(asked), dtype=np.bool_)
        of_part[cells] = True
        for head in heads.with_any(of_part) if part.any() else []:
            others = part & ~heads.known_to(head)
            open_[head] = open_[head] | others if head in open_ else others
    _ask_in_groups(system, margins, heads, open_)
    return [
        (cell, head)
        for head in sorted(open_)
        if open_[head].any()
        for cell in _exposed(system, margins, heads.known_to(head), open_[head], exposed_cells)
    ]


def _ask_in_groups(system: CellSystem, margins: Sequence[Margin], heads: Heads, open_: Mapping[int, BoolArray]) -> None:
    """Take out of ``open_`` what is safe while several schools are known at once."""
    generator = np.random.default_rng(5)
    for _ in range(DEALINGS):
        left = [head for head in sorted(open_) if open_[head].any()]
        if len(left) <= GROUPS:
            return
        for group in np.array_split(generator.permutation(left), GROUPS):
            known = heads.known_to(group)
            wanted = np.logical_or.reduce([open_[head] for head in group.tolist()]) & ~known
            safe = wanted.copy()
            safe[_exposed(system, margins, known, wanted, suspicious_cells)] = False
            for head in group.tolist():
                open_[head][safe] = False


def _exposed(
    system: CellSystem,
    margins: Sequence[Margin],
    known: BoolArray,
    asked: BoolArray,
    ask: Callable[..., list[int]],
) -> list[int]:
    return [
        cells[item]
        for cells, unknowns in unknowns_of(system, system.values, margins, known)
        if asked[cells].any()
        for item in ask(unknowns, asked[cells])
    ]
