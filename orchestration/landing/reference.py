"""Code lists and establishments that rows are judged by, read from the seeds."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import permutations
from pathlib import Path

from orchestration.contracts import CodeList, Column, placeholder_numbers
from orchestration.landing.outcomes import LandingError
from orchestration.settings import Settings

Row = dict[str, str]


@dataclass(frozen=True)
class Reference:
    """The seeds, as landing needs them. ``folder`` is where their CSV files lie."""

    folder: Path

    @classmethod
    def of(cls, settings: Settings) -> "Reference":
        """The seeds of this project."""
        return cls(settings.seeds_dir)

    def rows(self, seed: str) -> tuple[Row, ...]:
        """All rows of a seed as text. Raises LandingError when there is no such seed."""
        path = self.folder / f"{seed}.csv"
        try:
            return _rows(path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            raise LandingError(f"A contract refers to the seed {seed}, but there is no seeds/{path.name}.") from None

    def authorities(self) -> frozenset[str]:
        """GSS codes of the authorities."""
        return frozenset(row["local_authority_code"] for row in self.rows("local_authorities"))

    def establishments(self) -> frozenset[int]:
        """SEED codes of all schools of the schools seed."""
        return frozenset(int(row["seed_code"]) for row in self.rows("schools"))

    def codes(self, codes: CodeList) -> tuple[str, ...]:
        """Codes that a column may hold, local codes apart."""
        values = codes.values
        if codes.seed is not None:
            values = tuple(row[str(codes.seed_column)] for row in self.rows(codes.seed))
        values = tuple(value for value in values if value not in codes.excluded)
        if codes.joined_by is None:
            return values
        return tuple(
            codes.joined_by.join(chosen) for size in range(1, len(values) + 1) for chosen in permutations(values, size)
        )

    def local_codes(self, codes: CodeList, local_authority_code: str) -> tuple[str, ...]:
        """Local codes of an authority that are mapped to national ones."""
        if codes.local_seed is None:
            return ()
        rows = self.rows(codes.local_seed)
        return tuple(row["local_code"] for row in rows if row["local_authority_code"] == local_authority_code)

    def placeholders(self, column: Column, local_authority_code: str) -> frozenset[int]:
        """Numbers of a column that are nobody's in the extracts of an authority (rule 2)."""
        if column.placeholders is None:
            return frozenset()
        return placeholder_numbers(self.folder, column.placeholders, local_authority_code)

    def decoded(self, seed: str, column: str) -> dict[str, str]:
        """ScotXed numbers of a column and the codes they stand for."""
        return {row["scotxed_code"]: row["code"] for row in self.rows(seed) if row["column_name"] == column}

    def academic_years(self) -> tuple[date, date]:
        """First and last day of the academic years that the warehouse knows."""
        rows = self.rows("academic_years")
        return (
            min(date.fromisoformat(row["starts_on"]) for row in rows),
            max(date.fromisoformat(row["ends_on"]) for row in rows),
        )

    def censuses(self) -> dict[date, date]:
        """First day of each academic year that the warehouse knows, and the census day in it."""
        return {
            date.fromisoformat(row["starts_on"]): date.fromisoformat(row["census_on"])
            for row in self.rows("academic_years")
        }


@lru_cache(maxsize=64)
def _rows(path: Path, _modified: int) -> tuple[Row, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def academic_year(day: date) -> str:
    """The academic year of a day, August to July: ``2025/26``."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}/{(first + 1) % 100:02d}"
