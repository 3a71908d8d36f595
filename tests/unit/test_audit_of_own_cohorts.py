"""Who knows a school is told nothing by a small cohort of that school alone; by one with others in it he is."""

import numpy as np
import pytest

from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.heads import schools_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Table, coded
from orchestration.release.subject.attack import alike_of_own

SCHOOLS = ("a", "b")
RESULT = Dimension("result", ("yes", "no", "none yet"), fewest=21)


def _world(*schools: tuple[int, int, int]) -> tuple[Model, System]:
    """Two schools: how many of each have the result, have not, and wait for it."""
    places = Dimension(PLACE, SCHOOLS, {"whole": dict.fromkeys(SCHOOLS, "whole")})
    only = {"result": frozenset({"yes"})}
    model = Model({PLACE: places, "result": RESULT}, (Table("reached", "whole", (("result", FINEST),), only),))
    rows = [
        (name, group)
        for name, counts in zip(SCHOOLS, schools, strict=True)
        for group, count in zip(RESULT.values, counts, strict=True)
        for _ in range(count)
    ]
    columns = {PLACE: [row[0] for row in rows], "result": [row[1] for row in rows]}
    return model, system_of(model, coded(model, np.arange(len(rows), dtype=np.int64), columns))


def _left_out(model: Model, system: System, school: str) -> set[str]:
    inside = np.asarray(system.matrix @ schools_of(system).inside[:, [SCHOOLS.index(school)]].sum(axis=1)).ravel()
    return {system.cells[number].groups[0] for number in alike_of_own(model, system, system.values > inside)}


@pytest.mark.parametrize(
    ("schools", "of_a", "of_b"),
    [
        (((12, 0, 0), (0, 0, 0)), {"yes", "no", "none yet"}, set()),
        (((0, 9, 3), (0, 0, 0)), {"yes"}, set()),  # of the nine and the three nothing is told of all
        (((12, 0, 0), (5, 0, 0)), set(), set()),
        (((0, 9, 3), (0, 0, 1)), set(), set()),
    ],
)
def test_a_cohort_is_left_out_for_those_who_know_all_of_it(
    schools: tuple[tuple[int, int, int], ...], of_a: set[str], of_b: set[str]
) -> None:
    model, system = _world(*schools)
    assert _left_out(model, system, "a") == of_a
    assert _left_out(model, system, "b") == of_b
