"""Who reads own school: its head by name and until a day, by pages, each reading on record first (RULES 47)."""

import datetime as dt

import psycopg
import pytest

from orchestration.access import (
    Person,
    Place,
    ReaderError,
    Validity,
    grant,
    grant_head,
    list_scopes,
    revoke,
    revoke_head,
    revoke_scope,
)
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import forget, login
from tests.support.own_school import (
    ONE,
    OTHER,
    STAGE,
    TODAY,
    TOMORROW,
    TWO,
    YEAR,
    made,
    name_head,
    opened,
    place,
    reader_number,
    reading_as,
    released,
    seen,
    turn,
)
from tests.support.release_database import contracts, manifest, warehouse, world
from tests.support.release_world import AUTHORITY

__all__ = ["contracts", "made", "manifest", "released", "warehouse", "world"]  # fixtures

SCOPE_OF_ONE = ("one", "establishment")
LOGINS = ("analyst", "researcher", "steward", "auditor", "transformer", "loader", "pseudonymiser")


def test_a_head_sees_the_own_school_once_it_is_noted_and_no_other(released: Settings) -> None:
    head, other = name_head(released, "one", ONE), name_head(released, "two", TWO)
    assert seen(released, head, YEAR) == set()
    assert not opened(released, head, AUTHORITY, TWO, [YEAR])
    assert opened(released, head, AUTHORITY, ONE, [YEAR])
    assert seen(released, head, YEAR) == {ONE}
    assert seen(released, head, STAGE) == set(), "that mart was not noted"
    assert seen(released, other, YEAR) == set(), "a line opens nothing for another reader"
    with connect(released, "auditor") as connection:
        lines = connection.execute(
            "select reader_id, local_authority_code, seed_code, sector, mart from control.own_school_reads"
        ).fetchall()
    assert lines == [(head, AUTHORITY, *ONE, YEAR)]


def test_a_line_that_is_not_committed_opens_nothing(released: Settings) -> None:
    head = name_head(released, "one", ONE)
    with reading_as(released, head) as connection:
        query = "select access.open_own_school(%s, %s, %s, %s)"
        assert connection.execute(query, [AUTHORITY, *ONE, [YEAR]]).fetchone() == (True,)
        connection.execute("savepoint here")
        assert connection.execute("select count(*) from own_school.attendance_by_school_year").fetchone() == (0,)
    assert seen(released, head, YEAR) == set()


def test_a_line_opens_for_a_minute(released: Settings) -> None:
    head = name_head(released, "one", ONE)
    assert opened(released, head, AUTHORITY, ONE, [YEAR])
    with connect_as_admin(released) as admin:
        admin.execute("alter table control.own_school_reads disable trigger keep_own_school_reads")
        admin.execute("update control.own_school_reads set at = at - interval '61 seconds'")
        admin.execute("alter table control.own_school_reads enable trigger keep_own_school_reads")
    assert seen(released, head, YEAR) == set()


def test_the_two_schools_of_a_shared_headship_are_seen_and_no_third(released: Settings) -> None:
    head = name_head(released, "both", ONE, TWO)
    assert opened(released, head, AUTHORITY, ONE, [YEAR])
    assert opened(released, head, AUTHORITY, TWO, [YEAR])
    assert seen(released, head, YEAR) == {ONE, TWO}
    with pytest.raises(ReaderError, match="2 schools already"):
        name_head(released, "both", OTHER)
    with pytest.raises(psycopg.errors.CheckViolation), connect(released, "steward") as connection:
        connection.execute(
            "insert into access.heads (reader_id, local_authority_code, seed_code, sector, valid_until, granted_by) "
            "values (%s, %s, %s, %s, current_date, 'test')",
            [head, AUTHORITY, *OTHER],
        )
    name_head(released, "both", TWO)  # what holds already is no third


@pytest.mark.parametrize(
    "ending", ["over", "revoked", "all revoked", "scope revoked", "scope alone revoked", "off", "reader gone"]
)
def test_an_end_holds_from_the_next_query_on(released: Settings, ending: str) -> None:
    head = name_head(released, "one", ONE)
    assert opened(released, head, AUTHORITY, ONE, [YEAR])
    assert seen(released, head, YEAR) == {ONE}
    with connect_as_admin(released) as admin:
        if ending == "over":
            admin.execute("update access.heads set valid_from = current_date - 9, valid_until = current_date - 1")
        elif ending == "reader gone":
            admin.execute("update access.readers set valid_from = current_date - 9, valid_until = current_date - 1 "
                          "where reader_name = 'one'")  # fmt: skip
    if ending == "revoked":
        assert revoke_head(released, "one", place(ONE), actor="test") == 1
    elif ending == "all revoked":
        revoke(released, "one", actor="test")
    elif ending == "scope revoked":
        assert revoke(released, "one", place(ONE), actor="test") == 2
    elif ending == "scope alone revoked":
        (number,) = [row["scope"] for row in list_scopes(released) if (row["reader"], row["kind"]) == SCOPE_OF_ONE]
        revoke_scope(released, number, actor="test")
    elif ending == "off":
        turn(released, is_on=False)
    assert seen(released, head, YEAR) == set()
    assert not opened(released, head, AUTHORITY, ONE, [YEAR])
    with connect_as_admin(released) as admin:
        admin.execute("update access.readers set valid_until = null where reader_name = 'one'")


