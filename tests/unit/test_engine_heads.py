"""What is hidden so that who knows one school exactly learns nothing of another, by small tables (RULES 35, 40, 47)."""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from orchestration.release.engine.cells import System, system_of
from orchestration.release.engine.heads import numbered
from orchestration.release.engine.margins import AREA, margins_of
from orchestration.release.engine.model import FINEST, PLACE, Dimension, Model, Persons, Table, coded
from orchestration.release.engine.protect import primary, protect, wanted_of

STAGES = ("P1", "P2")


def council(sizes: dict[str, tuple[int, int]], sectors: dict[str, str]) -> tuple[Model, Persons]:
    """Pupils by school and stage; shown are both, and the stages of each sector and of all."""
    schools = tuple(sizes)
    model = Model(
        {
            PLACE: Dimension(PLACE, schools, {"sector": sectors, "authority": dict.fromkeys(schools, "all")}),
            "stage": Dimension("stage", STAGES),
        },
        (
            Table("school", FINEST, (("stage", FINEST),)),
            Table("sector", "sector", (("stage", FINEST),)),
            Table("all", "authority", (("stage", FINEST),)),
        ),
    )
    rows = [(school, stage) for school in schools for stage, n in zip(STAGES, sizes[school], strict=True)
            for _ in range(n)]  # fmt: skip
    columns = {PLACE: [school for school, _ in rows], "stage": [stage for _, stage in rows]}
    return model, coded(model, np.arange(len(rows)), columns)


def hidden(system: System, is_known: str = "") -> set[str]:
    known = np.array([cell.place == is_known for cell in system.cells])
    found = protect(system, wanted_of(system, primary(system), is_known=known))
    assert not len(found.lost)
    return {f"{cell.place} {cell.groups[0]}" for cell, is_hidden in zip(system.cells, found.cells, strict=True)
            if is_hidden}  # fmt: skip


def test_a_third_school_is_hidden_so_that_no_second_knows_the_first() -> None:
    sizes = {"a": (3, 30), "b": (6, 40), "c": (7, 50), "d": (60, 60)}
    model, persons = council(sizes, dict.fromkeys(sizes, "primary"))
    assert hidden(system_of(model, persons)) == {"a P1", "b P1", "c P1"}


def test_who_has_two_schools_together_is_not_told_of_a_third() -> None:
    sizes = {"a": (3, 30), "b": (6, 40), "c": (7, 50), "d": (60, 60)}
    model, persons = council(sizes, dict.fromkeys(sizes, "primary"))
    found = hidden(system_of(replace(model, together=(frozenset({"b", "c"}),)), persons))
    assert "a P1" in found
    assert "d P1" in found or {"primary P1", "all P1"} <= found


def test_of_two_schools_of_a_sector_the_sector_is_hidden_too() -> None:
    sizes = {"a": (3, 30), "b": (60, 40), "c": (70, 50), "d": (80, 60)}
    model, persons = council(sizes, {"a": "special", "b": "special", "c": "primary", "d": "primary"})
    found = hidden(system_of(model, persons))
    assert {"a P1", "b P1", "special P1"} <= found
    assert not {one for one in found if one.endswith("P2")}


def test_what_was_shown_before_stays_and_refuses_nothing() -> None:
    sizes = {"a": (3, 30), "b": (6, 40), "c": (7, 50)}
    model, persons = council(sizes, dict.fromkeys(sizes, "primary"))
    model = Model(model.dimensions, model.tables[:2])
    system = system_of(model, persons)
    known = {"c", "primary"}
    flags = np.array([cell.place in known for cell in system.cells])
    found = protect(system, wanted_of(system, primary(system), is_known=flags))
    names = {f"{cell.place} {cell.groups[0]}" for cell, off in zip(system.cells, found.cells, strict=True) if off}
    assert not len(found.lost)
    assert names == {"a P1", "b P1"}


def test_departments_of_a_school_are_one_that_its_head_knows() -> None:
    names, school = numbered(("5000001|primary", "5000002|primary", "5000001|secondary"))
    assert names == ["5000001", "5000002"]
    assert school.tolist() == [0, 1, 0]


def test_columns_of_which_only_sums_are_asked_become_these_sums() -> None:
    """Three schools by two groups: each school's row over its groups, each group's over the schools."""
    rows = csr_array(np.array([
        [1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1],
        [1, 0, 1, 0, 1, 0], [0, 1, 0, 1, 0, 1],
    ], dtype=float))  # fmt: skip
    found = margins_of(rows, np.array([0, 0, 1, 1, 2, 2]))
    assert found.rows.toarray().tolist() == np.eye(5).tolist()
    assert found.equal.toarray().tolist() == [[1, 1, 1, -1, -1]]
    assert found.members.toarray().tolist() == rows.toarray().tolist()
    assert found.labels.tolist() == [0, 1, 2, AREA, AREA]


def test_a_column_that_is_asked_by_itself_stays() -> None:
    rows = csr_array(np.array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [1, 0, 0, 0]], dtype=float))
    found = margins_of(rows, np.array([0, 0, 1, 1]))
    assert found.rows.shape == rows.shape
    assert not found.equal.shape[0]
