"""Promises of the generator that hold for any seed: same bytes, margins met, pupils who move up."""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.synthetic import SynthOptions, generate, generate_pupils_only
from orchestration.synthetic.world.hidden import fill_hidden, largest_remainders
from orchestration.synthetic.world.places import give, ranks, top
from tests.support.synthetic_reading import SEEDS, accepted_rows, canonical_counts, good_files, text_of, truth_of

SMALL = "S12000023"  # Orkney Islands: under 3,000 pupils, schools with two departments


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        options = SynthOptions((SMALL,), ("2025/26",), tmp_path / name, 11, 3, 0.0005, date(2025, 9, 12))
        generate(options)
        made.append(_digest(tmp_path / name))
    assert made[0] == made[1]
    generate(SynthOptions((SMALL,), ("2025/26",), tmp_path / "three", 12, 3, 0.0005, date(2025, 9, 12)))
    assert _digest(tmp_path / "three") != made[0]


def test_faults_leave_the_good_rows_alone(tmp_path: Path) -> None:
    clean, faulty = tmp_path / "clean", tmp_path / "faulty"
    for out, rate in ((clean, 0.0), (faulty, 0.001)):
        generate(SynthOptions((SMALL,), ("2025/26",), out, 5, 0, rate, date(2025, 8, 29)))
    good = accepted_rows(clean, truth_of(clean), "calendar")
    assert accepted_rows(faulty, truth_of(faulty), "calendar") == good
    counts = [truth_of(out)["authorities"][SMALL]["2025/26"]["openings"] for out in (clean, faulty)]
    extra = sum(fault["reason"] == "no_enrolment" for fault in truth_of(faulty)["faults"])
    assert counts[1] - counts[0] == extra
    told = truth_of(faulty)["authorities"][SMALL]["2025/26"]["attendance"]
    counted = canonical_counts(faulty, truth_of(faulty), SMALL, "2025/26")  # a last day that is not the first one too
    assert counted == {(seed, stage, code): count for seed, stage, code, count in told}


def test_two_years_in_one_go_are_the_same_pupils_a_stage_higher(tmp_path: Path) -> None:
    generate(SynthOptions((SMALL,), ("2024/25", "2025/26"), tmp_path, until=date(2025, 9, 12)))
    truth = truth_of(tmp_path)
    years = truth["authorities"][SMALL]
    first, second = (
        {
            row["scn"]: row["stage"]
            for row in accepted_rows(tmp_path, truth, "enrolments")
            if row["delivery"] in years[name]["deliveries"] and row["is_base_school"] == "Y"
        }
        for name in ("2024/25", "2025/26")
    )
    both = [(first[scn], second[scn]) for scn in first.keys() & second.keys()]
    assert len(both) > 0.8 * len(first)
    order = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "S1", "S2", "S3", "S4", "S5", "S6"]
    assert all(one == two == "SP" or order.index(two) == order.index(one) + 1 for one, two in both)


def test_two_years_with_faults_count_as_told(tmp_path: Path) -> None:
    years = ("2024/25", "2025/26")
    generate(SynthOptions((SMALL,), years, tmp_path, seed=9, daily=7, faults=0.0002, until=date(2025, 9, 12)))
    truth = truth_of(tmp_path)
    for year in years:
        told = {(seed, stage, code): n for seed, stage, code, n in truth["authorities"][SMALL][year]["attendance"]}
        assert canonical_counts(tmp_path, truth, SMALL, year) == told


def test_a_later_last_day_changes_nothing_before_it(tmp_path: Path) -> None:
    for name, last in (("short", date(2025, 9, 5)), ("long", date(2025, 9, 12))):
        generate(SynthOptions((SMALL,), ("2025/26",), tmp_path / name, until=last))
    marks = []
    for name in ("short", "long"):
        ((_, path),) = good_files(tmp_path / name, truth_of(tmp_path / name), "attendance")
        marks.append([line for line in text_of(path).splitlines() if line.split(",")[2] <= "2025-09-05"])
    assert marks[0] == marks[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_year_meets_its_margins_and_its_rates(seed: int) -> None:
    for world in generate_pupils_only(SEEDS, (SMALL,), ("2023/24", "2024/25", "2025/26"), seed):
        roll, people = world.roll, world.people
        size = len(world.schools)
        stages = np.zeros((size, 14), dtype=int)
        np.add.at(stages, (roll.department, roll.stage), 1)
        quintiles = np.zeros((size, 6), dtype=int)
        np.add.at(quintiles, (roll.department, people.quintile[roll.person]), 1)
        assert np.array_equal(stages, world.rolls.stage)
        assert np.array_equal(quintiles, world.rolls.quintile)
        assert len(np.unique(people.scn)) == people.count
        ages = (np.datetime64(f"{world.start}-09-10") - people.birth[roll.person]).astype(int) / 365.25
        assert ages.min() > 4
        assert ages.max() < 20
        possible = np.bincount(world.enrolments.department, world.counted(), minlength=size)
        absent = np.bincount(world.enrolments.department, world.absent, minlength=size)
        big = world.rolls.total >= 50
        target = np.array([school.attendance_rate for school in world.schools])
        assert np.abs(1 - absent[big] / possible[big] - target[big]).max() < 0.005


@given(st.lists(st.none() | st.integers(0, 300), min_size=1, max_size=14), st.integers(0, 60), st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_any_hidden_row_is_filled_to_its_margin(cells: list[int | None], rest: int, seed: int) -> None:
    total = sum(cell for cell in cells if cell is not None) + (rest if None in cells else 0)
    filled = fill_hidden(cells, total, np.random.default_rng(seed))
    hidden = [value for value, cell in zip(filled.tolist(), cells, strict=True) if cell is None]
    assert filled.sum() == total
    assert all(value == cell for value, cell in zip(filled.tolist(), cells, strict=True) if cell is not None)
    assert all(value >= 0 for value in hidden)
    if hidden and len(hidden) <= rest <= 4 * len(hidden):
        assert all(1 <= value <= 4 for value in hidden)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=10), st.integers(0, 400))
@settings(deadline=None)
def test_what_is_given_fits_the_room(room: list[int], amount: int) -> None:
    given_ = give(amount, np.array(room))
    assert given_.sum() == min(amount, sum(room))
    assert (given_ >= 0).all()
    assert (given_ <= np.array(room)).all()


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=12), st.integers(0, 500))
@settings(deadline=None)
def test_shares_are_rounded_to_their_total(weights: list[float], total: int) -> None:
    whole = largest_remainders(np.array(weights), total)
    assert whole.sum() == total
    assert (whole >= 0).all()


def test_ranks_and_tops_are_within_groups() -> None:
    group = np.array([1, 0, 1, 1, 0])
    score = np.array([0.5, 0.2, 0.9, 0.1, 0.8])
    assert ranks(group, score).tolist() == [1, 0, 2, 0, 1]
    assert top(group, score, np.array([1, 2])).tolist() == [True, False, True, False, True]
