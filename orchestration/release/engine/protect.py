"""What is hidden of a system of figures: subtraction first, then bounds, then the cheapest repair (RULES 33-35, 42)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from orchestration.release.engine.alike import kept_alike
from orchestration.release.engine.cells import System
from orchestration.release.engine.heads import Questions, keep_from_heads
from orchestration.release.engine.linear import Row
from orchestration.release.engine.model import BoolArray, IntArray
from orchestration.release.engine.programs import Block, blocks_of, gives_away, suspicious
from orchestration.release.engine.repair import cheapest, loss_of
from orchestration.release.engine.suppress import Wanted, follows, sums_of_all, suppressed
from orchestration.release.limits import check
from orchestration.release.thresholds import SMALL

ROUNDS = 30
"""Rounds of repair; one or two are usual, and each hides at least one cell or is the last."""
SMALL_BLOCK = 1500
"""Columns, and figures, of a system up to which each hidden cell is asked whether it could not be shown after all."""


@dataclass(frozen=True)
class Hidden:
    """Cells that are hidden, and protected cells that nothing could help (what readers know anyhow gives them away)."""

    cells: BoolArray
    lost: IntArray

    def count(self, system: System) -> int:
        """Cells hidden of those that the system would show."""
        return int((self.cells & system.is_shown).sum())


def primary(
    system: System, was_shown: BoolArray | None = None, buffer: int = SMALL, fewest: IntArray | None = None
) -> BoolArray:
    """Cells with 1 to 4 persons; fewer than ``buffer`` where a cell was never shown (RULES 33, 42).

    The complement of a part is a cell of the system that nobody shows, so it counts here too; and so does one that says
    of all persons of a small cohort what their result is. ``fewest`` (None: the persons of each cell) is the least
    number that ever stands behind a figure of it, as in one month of the year.
    """
    limit = np.where(system.is_shown if was_shown is None else system.is_shown & ~was_shown, buffer, SMALL)
    behind = system.persons if fewest is None else fewest
    return np.asarray((behind > 0) & (behind < limit) | system.tells_all)


def wanted_of(
    system: System, first: BoolArray, was_hidden: BoolArray | None = None, is_known: BoolArray | None = None
) -> Wanted:
    """What is asked of each cell: ``first`` protected, those hidden before hidden still, those known left alone."""
    none: BoolArray = np.zeros(len(system.values), dtype=np.bool_)
    before = none if was_hidden is None else was_hidden
    known = none if is_known is None else is_known
    hidden = (first | before) & system.is_shown & ~known
    return Wanted(first & ~known, hidden, known & ~first, system.is_shown & ~hidden & (system.values == 0))


def _repaired(system: System, wanted: Wanted, hidden: BoolArray, targets: BoolArray) -> tuple[BoolArray, list[int]]:
    """Hide the cheapest further cells until no target can be bounded below five. Out also: targets beyond help."""
    may_hide = system.is_shown & ~wanted.is_known & (system.values > 0)
    helpless: set[int] = set()
    is_wide = False
    for _ in range(ROUNDS):
        check()
        added = False
        beyond: set[int] = set()
        still = targets.copy()
        still[sorted(helpless)] = False
        for block in blocks_of(system, hidden, still, wide=is_wide):
            found = suspicious(block)
            if not found:
                continue
            cells, without = cheapest(system, block, found, may_hide)
            hidden[sorted(cells)] = True
            added = added or bool(cells)
            beyond |= {int(block.cells_hidden[position]) for position in without}
        if is_wide:
            helpless |= beyond
        if not added and (is_wide or not beyond):
            break
        is_wide = bool(beyond) and not is_wide
    return hidden, sorted(helpless)


@dataclass
class _Round:
    """What a round of repair has chosen to hide from who knows a school."""

    system: System
    questions: Questions
    may_hide: BoolArray
    is_wide: bool
    chosen: set[int] = field(default_factory=set)

    def repair(self, block: Block, told: IntArray, schools: IntArray) -> tuple[bool, IntArray]:
        """Choose the cheapest cells that help, of wide blocks; closes questions that need none or nothing helps.

        Nothing may help while several schools are known at once that helps while one is: these are to be asked of each.
        """
        if not self.is_wide:
            return False, told[:0]
        cells, without = cheapest(self.system, block, block.targets.tolist(), self.may_hide, self.chosen)
        beyond = block.cells_hidden[without]
        alone = beyond if len(schools) > 1 else beyond[:0]
        self.chosen |= cells
        closed = np.setdiff1d(beyond if cells else told, alone)
        self.questions.open[np.ix_(closed, schools)] = False
        return bool(cells), alone


def _kept_from_heads(
    system: System,
    wanted: Wanted,
    hidden: BoolArray,
    targets: BoolArray,
    aside: BoolArray | None,
    changes: BoolArray | None,
) -> BoolArray:
    """Hide the cheapest further cells until nobody who knows a school exactly is told a target of another (RULES 47).

    What nothing helps, since it was shown before or follows from the school alone, is left as it is.
    """
    questions = Questions.of(system, targets, aside, changes)
    may_hide = system.is_shown & ~wanted.is_known & (system.values > 0)
    for _ in range(ROUNDS):
        check()
        # asked in small blocks, repaired in those that have also what one figure tells alone, which may be hidden too
        for is_wide in (False, True):
            now = _Round(system, questions, may_hide, is_wide)
            asked = np.asarray(questions.open.any(axis=1))
            blocks = blocks_of(system, hidden, asked, wide=is_wide, apart=questions.schools.owner)
            keep_from_heads(blocks, system, questions, now.repair)
        hidden[sorted(now.chosen)] = True
        if not now.chosen:
            break
    return hidden


def _is_safe(
    system: System, wanted: Wanted, hidden: BoolArray, targets: BoolArray, sums: Sequence[Row] | None = None
) -> bool:
    """Whether no target is bounded below five, and no protected cell follows."""
    if follows(system, wanted, hidden, sums):
        return False
    return not any(gives_away(block) for block in blocks_of(system, hidden, targets))


def _spared(system: System, wanted: Wanted, hidden: BoolArray, targets: BoolArray) -> BoolArray:
    """Show again, the largest first, what is hidden for others' sake and need not be, in blocks that are small."""
    if max(system.matrix.shape) > SMALL_BLOCK:
        return hidden
    extra = np.flatnonzero(hidden & ~wanted.is_hidden & system.is_shown)
    sums = sums_of_all(system, wanted) if len(extra) else []
    for cell in extra[np.argsort(-loss_of(system.values[extra].astype(np.float64)), kind="stable")].tolist():
        hidden[cell] = False
        hidden[cell] = not _is_safe(system, wanted, hidden, targets, sums)
    return hidden


