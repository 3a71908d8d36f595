"""Pupils by pseudonym behind the split of absence, read only where a rule needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import psycopg

from orchestration.release.protection.split_half_days import PlacedHalfDays, half_day
from orchestration.release.protection.splits import SplitPupils, month_number


@dataclass(frozen=True)
class PlacedSplit:
    """The split of one year with the place and groups of each row."""

    pupils: SplitPupils
    unit: Sequence[tuple[str, str]]
    stage: Sequence[str]
    sex: Sequence[str]
    deprivation_group: Sequence[str]
    quintile: Sequence[str]

    def category(self, breakdown: str) -> Sequence[str] | None:
        """The column of a breakdown; None where the pupils do not have it."""
        found = {"stage": self.stage, "sex": self.sex, "deprivation_group": self.deprivation_group}
        return found.get(breakdown)


class PupilSource(Protocol):
    """Where the pupils behind rows come from."""

    def splits(self, year: str) -> PlacedSplit:
        """Openings authorised, not authorised and late, in this order, by pupil and month of a year."""

    def half_days(self, year: str) -> PlacedHalfDays:
        """The same by pupil and half day of the week, in the year so far."""


class DatabasePupils:
    """The pupils as the build has them in ``aggregated_exact``, of one authority."""

    def __init__(self, connection: psycopg.Connection, authority: str) -> None:
        self.connection = connection
        self.authority = authority

    def splits(self, year: str) -> PlacedSplit:
        """One row per pupil, school and month with an absence or late arrival."""
        rows = self.connection.execute(
            """
            select hashtextextended(pupil_token::text, 0), seed_code::text, sector, stage, sex, deprivation_group,
                month, authorised, not_authorised, late, simd_quintile
            from aggregated_exact.split_pupils
            where local_authority_code = %s and academic_year = %s
            """,
            [self.authority, year],
        ).fetchall()
        numbers = {month: month_number(month) for month in {row[6] for row in rows}}
        return PlacedSplit(
            SplitPupils(
                np.array([row[0] for row in rows], dtype=np.int64),
                np.array([numbers[row[6]] for row in rows], dtype=np.int64),
                np.array([row[7:10] for row in rows], dtype=np.int64).reshape(-1, 3),
            ),
            [(row[1], row[2]) for row in rows],
            [row[3] for row in rows],
            [row[4] for row in rows],
            [row[5] for row in rows],
            [row[10] for row in rows],
        )

    def half_days(self, year: str) -> PlacedHalfDays:
        """One row per pupil, school and half day of the week with an absence or late arrival."""
        rows = self.connection.execute(
            """
            select hashtextextended(pupil_token::text, 0), seed_code::text, sector, weekday, opening,
                authorised, not_authorised, late
            from aggregated_exact.split_pupil_half_days
            where local_authority_code = %s and academic_year = %s
            """,
            [self.authority, year],
        ).fetchall()
        return PlacedHalfDays(
            SplitPupils(
                np.array([row[0] for row in rows], dtype=np.int64),
                np.array([half_day(row[3], row[4]) for row in rows], dtype=np.int64),
                np.array([row[5:8] for row in rows], dtype=np.int64).reshape(-1, 3),
            ),
            [(row[1], row[2]) for row in rows],
        )
