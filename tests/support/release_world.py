"""A small authority for the tests of release: schools and pupils with their openings by month."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

AUTHORITY = "S12000005"
YEAR = "2025/26"
OCTOBER_END = date(2025, 10, 31)
MONTHS = (date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1))
STAGES = {
    "primary": ("P1", "P2", "P3", "P4", "P5", "P6", "P7"),
    "secondary": ("S1", "S2", "S3", "S4", "S5", "S6"),
    "special": ("SP",),
}
GROUPS = {"1": "most_deprived_fifth", "2": "second_fifth"}


@dataclass(frozen=True)
class Month:
    """Openings of one pupil in one month."""

    possible: int = 40
    authorised: int = 0
    not_authorised: int = 0
    late: int = 0
    not_recorded: int = 0

    @property
    def attended(self) -> int:
        return self.possible - self.authorised - self.not_authorised

    @cached_property
    def whole(self) -> tuple[int, ...]:
        """The fields in their order."""
        return self.possible, self.authorised, self.not_authorised, self.late, self.not_recorded

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Possible, attended, authorised, not authorised, late and not recorded openings."""
        return self.possible, self.attended, self.authorised, self.not_authorised, self.late, self.not_recorded


@dataclass(frozen=True)
class Pupil:
    token: int
    seed_code: str
    sector: str
    stage: str
    sex: str
    quintile: str
    months: Mapping[date, Month] = field(default_factory=dict)

    @property
    def group(self) -> str:
        return GROUPS.get(self.quintile, "rest")

    @cached_property
    def parts(self) -> dict[tuple[int, int], "Pupil"]:
        """Parts of the pupil that were made once (``release_exact.part_of``)."""
        return {}

    @cached_property
    def band(self) -> tuple[int, bool] | None:
        """Band 1 to 4 and whether severely absent; none below 20 possible openings."""
        possible = sum(month.possible for month in self.months.values())
        absent = possible - sum(month.attended for month in self.months.values())
        if possible < 20:
            return None
        band = 1 + sum(absent * 100 >= limit * possible for limit in (5, 10, 20))
        return band, 2 * absent >= possible


@dataclass(frozen=True)
class World:
    pupils: tuple[Pupil, ...]
    data_as_at: date = date(2025, 10, 31)
    after_census: bool = True
    authority: str = AUTHORITY


def random_world(
    sizes: Mapping[tuple[str, str], int], seed: int = 1, months: Iterable[date] = MONTHS[:3], absent: float = 0.1
) -> World:
    """Schools of the given sizes by (SEED code, sector), with stages, sexes and quintiles at random."""
    generator = random.Random(seed)
    pupils = []
    for (code, sector), size in sizes.items():
        for _ in range(size):
            token = len(pupils) + 1
            by_month = {}
            for month in months:
                absences = sum(generator.random() < absent for _ in range(20)) * 2
                unauthorised = generator.randint(0, absences // 2)
                by_month[month] = Month(40, absences - unauthorised, unauthorised, generator.choice((0, 0, 1)))
            pupils.append(
                Pupil(
                    token, code, sector, generator.choice(STAGES[sector]), generator.choice("FM"),
                    generator.choice(("1", "2", "3", "4", "5", "unknown")), by_month,
                )
            )  # fmt: skip
    last = max(months)
    end = date(last.year, last.month, {8: 29, 9: 30, 10: 31, 11: 28, 12: 31}[last.month])
    return World(tuple(pupils), end)


def changed(world: World, change: Callable[[Pupil], Pupil | None]) -> World:
    """The same world with every pupil changed, or taken out where ``None`` comes back."""
    found = [change(pupil) for pupil in world.pupils]
    return replace(world, pupils=tuple(pupil for pupil in found if pupil is not None))


def pupil_band(pupil: Pupil) -> tuple[int, bool] | None:
    """Band of a pupil, counted once."""
    return pupil.band
