"""Changes of attendance that was shown are held where 1 to 4 pupils are behind them, in the database (RULES 44)."""

import copy
import os
import random
from datetime import date, timedelta

import numpy as np
import psycopg
import pytest

from orchestration.database import connect
from orchestration.release.engine.suppress import Suppressed
from orchestration.release.follow.derived import ReleasedMart
from orchestration.release.held import decide as deciding
from orchestration.release.held import heads
from orchestration.release.held.hold import Held, hold, remember
from orchestration.release.held.periods import Moment
from orchestration.release.tables.checks import CheckError
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.tables.rows import Decision, MartRows, released_rows
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.emptying import empty_tables
from tests.support.held_attacker import Place, Seen, given_away, waits, wrong_figures
from tests.support.held_world import AUTHORITY, YEAR, Council, Pupil, Taken, exact, made, withdrawn_and_restored, write
from tests.support.release_exact import contracts as every_contract

Shown = dict[str, dict[tuple[object, ...], dict[str, object]]]
"""Released rows by mart and key."""
IS_LONG = os.environ.get("PROPERTIES") == "all"
NONE = np.zeros(0, dtype=np.int64)
SIZES = {("5000001", "primary"): 12, ("5000002", "primary"): 10, ("5000003", "secondary"): 14}


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ReleaseContract, ...]:
    every = every_contract(tmp_path_factory.mktemp("contracts"))
    return tuple(c for c in every if c.kind in ("school", "authority") and "openings_possible" in c.measures)


@pytest.fixture(scope="module")
def made_settings(new_warehouse: NewWarehouse) -> Settings:
    return new_warehouse()


@pytest.fixture
def settings(made_settings: Settings) -> Settings:
    with connect_as_admin(made_settings) as connection:
        of_held = ("shown_half_days", "replaced_half_days", "shown_periods", "held_figures")
        empty_tables(connection, [f"control.{table}" for table in of_held])
    return made_settings


class Releases:
    """A council released again and again, nothing hidden, with every release remembered as readers saw it."""

    def __init__(self, settings: Settings, contracts: tuple[ReleaseContract, ...], council: Council) -> None:
        self.settings, self.contracts, self.council = settings, contracts, council
        self.standing = {c.mart: MartRows(c, {column.name: [] for column in c.released_columns}) for c in contracts}
        self.seen: list[Seen] = []
        self.otherwise: dict[tuple[str, int, str], object] = {}

    def release(self, extracted_on: date | None = None, is_same_code: bool = True) -> Shown:
        with connect_as_admin(self.settings) as connection:
            write(connection, self.council)
        found = exact(self.council, self.contracts)
        for (mart, position, column), value in self.otherwise.items():
            found[mart].columns[column][position] = value
        of_now = {
            mart: ReleasedMart(rows.contract, released_rows(rows, Decision.nothing(len(rows))))
            for mart, rows in found.items()
        }
        moment = Moment.of(self.council.until, extracted_on)
        with connect(self.settings, "releaser") as connection:
            held = hold(connection, AUTHORITY, self.contracts, found, self.standing, of_now, moment, is_same_code)
            self._note(connection, held)
        return {mart: dict(zip(one.rows, one.as_dicts(), strict=True)) for mart, one in held.released.items()}

    def _note(self, connection: psycopg.Connection, held: Held) -> None:
        number = len(self.seen) + 1
        remember(connection, held, number)
        lines = connection.execute(
            "select distinct on (mart, cell) mart, cell, since_release from control.held_figures "
            "order by mart, cell, release_id desc"
        ).fetchall()
        since = {(mart, cell): release for mart, cell, release in lines if release is not None}
        shown: dict[Place, int] = {}
        for mart, one in held.released.items():
            for key in one.rows:
                shown[mart, key] = since.get((mart, "|".join(map(str, key))), number) - 1
            names = [column.name for column in one.contract.released_columns]
            columns = list(zip(*one.rows.values(), strict=True))
            self.standing[mart] = MartRows(
                one.contract, {name: list(found) for name, found in zip(names, columns, strict=True)}
            )
        now = held.years[0].now
        self.seen.append(
            Seen(copy.deepcopy(dict(self.council.marks)), self.council.until, now.over_until, now.closed_month, shown)
        )


def _days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


def _council(seed: int = 1) -> tuple[Council, random.Random]:
    generator = random.Random(seed)
    return made(SIZES, generator), generator


