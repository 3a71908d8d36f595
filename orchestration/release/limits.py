"""How long the release of one authority may take, and which step it is at.

Whatever breaks at one authority refuses that authority, within a time limit, and never another. Loops ask ``check``;
statements have the database's own limit; an alarm ends what does neither.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType

from orchestration.errors import WarehouseError

GRACE = 5.0
"""Seconds that the alarm leaves to loops and statements to end by themselves, and to what swallows it once."""


class TooLongError(WarehouseError):
    """The release of one authority has taken longer than it may."""


class EndlessError(WarehouseError):
    """A step of release would not end: it was stopped where it made no progress."""


@dataclass
class Watch:
    """Seconds that a release may take, the step it is at, and when its time is over (``time.monotonic``)."""

    seconds: float
    step: str = "its beginning"
    until: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.until = time.monotonic() + self.seconds

    def too_long(self) -> TooLongError:
        """The error that says so."""
        return TooLongError(f"it took longer than the {self.seconds:g} seconds it may take")


_WATCH: ContextVar[Watch | None] = ContextVar("watch of a release", default=None)


def at(step: str) -> None:
    """Note which step is begun. Raises ``TooLongError`` once the time is over."""
    watch = _WATCH.get()
    if watch is not None:
        watch.step = step
    check()


def check() -> None:
    """Raise ``TooLongError`` once the time is over; nothing outside a limited release."""
    watch = _WATCH.get()
    if watch is not None and time.monotonic() > watch.until:
        raise watch.too_long()


def seconds_left(at_most: float) -> float:
    """Seconds that are left, ``at_most`` and at least a tenth, as a limit for one program or statement."""
    watch = _WATCH.get()
    return at_most if watch is None else min(at_most, max(watch.until - time.monotonic(), 0.1))


@contextmanager
def limited(seconds: float) -> Iterator[Watch]:
    """Limit what is inside to some seconds. An alarm ends it in the main thread, where nobody else has set one."""
    watch = Watch(seconds)
    token = _WATCH.set(watch)
    has_alarm = threading.current_thread() is threading.main_thread() and signal.getitimer(signal.ITIMER_REAL)[0] == 0.0

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise watch.too_long()

    before = signal.signal(signal.SIGALRM, ring) if has_alarm else None
    if has_alarm:
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE, GRACE)
    try:
        yield watch
    finally:
        if has_alarm:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
        _WATCH.reset(token)
