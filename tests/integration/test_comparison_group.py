"""The comparison group of a school: with copies of it elsewhere its own result lies within the draws."""

import random
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.subjects.senior_phase.figures.comparisons import COMPARED
from orchestration.database import connect
from orchestration.landing.outcomes import LandingError
from orchestration.landing.published import import_published
from orchestration.settings import Settings
from tests.conftest import NewWarehouse
from tests.support.main_job import dbt_alone, rows

COPIES, LEAVERS = 20, 90
HERE = ("S12000005", "5702534")
TABLE = "aggregated_exact.comparison_leavers"
DRAWN = f"select draw, matched, {', '.join(COMPARED)} from aggregated_exact.comparison_draws where seed_code = %s"
VALUES = "local_authority_code,academic_year,seed_code,measure,comparison_percent,source"
OURS = "S12000005,2024/25,5702534,national_1_at_5,83.5,Insight, September 2025"


def _leavers(draw: random.Random) -> Iterator[tuple[object, ...]]:
    """A school: results go with deprivation, sex and stage, as its copies' do."""
    for _ in range(LEAVERS):
        decile, sex, stage = draw.randint(1, 10), draw.choice("FM"), draw.choice(["S5", "S6", "S6"])
        chance = 0.3 + 0.05 * decile + (0.1 if sex == "F" else 0) + (0.1 if stage == "S6" else 0)
        reached = [draw.random() < chance - 0.1 * number for number in range(len(COMPARED))]
        yield (sex, draw.choice(["recorded", "none"]), stage, str((decile + 1) // 2), decile, *reached)


def _fill(settings: Settings, schools: dict[tuple[str, str], list[tuple[object, ...]]], draw: random.Random) -> None:
    columns = ["sex", "support_need", "leaving_stage", "simd_quintile", "home_decile", *COMPARED]
    names = ["pupil_token", "local_authority_code", "academic_year", "seed_code", "sector", *columns]
    query = f"insert into {TABLE} ({', '.join(names)}) values ({', '.join(['%s'] * len(names))})"
    with connect(settings, "transformer") as connection, connection.cursor() as cursor:
        cursor.execute(f"truncate {TABLE}")
        cursor.executemany(
            query,
            [
                (uuid.UUID(int=draw.getrandbits(128)), authority, "2024/25", seed_code, "secondary", *leaver)
                for (authority, seed_code), leavers in schools.items()
                for leaver in leavers
            ],
        )


def _drawn(settings: Settings, seed_code: str) -> list[tuple[object, ...]]:
    done = dbt_alone(settings, ["run", "--select", "comparison_draws"])
    assert done.success, done
    return sorted(rows(settings, "transformer", DRAWN, seed_code))


@pytest.fixture(scope="module")
def council(new_warehouse: NewWarehouse) -> Settings:
    found = new_warehouse(built=True)
    done = dbt_alone(found, ["run", "--select", "+comparison_draws"])
    assert done.success, done.failed
    return found


def test_with_twenty_copies_elsewhere_a_school_lies_within_its_draws(council: Settings) -> None:
    draw = random.Random(20261201)
    leavers = list(_leavers(draw))
    copies = {(f"S120001{number:02d}", f"90000{number:02d}"): leavers for number in range(COPIES)}
    _fill(council, {HERE: leavers, **copies}, draw)
    drawn = _drawn(council, HERE[1])
    assert [row[:2] for row in drawn] == [(number, LEAVERS) for number in range(10)]
    for at, measure in enumerate(COMPARED):
        own = sum(bool(leaver[5 + at]) for leaver in leavers) / LEAVERS
        told = [float(str(row[2 + at])) for row in drawn]
        assert min(told) <= own <= max(told), measure
        assert max(told) - min(told) < 0.15, f"{measure}: a group of {10 * LEAVERS} others moves little"
    assert _drawn(council, HERE[1]) == drawn, "the same each night"


def test_two_authorities_make_no_group(council: Settings) -> None:
    draw = random.Random(7)
    leavers = list(_leavers(draw))
    _fill(council, {HERE: leavers, ("S12000017", "9000001"): leavers}, draw)
    assert _drawn(council, HERE[1]) == []


def test_values_of_insight_are_imported_for_schools_that_there_are(council: Settings, tmp_path: Path) -> None:
    path = tmp_path / "values.csv"
    path.write_text(f'{VALUES}\n{OURS.replace("Insight, S", chr(34) + "Insight, S")}"\n', encoding="utf-8")
    assert import_published(council, path, "comparison_values", "Insight", "test")[1] == 1
    path.write_text(path.read_text().replace("5702534", "0000001"))
    with pytest.raises(LandingError, match="row 1, column seed_code: '0000001' is no SEED code"):
        import_published(council, path, "comparison_values", "Insight", "test")
    path.write_text(path.read_text().replace("0000001", "5702534").replace("national_1", "tariff_1"))
    with pytest.raises(LandingError, match="row 1: it has to hold that measure in"):
        import_published(council, path, "comparison_values", "Insight", "test")
