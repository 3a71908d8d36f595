"""Small made-up populations for tests of the engine, and what a reader sees of them."""

import numpy as np

from orchestration.release.engine.cells import System
from orchestration.release.engine.model import FINEST, PLACE, BoolArray, Dimension, Model, Persons, Table, coded
from tests.support.other_attacker import Figure

GROUPS = ("1", "2", "rest")


def random_world(seed: int) -> tuple[Model, Persons]:
    """Three to five schools with pupils by stage and sex, half of the worlds also by deprivation, some crossed."""
    generator = np.random.default_rng(seed)
    schools = tuple(f"s{number}" for number in range(int(generator.integers(3, 6))))
    stages = tuple(f"P{number}" for number in range(int(generator.integers(3, 5))))
    kinds = {school: "a" if number < 2 else "b" for number, school in enumerate(schools)}
    dimensions = {
        PLACE: Dimension(PLACE, schools, {"authority": dict.fromkeys(schools, "all"), "sector": kinds}),
        "stage": Dimension("stage", stages),
        "sex": Dimension("sex", ("f", "m")),
        "group": Dimension("group", GROUPS),
    }
    tables = [
        Table("authority", "authority"),
        Table("school", FINEST),
        Table("school_stage", FINEST, (("stage", FINEST),)),
        Table("stage", "authority", (("stage", FINEST),)),
        Table("school_sex", FINEST, (("sex", FINEST),)),
        Table("sex", "authority", (("sex", FINEST),)),
    ]
    kind = generator.random()
    if kind < 0.5:
        tables += [
            Table("school_group", FINEST, (("group", FINEST),), {"group": frozenset({"1"})} if kind < 0.2 else {}),
            Table("group", "authority", (("group", FINEST),)),
        ]
    elif kind < 0.75:
        tables.append(Table("sector_stage_group", "sector", (("stage", FINEST), ("group", FINEST))))
    model = Model(dimensions, tuple(tables))
    sizes = generator.integers(15, 45, len(schools))
    count = int(sizes.sum())
    columns = {
        PLACE: np.repeat(schools, sizes).tolist(),
        "stage": generator.choice(stages, count, p=generator.dirichlet(np.ones(len(stages)) * 1.2)).tolist(),
        "sex": generator.choice(["f", "m"], count).tolist(),
        "group": generator.choice(GROUPS, count, p=generator.dirichlet([1, 1, 3])).tolist(),
    }
    return model, coded(model, np.arange(count, dtype=np.int64), columns)


def name_of(system: System, cell: int) -> str:
    """A name for a cell, for messages and for the attacker."""
    found = system.cells[cell]
    return f"{found.table} {found.place} {'/'.join(found.groups)}"


def figures_of(model: Model, system: System, hidden: BoolArray) -> list[Figure]:
    """What a reader sees when these cells are hidden."""
    tables = {table.name: table for table in model.tables}

    def counter(cell: int):
        found = system.cells[cell]
        table = tables[found.table]
        place = model.dimensions[PLACE]
        of_place = {v: v for v in place.values} if table.place == FINEST else place.levels[table.place]
        wanted = []
        for (name, level), group in zip(table.by, found.groups, strict=True):
            dimension = model.dimensions[name]
            groups = {v: v for v in dimension.values} if level == FINEST else dimension.levels[level]
            wanted.append((name, groups, group))
        return lambda combination: (
            of_place[combination[PLACE]] == found.place
            and all(groups[combination[name]] == group for name, groups, group in wanted)
        )

    return [
        Figure(name_of(system, cell), counter(cell), None if hidden[cell] else int(system.values[cell]))
        for cell in np.flatnonzero(system.is_shown).tolist()
    ]
