"""Work that goes to other processes comes back as if this one had done it, and none of them outlives it."""

import math
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from orchestration.release import beside
from orchestration.release.beside import LostProcessError, at_hand, each
from orchestration.release.engine.changes import decide
from orchestration.release.engine.memory import Memory
from orchestration.release.limits import TooLongError, limited
from orchestration.settings import PROJECT_DIR
from tests.support.made_up_rolls import persons_of, published_roll, roll_model
from tests.support.work_beside import dies_elsewhere, endless, no_copy_after, number_after, secrets_after, who_after


@pytest.fixture(autouse=True)
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes beside this one, from the second piece of work on."""
    monkeypatch.setattr(beside, "WORTH_IT", 0.0)
    monkeypatch.setattr(beside, "processors", lambda: 3)


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_results_are_in_order_whoever_has_done_them() -> None:
    with at_hand(3):
        assert each(math.factorial, [(number,) for number in range(40)]) == [math.factorial(n) for n in range(40)]
        assert each(math.factorial, []) == []


def test_several_processes_work_and_are_kept_until_the_end() -> None:
    with at_hand(3):
        first = {*each(who_after, [(0.2,)] * 12)}
        second = {*each(who_after, [(0.2,)] * 12)}
        assert first == second
        assert len(first) == 3
    assert [pid for pid in first if is_there(pid)] == [os.getpid()]


def test_one_piece_stays_here_and_need_not_be_copied() -> None:
    with at_hand(3):
        each(who_after, [(0.1,)] * 4)
        assert each(lambda: os.getpid(), [()]) == [os.getpid()]


@pytest.mark.parametrize("most", [None, 1])
def test_no_more_work_than_may(most: int | None) -> None:
    with nullcontext() if most is None else at_hand(most):
        assert {*each(who_after, [(0.05,)] * 4)} == {os.getpid()}


def test_short_work_stays_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "WORTH_IT", 60.0)
    with at_hand(3):
        assert each(os.getpid, [()] * 5) == [os.getpid()] * 5


def test_what_goes_wrong_there_is_raised_here() -> None:
    with at_hand(3), pytest.raises(ValueError, match="not a number"):
        each(number_after, [("1",), ("2",), ("not a number",), ("3",)])
    assert not beside._IDLE


def test_the_limit_of_this_process_holds_in_the_others() -> None:
    began = time.monotonic()
    with at_hand(3), limited(1.0), pytest.raises(TooLongError):
        each(endless, [(number,) for number in range(4)])
    assert time.monotonic() - began < 30


def test_a_process_that_dies_is_named_as_lost() -> None:
    with at_hand(3), pytest.raises(LostProcessError, match="has ended"):
        each(dies_elsewhere, [(os.getpid(),)] * 6)


def test_a_process_that_was_ended_while_idle_is_replaced() -> None:
    with at_hand(2):
        known = {*each(who_after, [(0.1,)] * 4)} - {os.getpid()}
        for pid in known:
            os.kill(pid, signal.SIGKILL)
        (idle,) = beside._IDLE
        idle._process.wait()
        assert len({*each(who_after, [(0.1,)] * 4)} - {os.getpid()} - known) == 1


def test_what_has_no_copy_is_said_and_leaves_no_process() -> None:
    with at_hand(2), pytest.raises(LostProcessError, match="could not be handed over"):
        each(no_copy_after, [(0.1,)] * 4)
    assert not beside._IDLE


def test_an_error_that_is_not_ours_says_where_it_happened() -> None:
    with at_hand(2), pytest.raises(ValueError, match="not a number") as raised:
        each(number_after, [("1",), ("not a number",), ("not a number",)])
    assert raised.traceback[-1].path.name == "work_beside.py"


def test_the_key_and_passwords_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WAREHOUSE_PSEUDONYM_KEY", "PGPASSWORD", "DBT_ENV_SECRET_WAREHOUSE_PASSWORD"):
        monkeypatch.setenv(name, "made up")
    with at_hand(2):
        found = dict(each(secrets_after, [(0.1,)] * 4))
    assert len(found) == 2
    assert all(not names for pid, names in found.items() if pid != os.getpid())


def test_what_is_decided_elsewhere_is_what_would_be_decided_here() -> None:
    """The roll of a small council, three times, as it crosses the pipe and as it comes back."""
    roll = published_roll("Orkney")
    model = roll_model(roll.schools)
    persons = persons_of(model, roll)
    with at_hand(2):
        beside_us = each(decide, [(model, persons, Memory()) for _ in range(3)])
        assert beside._IDLE, "another process has taken part"
    here = decide(model, persons, Memory())
    for found in beside_us:
        assert found.system.cells == here.system.cells
        for name in ("shown", "held", "hidden", "value", "changed", "lost"):
            assert getattr(found, name).tolist() == getattr(here, name).tolist(), name
    assert here.hidden.any()


def test_they_end_with_this_process_however_it_ends() -> None:
    code = (
        "import os, time\n"
        "from orchestration.release import beside\n"
        "beside.processors = lambda: 3\n"
        "beside.WORTH_IT = 0.0\n"
        "from tests.support.work_beside import who_after\n"
        "with beside.at_hand(3):\n"
        "    print(*{*beside.each(who_after, [(0.5,)] * 8)}, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT_DIR, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        known = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(known) == 3
        parent.kill()
    until = time.monotonic() + 20
    while any(map(is_there, known)):
        assert time.monotonic() < until, "a process without its parent is left"
        time.sleep(0.05)
