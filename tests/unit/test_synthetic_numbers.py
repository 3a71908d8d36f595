"""Check digits, hidden cells, calendars and rolls of the generator, against literals and the seeds."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from orchestration.synthetic.options import SynthOptions, start_year, year_name
from orchestration.synthetic.world.calendars import SCHOOL_DAYS, school_year
from orchestration.synthetic.world.hidden import fill_hidden, number
from orchestration.synthetic.world.identifiers import (
    ScnIssuer,
    scn_check_digits,
    seed_check_digit,
    seemis_ids,
)
from orchestration.synthetic.world.published import STAGES, departments, find_authorities, read_seed
from orchestration.synthetic.world.rolls import census_rolls

SEEDS = Path(__file__).resolve().parents[2] / "seeds"


def test_check_digits_of_seed_codes_are_those_of_real_schools() -> None:
    codes = {row["seed_code"] for row in read_seed(SEEDS, "schools")}
    wrong = sorted(code for code in codes if seed_check_digit(int(code[:6])) != int(code[6]))
    assert wrong == ["5222020", "5620424"]


def test_an_scn_has_the_check_digit_of_its_first_eight_digits() -> None:
    # 0 5 1 2 3 4 5 6 with weights 3 2 7 6 5 4 3 2: 87, modulo 11 is 10, so the digit is 1
    assert scn_check_digits(np.array([5_123_456])).tolist() == [1]


def test_scns_are_unique_valid_and_say_when_they_were_issued() -> None:
    one, other = ScnIssuer(0), ScnIssuer(31)
    years = np.repeat([2005, 2019, 2026], 8000)
    scns = np.concatenate([one.issue(years), one.issue(years), other.issue(years)])
    assert len(np.unique(scns)) == len(scns)
    assert (scn_check_digits(scns // 10) == scns % 10).all()
    assert (scns // 10_000_000 == np.tile(years % 100, 3)).all()


def test_seemis_ids_begin_with_the_authority_and_are_unique() -> None:
    ids = seemis_ids(150, np.arange(100_000))
    assert len(set(ids)) == 100_000
    assert {(one[:3], len(one)) for one in ids} == {("150", 10)}


@pytest.mark.parametrize(
    ("cells", "total", "allowed"),
    [
        ((10, None, None), 15, range(1, 5)),
        ((10, None, None), 11, range(2)),
        ((10, None), 30, (20,)),
        ((10, 5), 15, ()),
    ],
)
def test_hidden_cells_meet_the_margin(cells: tuple[int | None, ...], total: int, allowed: range) -> None:
    filled = fill_hidden(cells, total, np.random.default_rng(1))
    assert filled.sum() == total
    assert all(value in allowed for value, cell in zip(filled.tolist(), cells, strict=True) if cell is None)


def test_cells_that_cannot_meet_the_margin_are_named() -> None:
    with pytest.raises(ValueError, match="Roll of somewhere"):
        fill_hidden((10, 5), 16, np.random.default_rng(1), "Roll of somewhere")


@pytest.mark.parametrize("authority", ["S12000005", "S12000017", "S12000049"])
@pytest.mark.parametrize("census", [2023, 2025])
def test_rolls_are_as_published_wherever_published(authority: str, census: int) -> None:
    schools = departments(SEEDS, authority)
    rolls = census_rolls(SEEDS, 1, schools, census)
    rows = {
        (int(row["seed_code"]), row["sector"]): row
        for row in read_seed(SEEDS, "school_rolls")
        if row["census_year"] == str(census) and row["local_authority_code"] == authority
    }
    assert rolls.total.sum() == sum(int(row["roll"]) for row in rows.values())
    for at, school in enumerate(schools):
        row = rows.get((school.seed_code, school.sector))
        if row is None:
            assert rolls.total[at] == 0
            continue
        for stage, name in enumerate(STAGES):
            if number(row, name.lower()) is not None:
                assert rolls.stage[at, stage] == int(row[name.lower()] or 0)
        for quintile in range(5):
            if row[f"simd_{quintile + 1}"]:
                assert rolls.quintile[at, quintile] == int(row[f"simd_{quintile + 1}"])
        if row["asn"]:
            assert rolls.support_need[at] == int(row["asn"])


def test_the_roll_of_2024_is_the_published_one_of_secondaries() -> None:
    schools = departments(SEEDS, "S12000005")
    rolls = census_rolls(SEEDS, 1, schools, 2024)
    trend = {
        row["seed_code"]: int(row["roll"]) for row in read_seed(SEEDS, "secondary_roll_trend") if row["year"] == "2024"
    }
    for at, school in enumerate(schools):
        if school.sector == "secondary":
            assert rolls.total[at] == trend[str(school.seed_code)]


@pytest.mark.parametrize("row", read_seed(SEEDS, "local_authorities"), ids=lambda row: row["local_authority_name"])
def test_every_authority_has_a_plausible_school_year(row: dict[str, str]) -> None:
    year = school_year(row["local_authority_code"], 2025)
    days = year.open_dates
    assert len(days) == SCHOOL_DAYS
    assert date(2025, 8, 10) <= days[0] <= date(2025, 8, 22)
    assert date(2026, 6, 15) <= days[-1] <= date(2026, 7, 3)
    assert Counter(year.reasons)["in_service"] == 5
    assert all(day.weekday() < 5 for day in year.dates)
    assert not {date(2025, 12, 25), date(2026, 1, 1)} & set(days)


def test_authorities_are_found_by_code_name_and_spelling() -> None:
    assert [one.code for one in find_authorities(SEEDS, ("Edinburgh City", "S12000005"))] == ["S12000036", "S12000005"]
    assert len(find_authorities(SEEDS, ("all",))) == 32
    with pytest.raises(ValueError, match="Atlantis"):
        find_authorities(SEEDS, ("Atlantis",))


def test_academic_years_are_checked() -> None:
    assert year_name(start_year("1999/00")) == "1999/00"
    for wrong in ("2025", "2025/27", "25/26"):
        with pytest.raises(ValueError, match="2025/26"):
            SynthOptions(("all",), (wrong,), Path())


def test_the_schools_seed_has_openings_a_week_for_each_department() -> None:
    with (SEEDS / "schools.csv").open(encoding="utf-8") as file:
        assert {row["half_day_openings_per_week"] for row in csv.DictReader(file)} == {"9", "10"}
