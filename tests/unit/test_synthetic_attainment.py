"""Synthetic attainment: shares as published, organisers that nest, one child through the years, files as the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orchestration.settings import PROJECT_DIR
from orchestration.synthetic import FURTHER_FEEDS, OrderError, SynthOptions, generate, generate_pupils_only
from orchestration.synthetic.world.attainment.levels import EXPECTED, LEVELS, Levels, levels_of_year
from orchestration.synthetic.world.attainment.published_levels import ORGANISERS, aims
from orchestration.synthetic.world.attainment.results import HIGHER, NO_AWARD, S6
from orchestration.synthetic.world.attainment.year import Attainment, YearOfAttainment
from orchestration.synthetic.world.authority import YearWorld
from orchestration.synthetic.world.published import STAGES
from tests.support.synthetic_reading import accepted_rows, truth_of

SEEDS = PROJECT_DIR / "seeds"
ORKNEY, CLACKMANNANSHIRE = "S12000023", "S12000005"
POSITION = np.array([0, 1, 2, 3, 4, 5, 0, 6, -1])  # of each level; -1 is in no cohort
POOLED = [STAGES.index(stage) for stage in ("P1", "P4", "P7")]


@pytest.fixture(scope="module", params=[ORKNEY, CLACKMANNANSHIRE])
def year(request: pytest.FixtureRequest) -> tuple[YearWorld, Levels]:
    (world,) = generate_pupils_only(SEEDS, (request.param,), ("2024/25",))
    return world, levels_of_year(world)


def achieved(levels: Levels, stage: int) -> dict[int, dict[int, bool]]:
    """By pupil and organiser of a stage, in English: whether the expected level is reached; cohorts alone."""
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    here = (levels.stage == stage) & (levels.language == 0) & (POSITION[levels.level] >= 0)
    for person, organiser, level in zip(
        levels.person[here].tolist(), levels.organiser[here].tolist(), levels.level[here].tolist(), strict=True
    ):
        found[person][organiser] = bool(POSITION[level] >= EXPECTED[stage])
    return found


def test_pooled_literacy_and_numeracy_are_the_authoritys_own(year: tuple[YearWorld, Levels]) -> None:
    world, levels = year
    pupils = [one for stage in POOLED for one in achieved(levels, stage).values()]
    literacy = [all(one[at] for at in range(3)) for one in pupils if all(at in one for at in range(3))]
    numeracy = [one[3] for one in pupils if 3 in one]
    aim = aims(SEEDS, world.authority.code, 2024, "P1P4P7")
    assert abs(np.mean(literacy) - aim["literacy"].share) < 0.01
    assert abs(np.mean(numeracy) - aim["numeracy"].share) < 0.01
    assert len(literacy) <= min(sum(at in one for one in pupils) for at in range(3))


def test_each_organiser_is_as_published_and_literacy_below_the_lowest(year: tuple[YearWorld, Levels]) -> None:
    world, levels = year
    for stage in EXPECTED:
        pupils = achieved(levels, stage).values()
        published = "S3_third" if STAGES[stage] == "S3" else STAGES[stage]
        aim = aims(SEEDS, world.authority.code, 2024, published)
        shares = [np.mean([one[at] for one in pupils if at in one]) for at in range(4)]
        for at, share in enumerate(shares):
            assert abs(share - aim[ORGANISERS[at]].share) < 0.015, (published, ORGANISERS[at])


def test_organisers_nest(year: tuple[YearWorld, Levels]) -> None:
    """Who reads at the level mostly talks at it; hardly anybody writes at it who does not read at it."""
    _, levels = year
    pupils = list(achieved(levels, STAGES.index("P4")).values())
    writes = [one for one in pupils if one.get(1) and 0 in one]
    assert np.mean([one[0] for one in writes]) > 0.9


@pytest.fixture(scope="module")
def years() -> list[tuple[YearOfAttainment, dict[str, Any]]]:
    attainment, found = Attainment(), []
    for world in generate_pupils_only(SEEDS, (ORKNEY,), ("2021/22", "2022/23", "2023/24", "2024/25")):
        known = {"need": world.people.has_support_need.copy(), "sex": world.people.sex.copy()}
        found.append((attainment.year(world), known))
    return found


def test_a_support_need_goes_with_lower_levels(years: list[tuple[YearOfAttainment, dict[str, Any]]]) -> None:
    shares: dict[bool, list[bool]] = {True: [], False: []}
    for year, known in years:
        for stage in POOLED:
            for person, one in achieved(year.levels, stage).items():
                shares[bool(known["need"][person])].append(all(one.get(at, False) for at in range(3)))
    assert 0.2 < np.mean(shares[False]) - np.mean(shares[True]) < 0.45


def test_the_same_child_is_good_at_p1_and_p4(years: list[tuple[YearOfAttainment, dict[str, Any]]]) -> None:
    first, last = achieved(years[0][0].levels, POOLED[0]), achieved(years[3][0].levels, POOLED[1])
    both = [(first[who][3], last[who][3]) for who in first.keys() & last.keys() if 3 in first[who] and 3 in last[who]]
    again = np.mean([later for earlier, later in both if earlier])
    assert again - np.mean([later for earlier, later in both if not earlier]) > 0.3


def test_results_of_a_year_come_in_the_next(years: list[tuple[YearOfAttainment, dict[str, Any]]]) -> None:
    assert sorted(years[0][0].results) == [2019, 2020]
    for year, _ in years[1:]:
        assert list(year.results) == [year.start - 1]
        assert year.leavers is not None
        assert year.leavers.start == year.start - 1


def test_who_leaves_from_s6_mostly_has_a_higher(years: list[tuple[YearOfAttainment, dict[str, Any]]]) -> None:
    has: set[int] = set()
    for year, _ in years:
        for results in year.results.values():
            has |= set(results.person[(results.award == HIGHER) & (results.grade != NO_AWARD)].tolist())
    leavers = years[-1][0].leavers
    assert leavers is not None
    of_s6 = leavers.person[leavers.stage == S6].tolist()
    assert 0.55 < np.mean([person in has for person in of_s6]) < 0.85


def test_no_levels_where_none_were_collected() -> None:
    for world in generate_pupils_only(SEEDS, (ORKNEY,), ("2019/20", "2020/21")):
        stages = {STAGES[stage] for stage in np.unique(levels_of_year(world).stage).tolist()}
        assert stages == (set() if world.start == 2019 else {"P1", "P4", "P7"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("attainment")
    generate(SynthOptions((ORKNEY,), ("2023/24", "2024/25"), out, faults=0.0005, feeds=FURTHER_FEEDS))
    return out


def rows_of(made: Path, feed: str) -> Iterator[dict[str, Any]]:
    yield from accepted_rows(made, truth_of(made), feed)


@pytest.mark.parametrize("feed", ["cfe_levels", "cfe_tracking", "qualifications", "leavers"])
def test_the_truth_counts_what_stands_in_the_files(made: Path, feed: str) -> None:
    """Replayed here with SCNs as keys: of levels what was recorded by the end of the return."""
    keys = {
        "cfe_levels": ("organiser", "language"), "cfe_tracking": ("collection", "organiser", "language"),
        "qualifications": ("course_code",), "leavers": (),
    }  # fmt: skip
    closes = {"2023/24": "2024-08-30", "2024/25": "2025-08-29"}
    standing: dict[tuple[str, ...], tuple[Any, dict[str, Any]]] = {}
    reissued = [fault for fault in truth_of(made)["faults"] if fault["reason"] == "scn_reissued"]
    assert not reissued  # one delivery a year: nobody changes the SCN
    known = {row["scn"] for row in rows_of(made, "pupils")}
    for row in rows_of(made, feed):
        is_late = feed == "cfe_levels" and row["recorded_at"][:10] > closes[row["academic_year"]]
        if is_late or row["scn"] not in known:
            continue
        key = (row["scn"], row["academic_year"], *(row[name] for name in keys[feed]))
        order = (row.get("result_stage") == "post_review", row["recorded_at"], row["delivery"])
        if key not in standing or order > standing[key][0]:
            standing[key] = (order, row)
    told = truth_of(made)["attainment"][ORKNEY][feed]
    *columns, _ = told["columns"]
    found = Counter(tuple(row[name] or None for name in columns) for _, row in standing.values())
    assert found == Counter({tuple(row[:-1]): row[-1] for row in told["rows"]})


def test_a_year_has_judgements_after_the_return(made: Path) -> None:
    late = [
        row
        for row in rows_of(made, "cfe_levels")
        if row["recorded_at"] > "2024-08-31" and row["academic_year"] == "2023/24"
    ]
    assert late
    assert {row["level_achieved"] for row in late} <= set(LEVELS)


def test_other_feeds_are_the_same_with_and_without(made: Path, tmp_path: Path) -> None:
    generate(SynthOptions((ORKNEY,), ("2023/24", "2024/25"), tmp_path, faults=0.0005))
    paths = sorted(path for path in tmp_path.rglob("*.csv*"))
    assert paths
    assert all((made / path.relative_to(tmp_path)).read_bytes() == path.read_bytes() for path in paths)


def test_the_same_order_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    generate(SynthOptions((ORKNEY,), ("2023/24", "2024/25"), tmp_path, faults=0.0005, feeds=FURTHER_FEEDS))
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        assert (tmp_path / path.relative_to(made)).read_bytes() == path.read_bytes()


def test_a_feed_that_there_is_not_is_refused() -> None:
    with pytest.raises(OrderError, match="library_loans"):
        SynthOptions((ORKNEY,), ("2024/25",), Path(), feeds=("library_loans",))
