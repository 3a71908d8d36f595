"""Work of a release that needs no database, on the machine's other processors as well; the results are the same.

Python works on one processor. Periods are judged, and tried, each by itself: once that has taken longer than another
process takes to start, others of a list go to processes beside this one. They are handed what they need through a pipe
and nothing else, have no connection, and end with this process, however it ends.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from orchestration.errors import WarehouseError
from orchestration.release.limits import limited, seconds_left
from orchestration.settings import PROJECT_DIR

WORTH_IT = 2.0
"""Seconds of such work since ``at_hand`` from which on another process is worth its start."""
SECRET = ("WAREHOUSE_", "PG", "DBT_")
"""How names of the environment begin that no other process is given: passwords and the key are among them."""
LONGEST = 3600.0
"""Seconds for one piece of work where nobody has set a limit."""
Found = TypeVar("Found")
_IDLE: list["_Process"] = []
_SPENT, _MOST = 0.0, 1


class LostProcessError(WarehouseError):
    """A process beside this one has ended in the middle of its work."""


class _Process:
    """A process that works on what it is handed, one piece after another."""

    def __init__(self, modules: Sequence[str] = ()) -> None:
        code = f"from {__name__} import serve; import {', '.join(['sys', *modules])}; serve(int(sys.argv[1]))"
        own = {name: value for name, value in os.environ.items() if not name.startswith(SECRET)}
        self._pipe, there = Pipe()
        with there:
            self._process = subprocess.Popen(
                [sys.executable, "-c", code, str(there.fileno())],
                env={**own, "PYTHONPATH": str(PROJECT_DIR), "OPENBLAS_NUM_THREADS": "1"},
                pass_fds=[there.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip

    def do(self, function: Callable[..., Found], arguments: Sequence[Any], seconds: float) -> Found:
        """What ``function`` returns, or raises, there. Raises LostProcessError where the process has ended."""
        try:
            self._pipe.send((function, arguments, seconds))
            is_done, found = self._pipe.recv()
        except (EOFError, OSError):
            raise LostProcessError(
                "a process that worked on a part of it has ended: it was killed, as when memory runs out; run it again"
            ) from None
        if not is_done:
            raise found
        done: Found = found
        return done

    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it at once, whatever it is at."""
        self._process.kill()
        self._process.wait()


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


@contextmanager
def at_hand(most: int) -> Iterator[None]:
    """Let so many processes at most work inside, this one included, and keep those that are started until the end.

    Outside all is done here.
    """
    global _SPENT, _MOST
    _SPENT, _MOST = 0.0, most
    try:
        yield
    finally:
        _MOST = 1
        while _IDLE:
            _IDLE.pop().end()


def get_ready(*modules: str) -> None:
    """Start another process at once, where more than one may work and none is there: much such work is about to come.

    It loads these modules meanwhile, so that it need not when it is handed the first piece.
    """
    if min(processors(), _MOST) > 1 and not _IDLE:
        _IDLE.append(_Process(modules))


def each(function: Callable[..., Found], every: Sequence[Sequence[Any]]) -> list[Found]:
    """``function`` of each of these arguments, in their order; raises what one of them raises.

    It has to be a function of a module, of its arguments alone; they and its result are copied. What is no error of
    the warehouse's own is done once more here, so that it says where it happened.
    """
    global _SPENT
    work = _Work(function, every)
    began = time.monotonic()
    while not _IDLE and _SPENT + time.monotonic() - began < WORTH_IT and work.one():
        pass
    number = max(0, min(processors(), _MOST, len(work.left)) - 1)  # one piece is left to this process
    others = [threading.Thread(target=work.beside, daemon=True) for _ in range(number)]
    try:
        for other in others:
            other.start()
        while work.one():
            pass
    except BaseException:
        work.give_up()
        raise
    finally:
        for other in others:
            other.join()
        _SPENT += time.monotonic() - began
    if work.errors:
        first = min(work.errors)
        if not isinstance(work.errors[first], WarehouseError):
            function(*every[first])
        raise work.errors[first]
    return [work.found[number] for number in range(len(every))]


class _Work:
    """A list of arguments that this process and others take from until none is left."""

    def __init__(self, function: Callable[..., Any], every: Sequence[Sequence[Any]]) -> None:
        self._function, self._every = function, every
        self._until = time.monotonic() + seconds_left(LONGEST)
        self._busy: list[_Process] = []
        self._is_given_up = False
        self.left = deque(range(len(every)))
        self.found: dict[int, Any] = {}
        self.errors: dict[int, Exception] = {}

    def one(self) -> bool:
        """Do one of them here; False when none is left."""
        try:
            number = self.left.popleft()
        except IndexError:
            return False
        self.found[number] = self._function(*self._every[number])
        return True

    def beside(self) -> None:
        """Let another process do one after another until none is left."""
        process = _IDLE.pop() if _IDLE else _Process()
        if not process.is_alive():  # somebody has ended it while it was idle
            process = _Process()
        self._busy.append(process)
        while self.left:
            try:
                number = self.left.popleft()
            except IndexError:
                break
            try:
                seconds = max(self._until - time.monotonic(), 0.1)
                self.found[number] = process.do(self._function, self._every[number], seconds)
            except Exception as error:
                self.errors[number] = error
                self.left.clear()
        self._busy.remove(process)
        if self.errors or self._is_given_up:
            process.end()  # it may have been ended in the middle of an answer
        else:
            _IDLE.append(process)

    def give_up(self) -> None:
        """End the other processes, whose results nobody waits for any more."""
        self._is_given_up = True
        self.left.clear()
        for process in list(self._busy):
            process.end()


def serve(number: int) -> None:
    """Do what comes through the pipe of this number until the process at its other end has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = Connection(number)
    while True:
        try:
            try:
                function, arguments, seconds = pipe.recv()
                with limited(seconds):
                    answer: tuple[bool, Any] = True, function(*arguments)
            except (EOFError, ConnectionError):
                return
            except Exception as error:
                answer = False, error
            try:
                pipe.send(answer)
            except (pickle.PicklingError, AttributeError, TypeError) as error:  # a result, or an error, with no copy
                pipe.send((False, LostProcessError(f"a result could not be handed over: {type(error).__name__}")))
        except ConnectionError:
            return
