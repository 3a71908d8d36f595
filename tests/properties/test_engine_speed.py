"""A first release and ordinary nights of a roll like Glasgow's stay within their time (`make properties`)."""

import os
import time

import numpy as np
import pytest

from orchestration.release.engine.changes import Decision, decide
from orchestration.release.engine.memory import Memory
from orchestration.release.engine.model import Model, Persons
from tests.support.made_up_rolls import persons_of, published_roll, roll_model

pytestmark = pytest.mark.skipif(
    os.environ.get("PROPERTIES") != "all", reason="a time beside other tests says nothing: make properties"
)
FIRST, NIGHT = 90.0, 6.0
"""Seconds on two slow cores that do nothing else."""


def _seconds(model: Model, persons: Persons, memory: Memory) -> tuple[float, Decision]:
    start = time.process_time()
    decision = decide(model, persons, memory)
    return time.process_time() - start, decision


def test_glasgow_is_decided_in_time() -> None:
    roll = published_roll("Glasgow")
    model = roll_model(roll.schools)
    persons = persons_of(model, roll)
    memory = Memory()
    first, decision = _seconds(model, persons, memory)
    assert not len(decision.lost)
    memory.kept(1)
    assert first <= FIRST
    generator = np.random.default_rng(0)
    for night in (2, 3):
        stays = generator.random(len(persons)) > 0.0005
        persons = Persons(persons.ids[stays], {name: codes[stays] for name, codes in persons.codes.items()})
        seconds, decision = _seconds(model, persons, memory)
        assert not len(decision.lost)
        memory.kept(night)
        assert seconds <= NIGHT
