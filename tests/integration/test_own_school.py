"""Own school: exact rows of one school for its head alone, by name and until a day, each reading on record (47)."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from orchestration.access import (
    Person,
    Place,
    ReaderError,
    Validity,
    forget_own_school_reads,
    grant,
    grant_head,
    list_scopes,
    own_school_decisions,
    review,
    revoke,
    revoke_head,
    turn_own_school,
)
from orchestration.database import connect
from orchestration.release import release_authority
from orchestration.release.own_school import empty_own_school, provision_own_school
from orchestration.release.own_school.marts import declared_columns
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import forget, login
from tests.support.own_school import School, opened, reader_number, reading_as, seen
from tests.support.privileges import surprises_in
from tests.support.release_database import build_marts, contracts, manifest, warehouse, world
from tests.support.release_world import AUTHORITY, World

__all__ = ["contracts", "manifest", "warehouse", "world"]  # fixtures

ONE, TWO, OTHER = ("5000001", "primary"), ("5000002", "primary"), ("5000004", "secondary")
YEAR, STAGE = "attendance_by_school_year", "attendance_by_school_stage"
TODAY = dt.date.today()
TOMORROW = Validity(last=TODAY + dt.timedelta(days=1))
LOGINS = ("analyst", "researcher", "steward", "auditor", "transformer", "loader", "pseudonymiser")


def place(school: School) -> Place:
    return Place("establishment", AUTHORITY, seed_code=school[0], sector=school[1])


def name_head(settings: Settings, name: str, *schools: School, validity: Validity = TOMORROW) -> int:
    for school in schools:
        person = Person(name, f"{name}@example.org")
        grant_head(settings, name, place(school), actor="test", validity=validity, person=person, same_person=True)
    return reader_number(settings, name)


def turn(settings: Settings, *, is_on: bool) -> None:
    turn_own_school(settings, AUTHORITY, is_on=is_on, reason="for a test", actor="test")


def rows_of(
    settings: Settings, relation: str, columns: tuple[str, ...], where: str = "true"
) -> list[tuple[object, ...]]:
    schema, table = relation.split(".")
    query = sql.SQL("select {} from {} where {} order by {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(schema, table),
        sql.SQL(where),  # type: ignore[arg-type]  # written in this file
        sql.SQL(", ").join(map(sql.Literal, range(1, len(columns) + 1))),
    )
    with connect(settings, "releaser") as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def made(warehouse: Settings, world: World, contracts: tuple[ReleaseContract, ...]) -> Settings:
    """Released with own school on: exact rows of all schools, and nobody is head of any."""
    provision_own_school(warehouse)
    turn(warehouse, is_on=True)
    build_marts(warehouse, world, contracts, 2)
    assert release_authority(warehouse, AUTHORITY).outcome == "released"
    return warehouse


@pytest.fixture
def released(made: Settings) -> Iterator[Settings]:
    """The same with own school on and its rows there, whatever the test before has done; heads go afterwards."""
    turn(made, is_on=True)
    yield made
    with connect_as_admin(made) as admin:
        admin.execute("truncate control.own_school_reads, access.heads")
        admin.execute("delete from access.scopes where granted_by like '%(test)'")


def test_the_rows_are_the_exact_ones_of_every_school_and_of_declared_columns(
    released: Settings, contracts: tuple[ReleaseContract, ...]
) -> None:
    declared = declared_columns()
    checked = 0
    for contract in contracts:
        if contract.mart not in declared or contract.mart not in {YEAR, STAGE, "persistent_absence_by_school"}:
            continue
        columns = (*contract.keys, *declared[contract.mart])
        exact = rows_of(released, contract.relation, columns, f"local_authority_code = '{AUTHORITY}'")
        assert rows_of(released, f"own_school.{contract.mart}", columns) == exact
        assert exact
        checked += 1
    assert checked == 3
    with connect(released, "releaser") as connection:
        found = connection.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'own_school'"
        ).fetchall()
    assert found
    assert not [
        one for one in found if any(word in " ".join(one) for word in ("behind", "withheld", "exclu", "reason"))
    ]


def test_without_exact_rows_that_differ_nothing_is_written(released: Settings) -> None:
    query = "select xmin::text from own_school.attendance_by_school_year order by 1"
    with connect(released, "releaser") as connection:
        before = connection.execute(query).fetchall()
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    with connect(released, "releaser") as connection:
        assert connection.execute(query).fetchall() == before


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


@pytest.mark.parametrize("ending", ["over", "revoked", "all revoked", "scope revoked", "off", "reader gone"])
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


def test_off_empties_at_once_and_nothing_comes_back_with_the_next_release(released: Settings) -> None:
    turn(released, is_on=False)
    assert empty_own_school(released, AUTHORITY) > 0
    assert rows_of(released, f"own_school.{YEAR}", ("seed_code",)) == []
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    assert rows_of(released, f"own_school.{YEAR}", ("seed_code",)) == []
    assert own_school_decisions(released)[0]["own_school"] == "off"
    turn(released, is_on=True)
    assert release_authority(released, AUTHORITY).outcome == "unchanged"
    assert len(rows_of(released, f"own_school.{YEAR}", ("seed_code",))) == 5


def test_a_council_has_it_off_until_it_says_otherwise_and_why(released: Settings) -> None:
    with connect(released, "auditor") as connection:
        assert connection.execute("select access.own_school_is_on('S12000033')").fetchone() == (False,)
    with pytest.raises(ReaderError, match="say why"):
        turn_own_school(released, "S12000033", is_on=True, reason=" ", actor="test")
    assert turn_own_school(released, AUTHORITY, is_on=True, reason="again", actor="test") is False


def test_a_table_whose_declaration_is_gone_or_changed_is_made_anew(released: Settings) -> None:
    with connect_as_admin(released) as admin:
        admin.execute("update control.own_school_tables set fingerprint = 'x' where mart = %s", [STAGE])
    assert provision_own_school(released) == [STAGE]
    assert rows_of(released, f"own_school.{STAGE}", ("seed_code",)) == []
    release_authority(released, AUTHORITY)
    assert rows_of(released, f"own_school.{STAGE}", ("seed_code",))
    assert provision_own_school(released) == []


def test_headships_are_listed_reviewed_and_drift_of_a_policy_is_named(released: Settings) -> None:
    name_head(released, "one", ONE)
    assert [row["reader"] for row in list_scopes(released) if row["kind"] == "head of"] == ["one"]
    sees = [row["sees"] for row in review(released) if row["who"] == "one"]
    assert f"own figures of primary school 5000001 of {AUTHORITY}, exactly" in sees
    assert [row for row in review(released) if row["kind"] == "difference"] == []
    with connect_as_admin(released) as admin:
        admin.autocommit = False
        admin.execute("drop policy read_by_head on own_school.attendance_by_school_year")
        admin.execute("create policy read_by_head on own_school.attendance_by_school_year for select to dashboard "
                      "using (true)")  # fmt: skip
        admin.commit()
        said = [row["sees"] for row in review(released) if row["kind"] == "difference"]
        assert said == ["policy read_by_head of own_school.attendance_by_school_year was changed"]
        admin.execute("update control.own_school_tables set fingerprint = 'x' where mart = %s", [YEAR])
        admin.commit()
    provision_own_school(released)
    release_authority(released, AUTHORITY)
    assert [row for row in review(released) if row["kind"] == "difference"] == []


def test_nobody_may_do_what_is_not_declared_where_its_tables_stand(released: Settings) -> None:
    assert surprises_in(released) == []


def test_lines_are_added_and_forgotten_never_changed(released: Settings) -> None:
    head = name_head(released, "one", ONE)
    opened(released, head, AUTHORITY, ONE, [YEAR, STAGE, "no_such_mart"])
    with connect_as_admin(released) as admin:
        assert admin.execute("select count(*) from control.own_school_reads").fetchone() == (2,)
        with pytest.raises(psycopg.errors.CheckViolation):
            admin.execute("update control.own_school_reads set mart = 'x'")
        admin.execute(
            "insert into control.own_school_reads (at, reader_id, local_authority_code, seed_code, sector, mart) "
            "values (now() - interval '401 days', 1, %s, %s, %s, 'old')",
            [AUTHORITY, *ONE],
        )
    assert forget_own_school_reads(released) == 1
    for role in ("loader", "transformer", "releaser"):
        with connect(released, role) as connection:
            assert connection.execute("select count(*) from control.own_school_reads").fetchone() == (0,)
