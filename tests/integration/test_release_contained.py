"""Whatever breaks at one authority refuses that authority, by name and within a time limit, and no other."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from orchestration.release import release_all
from orchestration.release.door import attendance, decide
from orchestration.release.limits import TooLongError, at, check, limited, seconds_left
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.release_database import ask, build_marts, contracts, empty, manifest, warehouse
from tests.support.release_world import AUTHORITY, MONTHS, random_world

__all__ = ["contracts", "empty", "manifest", "warehouse"]  # fixtures
OTHER = "S12000099"
SECRET = "a value of a row"


def _endless() -> None:
    while True:
        time.sleep(0.01)


def _raised(error: BaseException) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.fixture
def two(empty: Settings, contracts: tuple[ReleaseContract, ...]) -> Settings:
    """Two authorities that are to be released, the one that breaks first."""
    world = random_world({("5000001", "primary"): 60, ("5000004", "secondary"): 90}, months=MONTHS[:1])
    build_marts(empty, world, contracts)
    build_marts(empty, replace(world, authority=OTHER), contracts)
    with connect_as_admin(empty) as connection:
        for code in (AUTHORITY, OTHER):
            connection.execute(
                "insert into control.deliveries (delivery_key, local_authority_code, extract_date, sequence, "
                "environment, manifest_sha256) values (%s, %s, '2025-11-01', 1, 'synthetic', 'x')",
                [f"{code}/2025-11-01", code],
            )
            connection.execute(
                "insert into released.releases (local_authority_code, checked_at) values (%s, now()) "
                "on conflict do nothing",
                [code],
            )
    return empty


def _break(monkeypatch: pytest.MonkeyPatch, what: Callable[[], None]) -> None:
    honest = decide.protect

    def broken(exact: Any, *further: Any, **named: Any) -> Any:
        codes = {code for rows in exact.values() for code in rows.columns.get("local_authority_code", [])}
        at("hiding cells")
        if AUTHORITY in codes:
            what()
        return honest(exact, *further, **named)

    monkeypatch.setattr(decide, "protect", broken)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (_raised(KeyError(SECRET)), "KeyError at"),
        (_raised(MemoryError()), "memory"),
        (_raised(psycopg.errors.UniqueViolation(SECRET)), "UniqueViolation"),
        (_raised(psycopg.OperationalError(SECRET)), "OperationalError"),
        (_endless, "longer than the 15 seconds"),
    ],
    ids=["key", "memory", "database", "connection", "endless loop"],
)
def test_one_authority_that_breaks_is_refused_and_the_next_is_released(
    two: Settings, monkeypatch: pytest.MonkeyPatch, what: Callable[[], None], words: str
) -> None:
    _break(monkeypatch, what)
    began = time.monotonic()
    results = release_all(two.model_copy(update={"release_seconds": 15.0}) if "longer" in words else two)
    assert time.monotonic() - began < 120
    assert [(found.local_authority_code, found.outcome) for found in results] == [
        (AUTHORITY, "refused"),
        (OTHER, "released"),
    ]
    (reason,) = results[0].reasons
    assert "hiding cells" in reason
    assert words in reason
    assert SECRET not in reason
    noted = ask(
        two, "select local_authority_code, message from control.release_checks where outcome = 'refused'", "auditor"
    )
    assert noted == [(AUTHORITY, reason)]
    monkeypatch.undo()
    assert {found.outcome for found in release_all(two)} == {"released", "unchanged"}


def test_a_statement_that_takes_too_long_is_one_too(two: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = attendance.prepare_readers

    def slow(connection: psycopg.Connection, settings: Settings, authority: str) -> None:
        if authority == AUTHORITY:
            connection.execute("select pg_sleep(60)")
        honest(connection, settings, authority)

    monkeypatch.setattr(attendance, "prepare_readers", slow)
    results = release_all(two.model_copy(update={"release_seconds": 15.0}))
    assert [found.outcome for found in results] == ["refused", "released"]
    assert "preparing readers" in results[0].reasons[0]


def test_an_interrupt_ends_the_release_and_refuses_nobody(two: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, _raised(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        release_all(two)
    assert ask(two, "select count(*) from control.release_checks where outcome = 'refused'", "auditor") == [(0,)]


def test_time_is_counted_where_it_is_limited_and_nowhere_else() -> None:
    check()
    assert seconds_left(7.0) == 7.0
    with limited(60.0) as watch:
        at("a step")
        assert watch.step == "a step"
        assert 50.0 < seconds_left(600.0) <= 60.0
    with limited(0.01):
        time.sleep(0.02)
        with pytest.raises(TooLongError, match=r"longer than the 0\.01 seconds"):
            check()
    check()
