"""The least loss with which a small system of figures can be protected, by a program in whole numbers."""

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, hstack, vstack

from orchestration.release.engine.cells import System
from orchestration.release.engine.heads import schools_of
from orchestration.release.engine.model import BoolArray

FAR = 400.0
"""No figure of an instance may move by more."""


def least_loss(
    system: System,
    first: BoolArray,
    targets: BoolArray,
    loss: np.ndarray,
    seconds: float = 60.0,
    from_heads: bool = False,
) -> float:
    """Loss of the best pattern in which each target could be five or more; ``first`` are hidden in any case.

    For each target there is one vector of columns of its own that explains all shown figures; a figure may differ
    only where it is hidden. ``from_heads``: besides one for each school that somebody may know exactly, whose columns
    are as they are, where the target has persons of others. Out: not a number where the time was not enough, or
    nothing helps.
    """
    shown = np.flatnonzero(system.is_shown)
    empty = np.asarray(system.matrix.T @ (system.is_shown & (system.values == 0)).astype(float)) > 0
    columns = np.flatnonzero(~empty)
    matrix = system.matrix[:, columns]
    glue = system.glue[:, columns]
    asked = [(target, -1) for target in np.flatnonzero(targets).tolist()]
    whose = schools_of(system)
    owner, inside = whose.owner[columns], np.asarray(whose.inside.todense())[columns]
    if from_heads:
        others = system.values[:, None] - np.asarray((system.matrix @ whose.inside).todense())
        asked += [(target, school) for target, _ in asked for school in np.flatnonzero(others[target] > 0).tolist()]
    wanted = np.array([target for target, _ in asked], dtype=np.int64)
    width, count = len(columns), len(shown)
    some = csr_array((1.0 * np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    rows, low, high = [], [], []

    def add(block: csr_array, at: int, pattern: csr_array | None, least: np.ndarray, most: np.ndarray) -> None:
        height = block.shape[0]
        before = csr_array((height, width * at))
        after = csr_array((height, width * (len(wanted) - at - 1)))
        left = csr_array((height, count)) if pattern is None else pattern
        rows.append(hstack([left, before, block, after]))
        low.append(least)
        high.append(most)

    values = system.values[shown].astype(float)
    for at, (target, _) in enumerate(asked):
        add(glue, at, None, np.zeros(glue.shape[0]), np.zeros(glue.shape[0]))
        add(matrix[shown], at, -FAR * some, np.full(count, -np.inf), values)
        add(matrix[shown], at, FAR * some, values, np.full(count, np.inf))
        filled = shown[values > 0]
        add(matrix[filled], at, None, np.ones(len(filled)), np.full(len(filled), np.inf))
        add(matrix[[target]], at, None, np.array([5.0]), np.array([np.inf]))
    is_whole = np.concatenate([np.ones(count), np.zeros(width * len(wanted))])
    least = np.concatenate([(first[shown]).astype(float), np.zeros(width * len(wanted))])
    most = np.concatenate([np.where(values > 0, 1.0, 0.0), np.full(width * len(wanted), np.inf)])
    for at, (_, school) in enumerate(asked):
        if school >= 0:
            start = count + width * at
            least[start : start + width] = inside[:, school]
            known = start + np.flatnonzero(owner == school)
            most[known] = least[known]
    found = milp(
        np.concatenate([loss[shown], np.zeros(width * len(wanted))]),
        integrality=is_whole,
        bounds=(least, most),
        constraints=LinearConstraint(vstack(rows).tocsr(), np.concatenate(low), np.concatenate(high)),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    return float(found.fun) if found.status == 0 else float("nan")
