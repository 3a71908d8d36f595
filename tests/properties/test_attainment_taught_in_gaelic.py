"""Who subtracts cohorts from each other, or from the roll, does not learn how few are taught in Gaelic (RULES 42, 45).

The attacker of the tests writes down every combination of school, stage, area and language of teaching by itself. It
takes every cohort that is shown for a number of those who are asked, as if everybody had been assessed.
"""

import os
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.release.declared.figures import ALL, Figures, figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import Decision, decide
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import PLACE, coded
from orchestration.release.subject.judged import Judged
from orchestration.release.subject.store import Place
from orchestration.release.subject.told import row_of, tellers_to_hide
from orchestration.release.thresholds import SMALL
from orchestration.settings import PROJECT_DIR
from tests.support.other_attacker import Combination, Figure, bounds, combinations_of

IS_LONG = os.environ.get("PROPERTIES") == "all"
DECLARATION = PROJECT_DIR / "dbt_project" / "models" / "aggregated" / "attainment" / "release.yml"
UNITS = [("1", "primary"), ("2", "primary"), ("3", "primary"), ("4", "secondary")]
STAGES = {"primary": ("P1", "P4", "P7"), "secondary": ("S3",)}
GAELIC = {"P1": "gaelic_without_numeracy", "P4": "gaelic", "P7": "gaelic_and_english", "S3": "gaelic_and_english"}
ENGLISH = ("reading", "writing", "listening_and_talking", "literacy")
ASKED_IN_GAELIC = tuple(f"gaelic_{name}" for name in ENGLISH)
PREDICTED = ("literacy_predicted", "numeracy_predicted")
AREAS = ("1", "5")
LEVELS = {"achieved": "expected", "not_achieved": "one_below"}
"""How far from the expected level who has achieved it, or has not, is here; literacy has no level of its own."""
Columns = dict[str, list[str]]


def world(seed: int, few: int, stage_of_unit: str) -> Columns:
    """Three primaries and a secondary; one teaches ``few`` of a stage in Gaelic, and at times another teaches many."""
    generator = np.random.default_rng(seed)
    names = (PLACE, "stage", "deprivation", "taught_in", "numeracy", *ENGLISH, *ASKED_IN_GAELIC, *PREDICTED)
    columns: Columns = {name: [] for name in names}
    unit = int(generator.integers(0, 3))
    has_other = bool(generator.integers(0, 2))
    for number, (school, sector) in enumerate(UNITS):
        for stage in STAGES[sector]:
            english = int(generator.integers(22, 60))
            gaelic = few if (number, stage) == (unit, stage_of_unit) else 0
            if has_other and number == (unit + 1) % 3 and stage == stage_of_unit:
                gaelic = int(generator.integers(5, 30))
            for taught in ["english"] * english + [GAELIC[stage]] * gaelic:
                result = str(generator.choice(["achieved", "not_achieved"], p=[0.7, 0.3]))
                columns[PLACE].append(f"{school}|{sector}")
                columns["stage"].append(stage)
                columns["deprivation"].append(str(generator.choice(AREAS)))
                columns["taught_in"].append(taught)
                in_english = taught in ("english", "gaelic_and_english")
                columns["numeracy"].append("not_asked" if taught == "gaelic_without_numeracy" else LEVELS[result])
                for name in ENGLISH:
                    columns[name].append(found_in(name, result) if in_english else "not_asked")
                for name in PREDICTED:
                    columns[name].append("not_asked")
                for name in ASKED_IN_GAELIC:
                    columns[name].append("not_asked" if taught == "english" else found_in(name, result))
    return columns


def found_in(name: str, result: str) -> str:
    return result if name.endswith("literacy") else LEVELS[result]


def decided(figures: Figures, columns: Columns, elsewhere: Elsewhere) -> Decision:
    names = figures.model.dimensions
    persons = coded(figures.model, np.arange(len(columns[PLACE]), dtype=np.int64), {n: columns[n] for n in names})
    decision = decide(figures.model, persons, Memory(), elsewhere=elsewhere)
    assert not len(decision.lost)
    return decision


def known_of_roll(figures: Figures, columns: Columns) -> Elsewhere:
    """The roll shows every stage of every school and, of the sector, by area."""
    tables = {table.name for (_, measure), parts in figures.tables.items() if measure == ALL for _, table in parts}
    persons = coded(
        figures.model, np.arange(len(columns[PLACE]), dtype=np.int64), {n: columns[n] for n in figures.model.dimensions}
    )
    system = decide(figures.model, persons, Memory()).system
    found = zip(system.cells, system.values.tolist(), strict=True)
    return Elsewhere(frozenset(), frozenset(cell for cell, value in found if cell.table in tables and value >= SMALL))


