"""What leaves the council: a school's results in official bands, and nothing of a cohort of 20 or fewer (RULES 48)."""

import pytest

from dashboards.kit.formats import Figure
from dashboards.subjects.core.figures.attained import Attained, to_share


def cohort(pupils: int | None, symbol: str | None = None) -> Attained:
    count = Figure(pupils, symbol, "count")
    return Attained(count, Figure(16, None, "count"), Figure(0.8), "80% to under 90%")


@pytest.mark.parametrize(("pupils", "shared"), [(0, 0), (1, None), (20, None), (21, 21), (400, 400)])
def test_a_cohort_of_20_or_fewer_is_not_there_and_zero_is(pupils: int, shared: int | None) -> None:
    found = cohort(pupils)
    assert found.cohort_to_share == Figure(shared, None if shared is not None else "[c]", "count")
    assert to_share(found.cohort) == found.cohort_to_share


def test_its_band_goes_with_it_whatever_was_released() -> None:
    assert cohort(21).band == "80% to under 90%"
    assert cohort(20).band == Figure(None, "[c]", "text")
    hidden = cohort(None, "[c]")
    assert hidden.cohort_to_share.symbol == "[c]"
    assert hidden.band == Figure(None, "[c]", "text")
