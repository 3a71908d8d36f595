"""What pages say of changes, groups and schools is true: numbers and directions are read back out of the sentences.

Worlds are random: half days of groups in two years, figures that are hidden, schools with weeks and shares.
"""

import re
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.kit.formats import Figure, rounded
from dashboards.subjects.core.figures.beside import GroupBeside
from dashboards.subjects.core.figures.beside import sentence_of as beside_sentence
from dashboards.subjects.core.figures.made_of import FRACTIONS, HALF, LEAST_SHARED_OUT, MadeOf, Part, made_of
from dashboards.subjects.core.figures.made_of import sentence_of as made_sentence

STAGES = ("P1", "P2", "P3", "S1", "S2", "S3")
POINTS = r"(\d+\.\d)"
NEAR = Decimal("0.0501")  # as far as rounding to one decimal goes
FRACTION = {word: value for value, word in FRACTIONS}
MOST_FROM_A_FRACTION = Decimal("0.13")  # half the widest distance between two of them, and what rounding adds


@st.composite
def half_days(draw: st.DrawFn) -> Part:
    possible, before = draw(st.integers(200, 90_000)), draw(st.integers(200, 90_000))
    return Part(
        "",
        draw(st.integers(possible // 2, possible)),
        possible,
        draw(st.integers(before // 2, before)),
        before,
    )


@st.composite
def worlds(draw: st.DrawFn) -> list[Part]:
    names = draw(st.lists(st.sampled_from(STAGES), min_size=1, unique=True))
    found = []
    for name in names:
        part = draw(half_days())
        found.append(Part(name, part.attended, part.possible, part.attended_before, part.possible_before))
    return found


def own_change(found: MadeOf, name: str) -> Decimal:
    part = next(move.part for move in found.moves if move.part.name == name)
    return rounded(part.now.value or 0) - rounded(part.before.value or 0)


@settings(deadline=None)
@given(worlds())
def test_what_a_change_is_made_of(parts: list[Part]) -> None:
    found = made_of(parts)
    assert found is not None
    said = made_sentence(found)
    attended, possible = sum(part.attended for part in parts), sum(part.possible for part in parts)
    before, of = sum(part.attended_before for part in parts), sum(part.possible_before for part in parts)
    whole = 100 * (Decimal(attended) / possible - Decimal(before) / of)
    by_name = {move.part.name: move.points for move in found.moves}
    named = [name for name in STAGES if re.search(rf"\b{name}\b", said)]
    if abs(whole) < LEAST_SHARED_OUT:
        for name, way, points in re.findall(rf"\b([PS]\d) (fell|rose) most \({POINTS} percentage points?\)", said):
            moved = own_change(found, name)
            assert abs(moved) == Decimal(points)
            assert (moved < 0) == (way == "fell")
            every = [own_change(found, each) for each in by_name]
            assert moved == (min(every) if way == "fell" else max(every))
        return
    word = "fall" if whole < 0 else "rise"
    if "spread over many groups" in said:
        top = sorted((points / whole for points in by_name.values()), reverse=True)[:3]
        assert sum(share for share in top if share > 0) < HALF
        assert word in said
        return
    together = sum((by_name[name] for name in named), Decimal(0))
    assert named
    assert (together < 0) == (whole < 0), "they moved the way the whole moved"
    if "more than the whole" in said:
        larger, size = re.search(rf"\({POINTS} against {POINTS} percentage points\)", said).groups()  # type: ignore[union-attr]
        assert abs(together) > abs(whole)
        assert ("fell" in said) == (whole < 0)
    else:
        larger, size = re.search(rf"\({POINTS} of {POINTS} percentage points\)", said).groups()  # type: ignore[union-attr]
        fraction = re.match(rf"(?:About )?(.*?) of the {word}", said)
        assert fraction is not None
        assert abs(FRACTION[fraction[1].lower()] - together / whole) <= MOST_FROM_A_FRACTION
    assert abs(Decimal(larger) - abs(together)) < NEAR
    assert abs(Decimal(size) - abs(whole)) < NEAR


@settings(deadline=None)
@given(worlds())
def test_parts_and_the_mix_make_the_whole(parts: list[Part]) -> None:
    """What groups account for, and what comes of who is at school, add up to the change: nothing is counted twice."""
    found = made_of(parts)
    assert found is not None
    possible, of = sum(part.possible for part in parts), sum(part.possible_before for part in parts)
    mix = sum(
        100
        * (Decimal(part.possible) / possible - Decimal(part.possible_before) / of)
        * (Decimal(part.now.value or 0) + Decimal(part.before.value or 0))
        / 2
        for part in parts
    )
    assert abs(sum(move.points for move in found.moves) + mix - found.points) < Decimal("1e-9")


RATES = st.none() | st.decimals(Decimal("0.5"), Decimal(1), places=4)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(STAGES), st.tuples(RATES, RATES), min_size=1))
def test_a_group_beside_the_authoritys_same_group(world: dict[str, tuple[Decimal | None, Decimal | None]]) -> None:
    groups = [
        GroupBeside(
            name, name, Figure(own, None if own is not None else "[c]"),
            Figure(council, None if council is not None else "[c]"), Figure(1, None, "count"),
        )
        for name, (own, council) in world.items()
    ]  # fmt: skip
    said = beside_sentence(groups, "stage")
    apart = {
        name: rounded(own) - rounded(council)
        for name, (own, council) in world.items()
        if own is not None and council is not None
    }
    if not apart:
        assert said == ""
    elif min(apart.values()) >= 0:
        assert "No stage that can be compared is below" in said
    else:
        found = re.match(
            rf"([PS]\d) is furthest below the authority's ([PS]\d): {POINTS}% against {POINTS}%, "
            rf"{POINTS} percentage points?(?:; (\d+) of (\d+) are below)?\.",
            said,
        )
        assert found is not None, said
        name, same, own, council, size, below, of = found.groups()
        assert name == same, "like with like"
        assert apart[name] == min(apart.values()) == -Decimal(size) == Decimal(own) - Decimal(council)
        if below is not None:
            assert (int(below), int(of)) == (sum(value < 0 for value in apart.values()), len(apart))