def rows_shown(figures: Figures, decision: Decision) -> Iterator[tuple[str, dict[str, str], int]]:
    """Each cohort that is shown: measure, the row's keys, number."""
    for (mart, measure), parts in figures.tables.items():
        if not measure.endswith("_cohort"):
            continue
        tables = {table.name for _, table in parts}
        for number, cell in enumerate(decision.system.cells):
            if cell.table in tables and decision.shown[number]:
                row = row_of(figures, cell)
                yield f"{mart} {measure} {row}", row, int(decision.system.values[number])


TELLS = {
    "numeracy_cohort": {"english", "gaelic", "gaelic_and_english"},
    **{f"{name}_cohort": {"english", "gaelic_and_english"} for name in ENGLISH},
    **{f"{name}_cohort": set(GAELIC.values()) for name in ASKED_IN_GAELIC},
}
KEYS = {"seed_code": lambda c: c[PLACE].partition("|")[0], "sector": lambda c: c[PLACE].partition("|")[2],
        "stage": lambda c: c["stage"], "simd_quintile": lambda c: c["deprivation"]}  # fmt: skip


def counts(row: dict[str, str], taught: set[str]) -> Callable[[Combination], bool]:
    kept = {key: value for key, value in row.items() if key in KEYS}
    return lambda c: c["taught_in"] in taught and all(KEYS[key](c) == value for key, value in kept.items())


def attack(columns: Columns, returned: tuple[Figures, Decision], roll: list[tuple[Figures, Cell, int]]) -> dict:
    """Bounds of those taught in Gaelic by school and stage, and by sector, stage and area, where 1 to 4 are."""
    figures = [Figure(name, counts(row, TELLS[name.split()[1]]), number) for name, row, number in rows_shown(*returned)]
    figures += [
        Figure(f"roll {cell}", counts(row_of(of, cell), {"english", *GAELIC.values()}), number)
        for of, cell, number in roll
    ]
    dimensions = {
        PLACE: [f"{school}|{sector}" for school, sector in UNITS],
        "stage": list(GAELIC),
        "deprivation": list(AREAS),
        "taught_in": ["english", *dict.fromkeys(GAELIC.values())],
    }
    possible = combinations_of(
        dimensions,
        lambda c: (
            c["stage"] in STAGES[c[PLACE].partition("|")[2]] and c["taught_in"] in ("english", GAELIC[c["stage"]])
        ),
    )
    persons = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
    asked: dict[str, dict[str, str]] = {}
    for person in persons:
        school, _, sector = person[PLACE].partition("|")
        for row in (
            {"seed_code": school, "sector": sector},
            {"seed_code": school, "sector": sector, "stage": person["stage"]},
            {"sector": sector},
            {"sector": sector, "stage": person["stage"]},
            {"sector": sector, "simd_quintile": person["deprivation"]},
            {"sector": sector, "stage": person["stage"], "simd_quintile": person["deprivation"]},
        ):
            asked[f"in Gaelic {row}"] = row
    gaelic = {name: Figure(name, counts(row, set(GAELIC.values())), None) for name, row in asked.items()}
    few = {name for name, one in gaelic.items() if 0 < sum(one.counts(person) for person in persons) < SMALL}
    return bounds([*figures, *(gaelic[name] for name in sorted(few))], possible, sorted(few))


@pytest.mark.parametrize("is_roll_known", [False, True])
@settings(max_examples=40 if IS_LONG else 4, deadline=None)
@given(seed=st.integers(0, 10_000), few=st.integers(1, 4), stage=st.sampled_from(["P1", "P4", "P7"]))
def test_few_who_are_taught_in_gaelic_cannot_be_had_by_subtraction(
    is_roll_known: bool, seed: int, few: int, stage: str
) -> None:
    declaration = read_declaration(DECLARATION)
    columns = world(seed, few, stage)
    taught = figures_of(declaration, "taught", UNITS, 20)
    known = known_of_roll(taught, columns) if is_roll_known else Elsewhere()
    decision = decided(taught, columns, known)
    place = Place("S12000000", "attainment", "taught", "2024/25")
    hide = tellers_to_hide(Judged.of(place, taught, decision, Memory()), UNITS)
    returned = figures_of(declaration, "returned", UNITS, 20)
    outcome = decided(returned, columns, Elsewhere().and_hidden(hide.get("returned", frozenset())))
    system = decision.system
    roll = [
        (taught, cell, int(value))
        for cell, value in zip(system.cells, system.values.tolist(), strict=True)
        if cell in known.known
    ]
    found = attack(columns, (returned, outcome), roll)
    assert found, "there are few of them, and somebody asks"
    assert {name: ends for name, ends in found.items() if ends[1] < SMALL - 1e-6} == {}


def test_without_the_declared_population_subtraction_gives_them_away() -> None:
    """What was before: cohorts were judged one by one, and their difference was nobody's."""
    declaration = read_declaration(DECLARATION)
    columns = world(3, 3, "P4")
    returned = figures_of(declaration, "returned", UNITS, 20)
    found = attack(columns, (returned, decided(returned, columns, Elsewhere())), [])
    assert any(ends[1] < SMALL - 1e-6 for ends in found.values())
