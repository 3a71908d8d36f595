"""Writes the deliveries of one authority and year."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from orchestration.synthetic.faults.planter import Planter
from orchestration.synthetic.feeds.attainment import AttainmentFeeds
from orchestration.synthetic.feeds.attendance import HEADER, RowMaker
from orchestration.synthetic.feeds.calendar import calendar_table
from orchestration.synthetic.feeds.enrolments import enrolment_table, updated_on, visible_at
from orchestration.synthetic.feeds.establishments import establishment_table, open_places
from orchestration.synthetic.feeds.pupils import PupilWriter
from orchestration.synthetic.feeds.support_needs import support_need_table
from orchestration.synthetic.feeds.times import moment
from orchestration.synthetic.files import DeliveryFolder
from orchestration.synthetic.options import SynthOptions
from orchestration.synthetic.plan import Correction, PlannedDelivery, first_version, plan_corrections, plan_year
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import read_seed
from orchestration.synthetic.world.randomness import generator

Ints = NDArray[np.int64]
Codes = NDArray[np.uint8]
SNAPSHOT_FEEDS = ("establishments", "calendar", "pupils", "enrolments")


@dataclass
class YearWriter:
    """Writes one year: the deliveries in order, then tells what canonical must come to."""

    options: SynthOptions
    world: YearWorld
    planter: Planter
    marks: Codes
    attainment: AttainmentFeeds = field(default_factory=lambda: AttainmentFeeds(()))
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        world, spells = self.world, self.world.enrolments
        options = self.options
        self.planned = plan_year(
            world.year.open_dates,
            options.daily_of(world.start),
            options.until_of(world.start),
            options.cuts_of(world.start),
        )
        random = generator(world.seed, world.authority.code, world.start, "corrections")
        self.corrections = plan_corrections(self.marks, self.planned, self.planter.kept_apart(world), random)
        self.delivered = first_version(self.marks, self.corrections)
        self.scn = world.people.scn.copy()
        self.maker = RowMaker(
            self.scn[spells.person], world.seed_codes, local_codes(self.options.seeds, world.authority.code)
        )
        self.places = open_places(world.schools, world.units, world.rolls.total, world.start)

    def write(self, out: Path) -> Iterator[str]:
        """Writes delivery by delivery and yields each key."""
        for place, (planned, correction) in enumerate(zip(self.planned, self.corrections, strict=True)):
            folder = DeliveryFolder(out, self.world.authority.code, planned.extract_date.isoformat())
            self.planter.before_delivery(self, place)
            if planned.has_snapshots:
                for feed in self._snapshot_feeds():
                    self._write_snapshot(folder, feed, planned)
            self._write_further(folder, planned)
            if self.options.has_marks(self.world.start):
                self._write_attendance(folder, planned, correction)
            self.keys.append(folder.close())
            yield folder.key

    def _snapshot_feeds(self) -> Iterator[str]:
        has_calendar = self.options.calendar and self.options.has_marks(self.world.start)
        yield from (feed for feed in SNAPSHOT_FEEDS if feed != "calendar" or has_calendar)
        if "support_needs" in self.options.feeds_of(self.world.start):
            yield "support_needs"

    def snapshot(self, feed: str, at: date) -> pa.Table:
        """A snapshot feed as it is known on a date."""
        world = self.world
        spells = world.enrolments
        visible = visible_at(spells, at)
        if feed == "establishments":
            return establishment_table(world.authority, world.schools, world.units, self.places, world.rolls.total)
        if feed == "calendar":
            return calendar_table(world.units, self.places, world.year, world.openings, at)
        if feed == "enrolments":
            return enrolment_table(spells, visible, self.scn[spells.person], world.schools, at, world.year.dates[0])
        if feed == "support_needs":
            return support_need_table(world, visible, self.scn)
        base = visible[spells.is_base[visible]]
        who, first = np.unique(spells.person[base], return_index=True)
        updated = updated_on(spells, at, world.year.dates[0])
        latest = np.full(world.people.count, np.datetime64("1970-01-01"), dtype="datetime64[D]")
        np.maximum.at(latest, spells.person[base], updated[base])
        return PupilWriter(self.options.seeds, world.authority, world.seed).table(
            world.people, who, self.scn[who], world.schools, spells.department[base][first],
            spells.stage[base][first], latest[who],
        )  # fmt: skip

    def _write_snapshot(self, folder: DeliveryFolder, feed: str, planned: PlannedDelivery) -> None:
        table = self.snapshot(feed, planned.extract_date)
        extracted = moment(planned.extract_date, 18, 0)
        dressed = self.planter.snapshot(self, folder.key, feed, table, planned)
        counts = None
        if "seed_code" in table.column_names:
            counts = count_codes(map(str, table["seed_code"].to_pylist()), dressed.extra_establishments)
        folder.write(
            feed, "snapshot", dressed.chunks(), table.num_rows + dressed.extra_rows, extracted, counts,
            packed=feed != "establishments",
        )  # fmt: skip

    def _write_further(self, folder: DeliveryFolder, planned: PlannedDelivery) -> None:
        """What was recorded of attainment since the delivery before, feed by feed; no file where nothing was."""
        for feed, waiting in self.attainment.rows.items():
            events = waiting.take(planned.extract_date)
            if events is None:
                continue
            table = events.with_scn(self.scn)
            dressed = self.planter.delta(self, folder.key, feed, table, events.person, planned)
            counts = count_codes(map(str, table["seed_code"].to_pylist()), dressed.extra_establishments)
            folder.write(
                feed, "delta", dressed.chunks(), table.num_rows + dressed.extra_rows,
                moment(planned.extract_date, 18, 0), counts,
            )  # fmt: skip

    def _write_attendance(self, folder: DeliveryFolder, planned: PlannedDelivery, correction: Correction) -> None:
        extra = self.planter.attendance(self, folder.key, planned)
        columns = range(2 * planned.first_day, 2 * planned.last_day)
        present = self.delivered[:, columns.start : columns.stop] > 0
        by_unit = np.bincount(
            self.world.unit_of[self.world.enrolments.department],
            weights=present.sum(axis=1),
            minlength=len(self.world.units),
        ).astype(np.int64)
        by_unit += np.bincount(
            self.world.unit_of[self.world.enrolments.department[correction.rows]], minlength=len(self.world.units)
        )
        counts = {
            f"{unit.seed_code:07d}": int(count) for unit, count in zip(self.world.units, by_unit, strict=True) if count
        }
        for code in extra.establishments:
            counts[code] = counts.get(code, 0) + 1
        rows = int(by_unit.sum()) + len(extra.lines)
        folder.write(
            "attendance", "delta", self._attendance_chunks(planned, correction, extra.lines), rows,
            moment(planned.extract_date, 18, 0), counts,
        )  # fmt: skip

    def _attendance_chunks(
        self, planned: PlannedDelivery, correction: Correction, lines: list[bytes]
    ) -> Iterator[bytes]:
        yield HEADER
        days = self.world.year.open_dates
        for column in np.unique(correction.columns).tolist():
            rows = correction.rows[correction.columns == column]
            yield self.maker.corrections(
                rows, self.marks[rows, column], days[column // 2], column % 2 == 1, planned.extract_date
            )
        for column in range(2 * planned.first_day, 2 * planned.last_day):
            codes = np.ascontiguousarray(self.delivered[:, column])
            rows = np.flatnonzero(codes)
            if len(rows):
                yield self.maker.half_day(rows, codes[rows], days[column // 2], column % 2 == 1)
        yield from lines

    def counts(self) -> list[tuple[str, int, int, int]]:
        """SEED code, stage, code and openings that canonical must have once everything has landed."""
        if not self.planned:
            return []
        seen = self.marks[:, : 2 * self.planned[-1].last_day]
        spells = self.world.enrolments
        key = self.world.unit_of[spells.department] * 14 + spells.stage
        units = len(self.world.units)
        table = np.zeros((units * 14, 100), dtype=np.int64)
        for first in range(0, len(seen), 8192):
            rows = slice(first, first + 8192)
            cells = key[rows, None] * 100 + seen[rows]
            table += np.bincount(cells.ravel(), minlength=table.size).reshape(table.shape)
        for unit, stage, code in self.planter.counted_extras(self.world.start):
            table[unit * 14 + stage, code] += 1
        table[:, 0] = 0
        groups, codes = np.nonzero(table)
        return [
            (f"{self.world.units[group // 14].seed_code:07d}", group % 14, code, int(table[group, code]))
            for group, code in zip(groups.tolist(), codes.tolist(), strict=True)
        ]


def no_marks(world: YearWorld) -> Codes:
    """The marks of a year without attendance: of each enrolment none."""
    return np.zeros((world.enrolments.count, 0), dtype=np.uint8)


def count_codes(codes: Iterable[str], extra: list[str]) -> dict[str, int]:
    """Rows by SEED code, those of planted rows included."""
    return dict(Counter(chain(codes, extra)))


def local_codes(seeds: Path, authority: str) -> dict[int, bytes]:
    """National codes that this authority delivers under two letters of its own, from the mapping seed."""
    return {
        int(row["attendance_code"]): row["local_code"].encode()
        for row in read_seed(seeds, "local_attendance_codes")
        if row["local_authority_code"] == authority and len(row["local_code"]) == 2 and row["local_code"].isalpha()
    }
