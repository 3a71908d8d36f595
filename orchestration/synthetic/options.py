"""What a caller asks of the generator and what it gets back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from orchestration.settings import PROJECT_DIR

Progress = Callable[[str], None]
FURTHER_FEEDS = ("cfe_levels", "cfe_tracking", "qualifications", "leavers", "support_needs")
"""Feeds that are made only where they are asked for."""
RETURNED = tuple(feed for feed in FURTHER_FEEDS if feed != "cfe_tracking")
"""Those of years before there are marks: teachers' predictions are in no return."""


class OrderError(ValueError):
    """What is asked for cannot be made: the message says what may be asked instead."""


@dataclass(frozen=True)
class SynthOptions:
    """One order for synthetic extracts.

    ``authorities`` are codes, names or spellings of the alias seed, or ``("all",)``; ``years`` are
    academic years such as ``2025/26``; ``daily`` is how many school days at the end of each year come as
    a delta of their own; ``faults`` is the share of rows beside which a bad row is planted (0 = none,
    anything above 0 also plants every fault of files and deliveries; files stay below the share of bad
    rows at which they would be quarantined); ``until`` cuts
    the last year; ``cuts`` are days of the last year up to which a delivery of its own brings what there is by
    then, before the daily ones; with ``whole_past`` each year before the last comes in one delivery and without
    bad ones; with ``files`` false nothing is written; ``feeds`` are further feeds beside those of attendance.
    ``attainment_from`` is the first of the years before ``years`` of which a council brings what it returned of
    attainment when it begins: schools, pupils and enrolments, and of ``feeds`` those of ``RETURNED``, one delivery a
    year, without bad ones.
    """

    authorities: tuple[str, ...]
    years: tuple[str, ...]
    out: Path
    seed: int = 1
    daily: int = 0
    faults: float = 0.0
    until: date | None = None
    cuts: tuple[date, ...] = ()
    whole_past: bool = False
    files: bool = True
    calendar: bool = True
    feeds: tuple[str, ...] = ()
    attainment_from: str | None = None
    seeds: Path = field(default=PROJECT_DIR / "seeds")

    def __post_init__(self) -> None:
        if not self.authorities or not self.years:
            raise OrderError("Name at least one authority and one academic year.")
        if not 0 <= self.faults <= 1:
            raise OrderError(f"The fault rate is a share of rows between 0 and 1, not {self.faults}.")
        for feed in self.feeds:
            if feed not in FURTHER_FEEDS:
                raise OrderError(f"No further feed is called {feed!r}; there are {', '.join(FURTHER_FEEDS)}.")
        if self.daily < 0:
            raise OrderError(f"The number of daily deliveries cannot be negative: {self.daily}.")
        for year in self.years:
            start_year(year)
        if self.attainment_from is None:
            return
        if "cfe_levels" not in self.feeds:
            raise OrderError("Years of attainment alone need its feeds: name them, or attainment for all of them.")
        if not self.returned_starts:
            first = year_name(self.starts[0])
            raise OrderError(f"Attainment from {self.attainment_from} begins no earlier than attendance, {first}.")

    @property
    def starts(self) -> list[int]:
        """First calendar years of the academic years with marks, in order."""
        return sorted({start_year(year) for year in self.years})

    @property
    def returned_starts(self) -> list[int]:
        """First calendar years of the years before them that have attainment alone, in order."""
        if self.attainment_from is None:
            return []
        return list(range(start_year(self.attainment_from), self.starts[0]))

    def has_marks(self, start: int) -> bool:
        """Whether a year has attendance."""
        return start not in self.returned_starts

    def feeds_of(self, start: int) -> tuple[str, ...]:
        """Further feeds of a year."""
        return self.feeds if self.has_marks(start) else tuple(feed for feed in self.feeds if feed in RETURNED)

    def until_of(self, start: int) -> date | None:
        """The last day of a year's deliveries, where it is not the last day of term."""
        return self.until if start == self.starts[-1] else None

    def is_whole(self, start: int) -> bool:
        """Whether a year comes in one delivery."""
        return not self.has_marks(start) or (self.whole_past and start != self.starts[-1])

    def daily_of(self, start: int) -> int:
        """School days at the end of a year that come by themselves."""
        return 0 if self.is_whole(start) else self.daily

    def cuts_of(self, start: int) -> tuple[date, ...]:
        """Days up to which the deliveries of a year before its daily ones go, the last apart."""
        return self.cuts if start == self.starts[-1] else ()


@dataclass(frozen=True)
class SynthResult:
    """What was written: delivery keys in order, where the truth is, and how much there is of it."""

    out: Path
    truth: Path | None
    deliveries: tuple[str, ...]
    pupils: int
    openings: int
    faults: int
    seconds: dict[str, float]

    def summary(self) -> str:
        """One line for people."""
        return (
            f"{len(self.deliveries)} deliveries with {self.openings:,} openings of {self.pupils:,} pupils and "
            f"{self.faults:,} planted faults in {self.out} ({sum(self.seconds.values()):.1f} s)"
        )


def start_year(academic_year: str) -> int:
    """First calendar year of ``2025/26``. Raises OrderError for anything not written like that."""
    head, _, tail = academic_year.partition("/")
    if not (len(head) == 4 and head.isdigit() and tail == f"{(int(head) + 1) % 100:02d}"):
        raise OrderError(f"An academic year is written 2025/26, not {academic_year!r}.")
    return int(head)


def year_name(start: int) -> str:
    """``2025`` becomes ``2025/26``."""
    return f"{start}/{(start + 1) % 100:02d}"
