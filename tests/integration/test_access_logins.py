"""Logins of people: made with a group's rights and one authority, ended for good, and no way round them."""

import datetime as dt

import psycopg
import pytest

from orchestration.access import (
    Person,
    Place,
    ReaderError,
    end_login,
    give_login,
    grant,
    new_login_password,
    review,
    revoke,
)
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import HERE, THERE, address, connected, forget, login
from tests.support.main_job import warehouse

COUNCIL = Place("authority", HERE)
SCHOOL = Place("establishment", HERE, seed_code="1003020", sector="primary")
SOON = dt.date.today() + dt.timedelta(days=30)
DENIED = psycopg.errors.InsufficientPrivilege


def test_a_login_has_a_groups_rights_and_never_becomes_it(either: Settings) -> None:
    """A member could once `set role analyst` and give the shared login a new password."""
    login(either, "a_smith")
    try:
        with connected(either, "a_smith") as connection:
            assert connection.execute("select access.reader_authorities()").fetchone() == ([HERE],)
            assert connection.execute("show search_path").fetchone() == ('"$user", aggregated',)
            assert connection.execute("show statement_timeout").fetchone() == ("5min",)
            for statement in (
                "set role analyst",
                "set role researcher",
                "set session authorization analyst",
                "alter role analyst password 'mine'",
                "alter role analyst login",
                "alter role analyst set statement_timeout = 0",
                "alter role shared_analyst password 'mine'",
                "alter role a_smith connection limit 100",
                "alter role a_smith valid until 'infinity'",
                "grant analyst to shared_researcher",
                "grant a_smith to shared_analyst",
                "create temporary table mine (a int)",
                "select * from access.logins",
                "select * from control.sql_reads",
                "select access.note_read('x')",
                "select * from pg_authid",
            ):
                with pytest.raises((DENIED, psycopg.errors.InvalidParameterValue)):
                    connection.execute(statement.encode())
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address(either, "analyst", "anything"))
    finally:
        forget(either, "a_smith")


def test_the_embedded_servers_limits_hold_whatever_a_login_sets(settings: Settings) -> None:
    login(settings, "b_usy")
    try:
        with connected(settings, "b_usy") as connection:
            assert connection.execute("show temp_file_limit").fetchone() == ("5GB",)
            for statement in ("set temp_file_limit = -1", "alter role b_usy set temp_file_limit = -1"):
                with pytest.raises(DENIED):
                    connection.execute(statement.encode())
        held = [connected(settings, "b_usy") for _ in range(5)]
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            connected(settings, "b_usy")
        for connection in held:
            connection.close()
    finally:
        forget(settings, "b_usy")


def test_a_login_reads_one_authority_and_no_school_or_group(either: Settings) -> None:
    login(either, "o_ne")
    try:
        for place, group in ((SCHOOL, None), (Place("cluster", HERE, cluster_name="x"), None), (None, "Team")):
            with pytest.raises(ReaderError, match="reads one authority"):
                grant(either, "o_ne", place, actor="test", group=group)
        with pytest.raises(ReaderError, match="o_ne reads S12000005"):
            grant(either, "o_ne", Place("authority", THERE), actor="test")
        with connect(either, "steward") as steward:  # a school given by an earlier version, or by hand, shows nothing
            steward.execute(
                "insert into access.scopes (reader_id, kind, local_authority_code, seed_code, sector, granted_by) "
                "select reader_id, 'establishment', %s, '2000001', 'primary', 'test' from access.readers "
                "where reader_name = 'o_ne'",
                [THERE],
            )
        with connected(either, "o_ne") as connection:
            assert connection.execute("select access.reader_schools(), access.reader_councils()").fetchone() == (
                [],
                [HERE],
            )
    finally:
        forget(either, "o_ne")


def test_a_login_ends_on_its_day_and_for_good(either: Settings) -> None:
    login(either, "t_emp")
    try:
        with connect(either, "auditor") as connection:
            until = "select rolvaliduntil > now() from pg_roles where rolname = 't_emp'"
            assert connection.execute(until).fetchone() == (True,)
        with connect_as_admin(either) as admin:
            admin.execute("alter role t_emp valid until '2001-01-01'")
        with pytest.raises(psycopg.OperationalError):
            connected(either, "t_emp")
        give_login(either, "t_emp", "analyst", HERE, SOON, actor="test")
        held = connected(either, "t_emp")
        end_login(either, "t_emp", actor="test")
        with pytest.raises(psycopg.Error):  # its session is cut, or sees nothing any more
            held.execute("select 1 / count(*) from access.my_scopes()")
        with pytest.raises(psycopg.OperationalError):
            connected(either, "t_emp")
        with pytest.raises(ReaderError, match="one person for good"):
            give_login(either, "t_emp", "analyst", HERE, SOON, actor="test")
        with pytest.raises(ReaderError, match="one person for good"):
            grant(either, "t_emp", COUNCIL, actor="test")
    finally:
        forget(either, "t_emp")


