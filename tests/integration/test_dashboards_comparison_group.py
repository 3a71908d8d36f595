"""A school's page beside its comparison group: numbers equal SQL, and where it lies is said as they are written."""

import pytest

from dashboards.kit.formats import Figure
from dashboards.subjects.senior_phase.figures.comparisons import ABOVE, BELOW, BY_SET, NO_GROUP, WITHIN, lies
from tests.integration.test_dashboards_attainment import YEAR, World, cells, council, world
from tests.integration.test_dashboards_senior_phase import SETS, name_of, of_measure
from tests.support.senior_world import SECONDARIES

__all__ = ["world"]


def _said(value: str, symbol: str) -> str:
    return f"case when {value} is null then {symbol} else round(100 * {value}, 1) || '%%' end"


@pytest.mark.parametrize("seed_code", [seed_code for seed_code, _ in SECONDARIES])
def test_the_group_equals_sql_and_stands_nowhere_without_one(world: World, seed_code: str) -> None:
    path = f"/schools/{seed_code}/secondary/senior-phase"
    page, found = cells(world, "officer", path), council(world, "officer")
    where = f"from aggregated.leaver_comparisons_by_school where {{where}} and seed_code = '{seed_code}'"
    ((source,),) = found.rows(f"select comparison_source {where}")
    for award_set, measures in BY_SET.items():
        caption = f"{SETS[award_set]}: leavers like these elsewhere, {YEAR}"
        shown = {key[1:]: cell for key, cell in page.items() if key[0].startswith(caption)}
        is_any = " or ".join(f"{measure}_comparison is not null" for measure in measures)
        ((is_told,),) = found.rows(f"select {is_any} {where}")
        assert bool(shown) is bool(is_told)
        for measure in measures if shown else ():
            name = name_of(measure.removeprefix(f"{award_set}_"))
            ((own, group, low, high),) = found.rows(
                f"select {of_measure(measure)}, {_said(f'{measure}_comparison', f'{measure}_comparison_symbol')}, "
                f"{_said(f'{measure}_draws_low', f'{measure}_draws_symbol')}, "
                f"{_said(f'{measure}_draws_high', f'{measure}_draws_symbol')} {where}"
            )
            assert (shown[name, "This school"], shown[name, "Comparison group"]) == (own, group)
            if source == "own":
                assert shown[name, "Draws between"] == (low if low.startswith("[") else f"{low} to {high}")
                assert shown[name, "The school lies"] in ("", ABOVE, WITHIN, BELOW)
            else:
                assert (name, "Draws between") not in shown
    text = world.browsers["officer"].get(path).text
    assert (NO_GROUP in text) is not any("leavers like these elsewhere" in key[0] for key in page)


@pytest.mark.parametrize(
    ("own", "least", "largest", "said"),
    [
        (0.80, 0.70, 0.75, ABOVE),
        (0.75, 0.70, 0.75, WITHIN),
        (0.7504, 0.70, 0.75, WITHIN),  # 75.0% beside 75.0%
        (0.70, 0.70, 0.75, WITHIN),
        (0.69, 0.70, 0.75, BELOW),
        (None, 0.70, 0.75, ""),
        (0.70, None, 0.75, ""),
    ],
)
def test_where_a_school_lies_is_said_of_the_figures_as_they_are_written(
    own: float | None, least: float | None, largest: float | None, said: str
) -> None:
    assert lies(*(Figure(one, None if one is not None else "[c]") for one in (own, least, largest))) == said
