"""The people of one authority: what belongs to a person for good, and what is carried from year to year."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.world.identifiers import ScnIssuer
from orchestration.synthetic.world.published import SPECIAL_STAGE, Authority, shares

Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]

_DEFERRED = (0.098, 0.147)  # P1 pupils who are six by the end of February: girls, boys (2022 census)
_NO_ZONE = -1


def day(value: date) -> np.datetime64:
    """A date as numpy counts it."""
    return np.datetime64(value, "D")


@dataclass
class People:
    """Arrays with one place per person; a person's number is the place. Sex is 0 for F and 1 for M."""

    sex: Ints
    birth: Days
    scn: Ints
    zone: Ints  # position among all data zones, -1 where no postcode is held
    quintile: Ints  # 0 to 4, 5 where there is no zone, -1 where not yet decided
    ethnicity: Ints  # position in the ethnicity shares, -1 where not yet decided
    has_support_need: NDArray[np.bool_]
    is_meal_registered: NDArray[np.bool_]
    is_taught_in_gaelic: NDArray[np.bool_]
    absence_rank: NDArray[np.float64]  # a lasting tendency, uniform over 0 to 1
    first_start: Ints  # academic year in which the person is first known

    @property
    def count(self) -> int:
        """How many people there are."""
        return len(self.sex)


def nobody() -> People:
    """An empty population."""
    none = np.zeros(0, dtype=np.int64)
    flags = np.zeros(0, dtype=bool)
    return People(
        none, np.zeros(0, dtype="datetime64[D]"), none, none, none, none, flags, flags, flags, np.zeros(0), none
    )


@dataclass
class Registry:
    """Adds people to a population, with dates of birth that fit the stage and a new SCN each."""

    seeds: Path
    authority: Authority
    people: People = field(default_factory=nobody)

    def __post_init__(self) -> None:
        self._issuer = ScnIssuer(self.authority.position)

    def new_scns(self, years: Ints) -> Ints:
        """SCNs that nobody has yet, one for each year of issue."""
        return self._issuer.issue(years)

    def add(self, start: int, stage: Ints, sex: Ints, random: np.random.Generator) -> Ints:
        """People who are in these stages in the academic year that begins in ``start``; their numbers."""
        count = len(stage)
        special = stage == SPECIAL_STAGE
        first_school_year = start - stage
        birth = _births(first_school_year, sex, random)
        if special.any():
            for value, name in ((0, "female"), (1, "male")):
                chosen = special & (sex == value)
                codes, weights = shares(self.seeds, "age_on_28_february", f"SP {name}")
                ages = np.array([int(code) for code in codes])[
                    random.choice(len(codes), size=int(chosen.sum()), p=weights)
                ]
                ends = np.array([day(date(start + 1 - int(age), 2, 28)) for age in ages], dtype="datetime64[D]")
                birth[chosen] = ends - random.integers(0, 365, size=len(ages)).astype("timedelta64[D]")
                first_school_year[chosen] = start - (ages - 5)
        people = self.people
        undecided = np.full(count, -1, dtype=np.int64)
        off = np.zeros(count, dtype=bool)
        numbers = np.arange(people.count, people.count + count)
        self.people = People(
            sex=np.concatenate([people.sex, sex]),
            birth=np.concatenate([people.birth, birth]),
            scn=np.concatenate([people.scn, self._issuer.issue(first_school_year + 1)]),
            zone=np.concatenate([people.zone, undecided]),
            quintile=np.concatenate([people.quintile, undecided]),
            ethnicity=np.concatenate([people.ethnicity, undecided]),
            has_support_need=np.concatenate([people.has_support_need, off]),
            is_meal_registered=np.concatenate([people.is_meal_registered, off]),
            is_taught_in_gaelic=np.concatenate([people.is_taught_in_gaelic, off]),
            absence_rank=np.concatenate([people.absence_rank, random.random(count)]),
            first_start=np.concatenate([people.first_start, np.full(count, start)]),
        )
        return numbers


def _births(first_school_year: Ints, sex: Ints, random: np.random.Generator) -> Days:
    """Born from March to February of the usual cohort, or, deferred, in the half-year before it."""
    cut = (first_school_year - 5 - 1970).astype("datetime64[Y]").astype("datetime64[M]") + 2
    cut_day = cut.astype("datetime64[D]")
    count = len(sex)
    usual = random.integers(0, 364, size=count)
    early = -1 - (random.beta(1.0, 2.5, size=count) * 195).astype(np.int64)
    deferred = random.random(count) < np.array(_DEFERRED)[sex]
    return np.asarray(cut_day + np.where(deferred, early, usual).astype("timedelta64[D]"))


def age_in_february(people: People, numbers: Ints, start: int) -> Ints:
    """Age in years on 28 February of the academic year that begins in ``start``."""
    then = day(date(start + 1, 2, 28))
    return np.asarray(((then - people.birth[numbers]).astype(np.int64) / 365.2425).astype(np.int64))
