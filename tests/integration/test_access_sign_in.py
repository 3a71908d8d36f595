"""From a sign-in to a reader: by subject, and once by a verified address."""

import psycopg
import pytest

from orchestration.access import Person, Place, ReaderError, grant, revoke
from orchestration.database import connect
from orchestration.settings import Settings
from tests.support.access_world import name_reader

SCHOOL = Place("establishment", "S12000005", seed_code="1003020", sector="primary")


def sign_in(settings: Settings, subject: str | None, email: str | None) -> list[tuple[object, ...]]:
    with connect(settings, "dashboard", autocommit=True) as connection:
        query = "select reader_name, display_name from access.reader_for(%s, %s)"
        return connection.execute(query, [subject, email]).fetchall()


def test_the_first_sign_in_binds_the_subject_to_the_address(either: Settings) -> None:
    grant(either, "jo", SCHOOL, actor="test", person=Person("Jo", "Jo@Example.org"))
    jo = [("jo", "Jo")]
    assert sign_in(either, "https://issuer|1", "stranger@example.org") == []
    assert sign_in(either, "https://issuer|1", "jo@example.ORG") == jo
    assert sign_in(either, "https://issuer|1", None) == jo
    assert sign_in(either, "https://issuer|1", "another@example.org") == jo
    assert sign_in(either, "https://issuer|2", "jo@example.org") == []  # the address alone is no proof any more
    assert sign_in(either, None, "jo@example.org") == sign_in(either, "", "jo@example.org") == []


def test_a_reader_who_left_cannot_sign_in_nor_lend_the_address(either: Settings) -> None:
    grant(either, "left", SCHOOL, actor="test", person=Person("Left", "left@example.org"))
    revoke(either, "left", actor="test")
    assert sign_in(either, "https://issuer|left", "left@example.org") == []
    grant(either, "left", SCHOOL, actor="test", same_person=True)
    assert sign_in(either, "https://issuer|left", "left@example.org") == [("left", "Left")]
    revoke(either, "left", actor="test")
    assert sign_in(either, "https://issuer|left", "left@example.org") == []


def test_two_readers_do_not_share_an_address(either: Settings) -> None:
    grant(either, "one", SCHOOL, actor="test", person=Person(email="shared@example.org"))
    with pytest.raises(ReaderError, match="another reader has"):
        grant(either, "two", SCHOOL, actor="test", person=Person(email="SHARED@example.org"))


def test_the_reader_and_the_scopes_can_be_asked_for(either: Settings) -> None:
    done = grant(either, "asker", SCHOOL, actor="test", person=Person("Asker"))
    with connect(either, "dashboard") as connection:
        name_reader(connection, done.reader_id)
        assert connection.execute("select * from access.whoami()").fetchall() == [(done.reader_id, "asker", "Asker")]
        assert connection.execute("select * from access.my_scopes()").fetchall() == [
            ("establishment", "S12000005", None, "1003020", "primary")
        ]
        assert connection.execute("select access.reader_has_authority('S12000005')").fetchone() == (False,)


def test_who_signs_readers_in_is_the_dashboards_alone(either: Settings) -> None:
    for role in ("analyst", "researcher", "steward", "auditor", "releaser"):
        for call in ("access.reader_for('x', 'y')", "access.example_readers()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, role) as connection:
                connection.execute(f"select * from {call}")
    for role in ("dashboard", "analyst", "steward"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, role) as connection:
            connection.execute("select access.give_shared_logins('S12000005')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, "dashboard") as connection:
        connection.execute("select * from access.readers")


def test_every_function_of_access_looks_names_up_in_a_fixed_place(either: Settings) -> None:
    with connect(either, "auditor") as connection:
        rows = connection.execute(
            "select proname, prosecdef, proconfig, has_function_privilege('public', oid, 'execute'), "
            "obj_description(oid, 'pg_proc') from pg_proc where pronamespace = 'access'::regnamespace"
        ).fetchall()
    assert len(rows) >= 14
    for name, is_definer, configured, is_public, comment in rows:
        assert configured[0] == "search_path=pg_catalog, pg_temp", name
        assert set(configured[1:]) <= {"client_min_messages=warning"}, name
        assert is_definer or name in {
            "today",
            "keep_revocation",
            "keep_project_acts",
            "stamp_grant",
            "keep_heads_few",
        }, name
        assert not is_public, name
        assert comment, name