@pytest.mark.parametrize("wider", [Place("authority", AUTHORITY), place(OTHER)])
def test_who_sees_more_than_own_schools_sees_nothing_exactly(released: Settings, wider: Place) -> None:
    head = name_head(released, "wide", ONE)
    assert opened(released, head, AUTHORITY, ONE, [YEAR])
    grant(released, "wide", wider, actor="test")
    assert seen(released, head, YEAR) == set()
    assert not opened(released, head, AUTHORITY, ONE, [YEAR])
    with pytest.raises(ReaderError, match="as well"):
        name_head(released, "wide", TWO)


def test_an_authority_scope_a_cluster_or_a_school_scope_opens_nothing(released: Settings) -> None:
    with connect_as_admin(released) as admin:
        admin.execute(
            "insert into access.clusters values (%s, 'Hill', %s, %s, 'council') on conflict do nothing",
            [AUTHORITY, *ONE],
        )
    cluster = Place("cluster", AUTHORITY, cluster_name="Hill")
    for name, where in {"officer": Place("authority", AUTHORITY), "lead": cluster, "plain": place(ONE)}.items():
        grant(released, name, where, actor="test", person=Person(name, f"{name}@example.org"))
        reader = reader_number(released, name)
        assert not opened(released, reader, AUTHORITY, ONE, [YEAR])
        assert seen(released, reader, YEAR) == set()


def test_what_is_no_named_dated_headship_of_a_person_is_refused(released: Settings) -> None:
    for where, group, validity, said in (
        (Place("authority", AUTHORITY), None, TOMORROW, "name one with --school"),
        (None, None, TOMORROW, "name one with --school"),
        (place(ONE), "Heads", TOMORROW, "a group is head of nothing"),
        (place(ONE), None, Validity(), "name it with --until"),
        (place(ONE), None, Validity(last=TODAY - dt.timedelta(days=1)), "is over"),
    ):
        with pytest.raises(ReaderError, match=said):
            grant_head(released, "nobody", where, actor="test", validity=validity, group=group)
    name_head(released, "one", ONE)
    with pytest.raises(ReaderError, match="head of no such school"):
        revoke_head(released, "one", place(TWO), actor="test")


def test_no_login_for_sql_reads_a_row_or_opens_any(released: Settings) -> None:
    head = name_head(released, "one", ONE)
    opened(released, head, AUTHORITY, ONE, [YEAR])
    login(released, "o_analyst", "analyst")
    login(released, "o_searcher", "researcher")
    try:
        for role in LOGINS:
            for statement in (
                "select * from own_school.attendance_by_school_year",
                f"select access.open_own_school('{AUTHORITY}', '5000001', 'primary', '{{{YEAR}}}')",
                f"select access.own_schools_open('{YEAR}')",
                "select * from access.own_schools()",
            ):
                with connect(released, role) as connection:
                    connection.execute("select set_config('warehouse.reader', %s, true)", [str(head)])
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(statement)
                    connection.rollback()
        with connect(released, "dashboard") as pages:  # the pages' own login, without a reader and with wrong ones
            for wrong in ("", "0", "nobody", str(head + 1000)):
                pages.execute("select set_config('warehouse.reader', %s, true)", [wrong])
                assert pages.execute("select count(*) from own_school.attendance_by_school_year").fetchone() == (0,)
            for statement in ("delete from own_school.attendance_by_school_year", "select * from access.heads",
                              "select * from control.own_school_reads",
                              "insert into control.own_school_reads (reader_id, local_authority_code, seed_code, "
                              "sector, mart) values (1, 'S12000005', '5000001', 'primary', 'x')"):  # fmt: skip
                with pytest.raises(psycopg.errors.InsufficientPrivilege), pages.transaction():
                    pages.execute(statement)
    finally:
        forget(released, "o_analyst", "o_searcher")


def test_a_login_is_head_of_nothing(released: Settings) -> None:
    with pytest.raises(ReaderError):
        grant_head(released, "shared_analyst", place(ONE), actor="test", validity=TOMORROW)
