"""Promises of the layers, on random deliveries of several authorities at once."""

import csv

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestration.settings import PROJECT_DIR
from tests.conftest import NewWarehouse
from tests.support.canonical_world import CanonicalWorld
from tests.support.random_calendars import random_ledger, tell
from tests.support.random_deliveries import random_story

ARRIVALS = 3
AUTHORITIES = 12  # stories at once: a build costs as much for one as for twelve


@pytest.fixture(scope="module")
def world(new_warehouse: NewWarehouse) -> CanonicalWorld:
    return CanonicalWorld(new_warehouse(built=True))


def authorities() -> list[str]:
    with (PROJECT_DIR / "seeds" / "local_authorities.csv").open() as file:
        return sorted(row["local_authority_code"] for row in csv.DictReader(file))


@settings(
    max_examples=1,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(min_value=1, max_value=2**31))
def test_any_order_of_arrival_gives_the_same_layers(world: CanonicalWorld, seed: int) -> None:
    """One by one in any order, with withdrawals between, is what all at once gives, and what a rebuild gives."""
    stories = [
        random_story(seed + number, authority, number, ARRIVALS)
        for number, authority in enumerate(authorities()[:AUTHORITIES])
    ]
    # lost files and closed days between the deliveries
    ledgers = {story.deliveries[0].authority: random_ledger(seed + at, at) for at, story in enumerate(stories)}
    world.empty()
    for arrival in range(ARRIVALS):
        for story in stories:
            world.deliver(story.deliveries[arrival])
            for after, which, kind in story.events:
                if after == arrival:
                    world.event(story.deliveries[which], kind)
        for code, ledger in ledgers.items():
            tell(world, code, *ledger[arrival::ARRIVALS])
        world.build()
        assert world.closes()
    one_by_one = world.state()
    world.build()
    assert world.state() == one_by_one, "a build with nothing new changed something"
    world.build("--full-refresh")
    rebuilt = world.state()
    assert_same(one_by_one, rebuilt)

    world.empty()
    for story in stories:
        world.deliver(*sorted(story.deliveries, key=lambda found: found.day))
        for _, which, kind in story.events:
            world.event(story.deliveries[which], kind)
    for code, ledger in ledgers.items():
        tell(world, code, *(entry for arrival in range(ARRIVALS) for entry in ledger[arrival::ARRIVALS]))
    world.build()
    assert_same(one_by_one, world.state())


def assert_same(one: dict[str, list[tuple[str, ...]]], other: dict[str, list[tuple[str, ...]]]) -> None:
    wrong = {
        name: (sorted(set(one[name]) - set(other[name]))[:3], sorted(set(other[name]) - set(one[name]))[:3])
        for name in one
        if one[name] != other[name]
    }
    assert not wrong, wrong