def test_a_password_is_given_or_made_once_and_can_be_changed(either: Settings) -> None:
    try:
        made = give_login(either, "p_word", "researcher", HERE, SOON, actor="test")
        assert made.password is not None
        assert give_login(either, "p_word", "researcher", HERE, SOON, actor="test").password is None
        psycopg.connect(address(either, "p_word", made.password)).close()
        changed = new_login_password(either, "p_word")
        psycopg.connect(address(either, "p_word", changed)).close()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address(either, "p_word", made.password))
    finally:
        forget(either, "p_word")


def test_names_that_mean_somebody_else_are_refused(either: Settings) -> None:
    grant(either, "a_person", COUNCIL, actor="test", person=Person("A", "a.person@example.org"))
    with connect_as_admin(either) as admin:
        admin.execute("create role s_tranger")
    try:
        ours = ("loader", "analyst", "shared_analyst", "warehouse_owner", "pg_monitor", "a_person", "s_tranger")
        for name in (*ours, "A_Smith", "a;b", "x"):
            with pytest.raises(ReaderError):
                give_login(either, name, "analyst", HERE, SOON, actor="test")
        for group in ("loader", "steward", "releaser", "postgres"):
            with pytest.raises(ReaderError, match="no role"):
                give_login(either, "n_ew", group, HERE, SOON, actor="test")
        with pytest.raises(ReaderError, match="is over"):
            give_login(either, "n_ew", "analyst", HERE, dt.date(2001, 1, 1), actor="test")
    finally:
        with connect_as_admin(either) as admin:
            admin.execute("drop role s_tranger")


def test_a_short_name_does_not_bring_a_former_person_back(either: Settings) -> None:
    """A new person with the name of one who had left: the former one's sign-in came back to life."""
    grant(either, "jane", SCHOOL, actor="test", person=Person("Jane", "jane@example.org"))
    with connect(either, "dashboard", autocommit=True) as connection:
        found = connection.execute("select reader_name from access.reader_for('i|old-jane', 'jane@example.org')")
        assert found.fetchall() == [("jane",)]
    another = Person("Another Jane", "another.jane@example.org")
    with pytest.raises(ReaderError, match="another address"):
        grant(either, "jane", COUNCIL, actor="test", person=another)
    revoke(either, "jane", actor="test")
    for person in (another, Person(), Person(email="jane@example.org")):
        with pytest.raises(ReaderError, match="one person for good"):
            grant(either, "jane", COUNCIL, actor="test", person=person)
    with connect(either, "dashboard", autocommit=True) as connection:
        assert connection.execute("select * from access.reader_for('i|old-jane', null)").fetchall() == []


def test_only_letters_of_ascii_are_folded_in_addresses(either: Settings) -> None:
    """The Kelvin sign in a verified address once made somebody a k."""
    grant(either, "kelvin", SCHOOL, actor="test", person=Person("K", "k.elvin@example.org"))
    with connect(either, "dashboard", autocommit=True) as connection:
        query = "select reader_name from access.reader_for(%s, %s)"
        for number, odd in enumerate(
            ("\u212a.elvin@example.org", "k.elvin@e\u212aample.org", "\u212a.ELVIN@EXAMPLE.ORG")
        ):
            assert connection.execute(query, [f"i|{number}", odd]).fetchall() == []
        assert connection.execute(query, ["i|k", "K.Elvin@EXAMPLE.org"]).fetchall() == [("kelvin",)]


def test_a_login_is_made_reviewed_and_ended_by_command(settings: Settings) -> None:
    until = ("--until", "2099-06-30")
    try:
        done = warehouse(settings, "access", "login", "c_line", "--role", "analyst", "--authority", HERE, *until)
        assert done.code == 0, done.errors
        password = done.output.strip().split()[-1]
        psycopg.connect(address(settings, "c_line", password)).close()
        rows = {row["who"]: row for row in review(settings) if row["kind"] == "login"}
        assert rows["c_line"]["sees"] == f"all of {HERE}"
        assert warehouse(settings, "access", "login", "c_line", "--authority", HERE).code == 2
        assert warehouse(settings, "access", "login", "c_line", "--end").code == 0
        refused = warehouse(settings, "access", "login", "c_line", "--authority", HERE, *until)
        assert "one person for good" in " ".join(refused.errors.split())
    finally:
        forget(settings, "c_line")