def protect(
    system: System,
    wanted: Wanted,
    targets: BoolArray | None = None,
    aside: BoolArray | None = None,
    changes: BoolArray | None = None,
) -> Hidden:
    """Decide what is hidden of a system.

    ``targets`` (None: protected cells with 1 to 4 persons) are kept from being bounded below five, of sums where that
    can be; all protected ones from being worked out: those that the buffer hides, and those of which a change is held.
    All that also by one who knows a school exactly, but for what is ``aside`` (cells x schools; None: nothing).
    ``changes`` are protected cells that few have changed (None: none).
    """
    if targets is None:
        targets = wanted.is_protected & (system.values < SMALL) & (system.values > 0)
    alike = kept_alike(system, wanted)
    found = suppressed(system, alike.wanted)
    wanted, lost = alike.without(found.lost)
    hidden = wanted.is_hidden.copy()
    hidden[found.hidden] = True
    hopeless = targets.copy()
    hopeless[lost] = False
    hidden, helpless = _repaired(system, wanted, hidden, hopeless)
    hopeless[helpless] = False
    hidden = _spared(system, wanted, hidden, hopeless)
    every = hopeless | (wanted.is_protected & ~targets)
    every[lost] = False
    hidden = _kept_from_heads(system, wanted, hidden, every, aside, changes)
    beyond = [cell for cell in helpless if not system.is_sum[cell]]
    return Hidden(hidden, np.union1d(lost, np.array(beyond, dtype=np.int64)))