def _begun(settings: Settings, contracts: tuple[ReleaseContract, ...]) -> tuple[Releases, random.Random, Shown]:
    """A council that was released once, on a Friday in September, and what readers saw then."""
    council, generator = _council()
    releases = Releases(settings, contracts, council)
    council.go_on(date(2025, 9, 12), generator)
    return releases, generator, releases.release()


def _of_school(council: Council, seed: str) -> list[Pupil]:
    return [pupil for pupil in council.pupils if pupil.seed_code == seed]


WEEK, YEAR_MART = "attendance_by_school_week", "attendance_by_school_year"
MONDAY = date(2025, 8, 25)


def test_a_week_that_few_corrected_stays_as_it_was_shown(
    settings: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    releases, generator, before = _begun(settings, contracts)
    council = releases.council
    key = (AUTHORITY, "5000001", "primary", YEAR, MONDAY)
    council.correct(_of_school(council, "5000001")[:2], [MONDAY], generator)
    council.go_on(date(2025, 9, 19), generator)
    after = releases.release()
    assert after[WEEK][key]["openings_attended"] == before[WEEK][key]["openings_attended"]
    assert after[WEEK][key]["data_as_at"] == date(2025, 9, 19)
    total, rows = (AUTHORITY, "5000001", "primary", YEAR), exact(council, contracts)[YEAR_MART]
    new = sum(
        int(str(row["openings_attended"])) for k, row in after[WEEK].items() if k[1] == "5000001" and k[4] > MONDAY
    )
    earlier = sum(
        int(str(row["openings_attended"])) for k, row in before[WEEK].items() if k[1] == "5000001" and k[4] <= MONDAY
    )
    assert after[YEAR_MART][total]["openings_attended"] == new + earlier
    position = rows.columns["seed_code"].index("5000001")
    assert after[YEAR_MART][total]["openings_attended"] != rows.columns["openings_attended"][position]


def test_a_week_that_many_corrected_changes_when_its_month_closes(
    settings: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    releases, generator, before = _begun(settings, contracts)
    council = releases.council
    week = date(2025, 9, 1)
    key = (AUTHORITY, "5000001", "primary", YEAR, week)
    council.correct(_of_school(council, "5000001")[:9], _days(week, 5), generator)
    council.go_on(date(2025, 9, 19), generator)
    between = releases.release()
    council.go_on(date(2025, 9, 30), generator)
    after = releases.release()
    rows = exact(council, contracts)[WEEK]
    now = {
        tuple(rows.columns[name][i] for name in rows.contract.keys): rows.columns["openings_attended"][i]
        for i in range(len(rows))
    }
    assert between[WEEK][key]["openings_attended"] == before[WEEK][key]["openings_attended"]
    assert after[WEEK][key]["openings_attended"] == now[key] != before[WEEK][key]["openings_attended"]


def test_nothing_is_held_where_nothing_changed(settings: Settings, contracts: tuple[ReleaseContract, ...]) -> None:
    council, generator = _council()
    releases = Releases(settings, contracts, council)
    for day in (date(2025, 9, 12), date(2025, 9, 30), date(2025, 10, 31)):
        council.go_on(day, generator)
        shown = releases.release()
    for mart, rows in exact(council, contracts).items():
        for position in range(len(rows)):
            key = tuple(rows.columns[name][position] for name in rows.contract.keys)
            for name in ("openings_possible", "openings_attended", "attendance_rate"):
                assert shown[mart][key][name] == rows.columns[name][position], (mart, key, name)


@pytest.mark.parametrize("seed", range(1, 31 if IS_LONG else 3))
def test_no_change_by_few_follows_from_all_releases(
    settings: Settings, contracts: tuple[ReleaseContract, ...], seed: int
) -> None:
    council, generator = _council(seed)
    releases = Releases(settings, contracts, council)
    day, taken = date(2025, 8, 29), Taken()
    for _ in range(7):
        council.go_on(day, generator)
        before = dict(releases.standing)
        releases.release()
        for contract in contracts:
            if waits(contract, releases.seen):
                assert releases.standing[contract.mart].columns == before[contract.mart].columns
        for _ in range(generator.randint(0, 3)):
            pupils = generator.sample(council.pupils, generator.choice((1, 2, 3, 6, 9)))
            start = date(2025, 8, 18) + timedelta(days=generator.randrange((day - date(2025, 8, 18)).days))
            council.correct(pupils, _days(start, generator.choice((1, 1, 3))), generator)
        taken = withdrawn_and_restored(council, taken, generator, day)
        day += timedelta(days=generator.choice((1, 3, 7, 12)))
        assert wrong_figures(council, contracts, releases.seen, releases.standing) == []
    for knows in ("", *sorted({seed for seed, _ in SIZES})):
        assert given_away(council, contracts, releases.seen, knows) == [], knows


def test_what_no_pupil_explains_is_held_unless_the_code_is_another(
    settings: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    releases, generator, before = _begun(settings, contracts)
    council = releases.council
    rows = exact(council, contracts)[WEEK]
    key = tuple(rows.columns[name][0] for name in rows.contract.keys)
    releases.otherwise[WEEK, 0, "openings_attended"] = rows.columns["openings_attended"][0] - 1
    council.go_on(date(2025, 9, 19), generator)
    assert releases.release()[WEEK][key]["openings_attended"] == before[WEEK][key]["openings_attended"]
    after = releases.release(is_same_code=False)[WEEK][key]["openings_attended"]
    assert after == rows.columns["openings_attended"][0] - 1


def test_a_row_that_was_gone_in_between_is_held_against_what_was_shown_before(
    settings: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    releases, generator, before = _begun(settings, contracts)
    council = releases.council
    own = _of_school(council, "5000001")
    taken = {pupil.number: dict(council.marks[pupil.number]) for pupil in own}
    for pupil in own:
        for day in _days(MONDAY, 5):
            for opening in ("AM", "PM"):
                del council.marks[pupil.number][day, opening]
    council.go_on(date(2025, 9, 19), generator)
    key = (AUTHORITY, "5000001", "primary", YEAR, MONDAY)
    assert key not in releases.release()[WEEK]
    for pupil in own:
        council.marks[pupil.number] = {**taken[pupil.number], **council.marks[pupil.number]}
    council.correct(own[:2], [MONDAY], generator)
    after = releases.release()[WEEK][key]
    for name in ("openings_possible", "openings_attended", "attendance_rate", "completeness"):
        assert after[name] == before[WEEK][key][name], name


def test_in_a_final_year_what_many_changed_is_hidden_and_not_held(
    settings: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    releases = _corrected_at_two_schools(settings, contracts)
    after = releases.release(extracted_on=date(2026, 9, 1))
    few, many = ((AUTHORITY, seed, "primary", YEAR, MONDAY) for seed in ("5000001", "5000002"))
    shown = releases.seen[-1].shown
    assert shown[WEEK, few] == 0
    assert after[WEEK][many]["openings_symbol"] == "[c]"
    assert after[WEEK][many]["openings_attended"] is None
    again = releases.release(extracted_on=date(2026, 9, 2))
    assert again[WEEK][many]["openings_symbol"] == "[c]"


def test_the_attacker_finds_changes_of_which_none_is_held_for_others_sake(
    settings: Settings, contracts: tuple[ReleaseContract, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (deciding, heads):
        monkeypatch.setattr(module, "suppressed", lambda system, wanted: Suppressed(NONE, NONE, NONE))
    with monkeypatch.context() as before:
        before.setattr(deciding, "_attack", lambda *of: None)
        releases = _corrected_at_two_schools(settings, contracts)
        releases.release()
    assert given_away(releases.council, contracts, releases.seen)


def test_without_the_rule_who_knows_a_school_learns_what_few_changed_at_another(
    settings: Settings, contracts: tuple[ReleaseContract, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads.Standing, "keep_from_heads", lambda self: None)
    releases = _corrected_at_two_schools(settings, contracts)
    releases.release()
    assert given_away(releases.council, contracts, releases.seen, "5000002")


def test_a_release_is_refused_where_a_change_follows(
    settings: Settings, contracts: tuple[ReleaseContract, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (deciding, heads):
        monkeypatch.setattr(module, "suppressed", lambda system, wanted: Suppressed(NONE, NONE, NONE))
    releases = _corrected_at_two_schools(settings, contracts)
    with pytest.raises(CheckError, match="what few pupils changed in"):
        releases.release()


def _corrected_at_two_schools(settings: Settings, contracts: tuple[ReleaseContract, ...]) -> Releases:
    """A release, then two pupils corrected at one school and eight at another, in one sector."""
    council, generator = _council()
    releases = Releases(settings, contracts, council)
    council.go_on(date(2025, 9, 12), generator)
    releases.release()
    council.correct(_of_school(council, "5000001")[:2], [MONDAY], generator)
    council.correct(_of_school(council, "5000002")[:8], [MONDAY], generator)
    council.go_on(date(2025, 9, 30), generator)
    return releases
