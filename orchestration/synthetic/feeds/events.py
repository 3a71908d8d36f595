"""Rows of delta feeds that wait until a delivery is made after they were recorded."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Events:
    """Rows of a feed without their SCN: ``table`` in the order of the layout, who each is of, and when it was made."""

    table: pa.Table
    person: Ints
    recorded: Days

    def take(self, places: Ints) -> "Events":
        """The same with only these rows."""
        return Events(self.table.take(places), self.person[places], self.recorded[places])

    def with_scn(self, scn: Ints) -> pa.Table:
        """The rows as they are delivered, ``scn`` by person."""
        return self.table.add_column(0, "scn", pa.array([f"{number:09d}" for number in scn[self.person].tolist()]))


@dataclass
class Waiting:
    """Rows of one feed by what has become of them; ``key`` tells two rows of a person apart."""

    key: tuple[str, ...]
    waiting: list[Events] = field(default_factory=list)
    delivered: list[Events] = field(default_factory=list)

    def add(self, events: Iterable[Events]) -> None:
        """Rows that will be known at some time."""
        self.waiting.extend(one for one in events if one.table.num_rows)

    def take(self, until: date) -> Events | None:
        """Rows recorded up to a day that no delivery had yet, in the order in which they were recorded."""
        ready, rest = [], []
        for events in self.waiting:
            known = events.recorded <= np.datetime64(until, "D")
            ready.append(events.take(np.flatnonzero(known)))
            rest.append(events.take(np.flatnonzero(~known)))
        self.waiting = [events for events in rest if events.table.num_rows]
        ready = [events for events in ready if events.table.num_rows]
        if not ready:
            return None
        joined = Events(
            pa.concat_tables([events.table for events in ready]).combine_chunks(),
            np.concatenate([events.person for events in ready]),
            np.concatenate([events.recorded for events in ready]),
        )
        joined = joined.take(np.argsort(joined.recorded, kind="stable"))
        joined = joined.take(self._newest(joined))
        self.delivered.append(joined)
        return joined

    def _newest(self, events: Events) -> Ints:
        """The last of the rows of each key: an export writes what stands."""
        columns = [events.person.tolist(), *(events.table[name].to_pylist() for name in self.key)]
        last = {key: place for place, key in enumerate(zip(*columns, strict=True))}
        return np.array(sorted(last.values()), dtype=np.int64)


def codes(names: tuple[str | None, ...], places: Ints) -> list[str | None]:
    """Codes by their positions."""
    return np.array(names, dtype=object)[places].tolist()  # type: ignore[no-any-return]


def seed_codes(schools: Iterable[int], department: Ints) -> list[str]:
    """SEED codes of departments, as text of seven digits."""
    return np.array([f"{code:07d}" for code in schools], dtype=object)[department].tolist()  # type: ignore[no-any-return]


def days_after(day: date, department: Ints, stage: Ints, spread: int) -> Days:
    """A day within ``spread`` days of another, the same for a stage of a school, never at a weekend."""
    days = np.datetime64(day, "D") + ((department * 7 + stage * 3) % spread).astype("timedelta64[D]")
    weekday = (days.astype(np.int64) + 3) % 7
    return np.asarray(days - np.maximum(weekday - 4, 0).astype("timedelta64[D]"))
