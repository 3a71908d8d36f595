"""Who subtracts National Qualifications from All SCQF does not learn of the few who reach a level in one alone."""

import os
from collections import Counter

import pytest

from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import Cell
from orchestration.release.engine.changes import decide
from orchestration.release.engine.elsewhere import Elsewhere
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import PLACE
from orchestration.release.subject.judged import Judged
from orchestration.release.subject.store import Place
from orchestration.release.subject.told import row_of, tellers_to_hide
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL
from tests.support.made_up_leavers import SENIOR_PHASE, leavers_columns, persons_of

COUNCILS = (
    ("Orkney", "Clackmannanshire", "Highland") if os.environ.get("PROPERTIES") == "all" else ("Clackmannanshire",)
)
Row = tuple[str, str, str]
"""Level, school (empty: of the council) and fifth of areas (empty: all)."""


def both_shown(council: str, is_protected: bool) -> tuple[set[Row], dict[Row, Counter[str]]]:
    """Rows that show both measures of a level, and in how many sets of awards its leavers reach it."""
    declaration = read_declaration(SENIOR_PHASE)
    units, columns = leavers_columns(council)
    hide: frozenset[Cell] = frozenset()
    if is_protected:
        sets = figures_of(declaration, "leavers_by_set", units, BREAKDOWNS_FROM)
        decision = decide(sets.model, persons_of(sets.model, columns), Memory())
        assert not len(decision.lost)
        place = Place("S12000000", "senior_phase", "leavers_by_set", "2024/25")
        hide = tellers_to_hide(Judged.of(place, sets, decision, Memory()), units).get("leavers", frozenset())
    figures = figures_of(declaration, "leavers", units, BREAKDOWNS_FROM)
    decision = decide(
        figures.model, persons_of(figures.model, columns), Memory(), elsewhere=Elsewhere().and_hidden(hide)
    )
    assert not len(decision.lost)
    shown: dict[str, set[Row]] = {}
    for (mart, measure), parts in figures.tables.items():
        if not mart.startswith("leaver_attainment"):
            continue
        tables = {table.name for _, table in parts}
        for number, cell in enumerate(decision.system.cells):
            if cell.table in tables and decision.shown[number]:
                keys = row_of(figures, cell)
                row = (measure[-1], keys.get("seed_code", ""), keys.get("simd_quintile", ""))
                shown.setdefault(measure, set()).add(row)
    found: dict[Row, Counter[str]] = {}
    for level in "56":
        for school, fifth, reached in zip(
            [name.partition("|")[0] for name in columns[PLACE]],
            columns["deprivation"],
            columns[f"reached_1_at_{level}"],
            strict=True,
        ):
            for row in ((level, school, ""), (level, "", ""), (level, "", fifth)):
                found.setdefault(row, Counter())[reached] += 1
    both = set().union(*(shown[f"national_1_at_{level}"] & shown[f"all_scqf_1_at_{level}"] for level in "56"))
    return both, found


def few(both: set[Row], found: dict[Row, Counter[str]]) -> set[Row]:
    return {row for row in both & found.keys() if 0 < found[row]["one"] < SMALL}


@pytest.mark.parametrize("council", COUNCILS)
def test_where_few_reach_a_level_in_one_set_alone_both_are_not_shown(council: str) -> None:
    both, found = both_shown(council, is_protected=True)
    assert both, "where many do, or nobody, both stand"
    assert few(both, found) == set()


@pytest.mark.parametrize("council", COUNCILS)
def test_without_the_declared_population_they_are(council: str) -> None:
    assert few(*both_shown(council, is_protected=False))
