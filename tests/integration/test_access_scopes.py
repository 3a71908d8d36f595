"""Scopes as they are given, dated and taken back: what holds is looked up anew by every query."""

import datetime as dt

import psycopg
import pytest

from orchestration.access import (
    Person,
    Place,
    ReaderError,
    Validity,
    grant,
    grant_example_set,
    import_clusters,
    list_scopes,
    review,
    revoke,
    revoke_scope,
)
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.access_world import name_reader

COUNCIL = Place("authority", "S12000005")
SCHOOL = Place("establishment", "S12000005", seed_code="1003020", sector="primary")
DAY = dt.timedelta(days=1)


def reader_of(settings: Settings, name: str) -> int:
    with connect(settings, "auditor") as connection:
        row = connection.execute("select reader_id from access.readers where reader_name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


def reach(settings: Settings, name: str) -> tuple[list[str], list[str]]:
    """Authorities and schools that the dashboards see for a reader."""
    with connect(settings, "dashboard") as connection:
        name_reader(connection, reader_of(settings, name))
        row = connection.execute("select access.reader_authorities(), access.reader_schools()").fetchone()
    assert row is not None
    return row[0], row[1]


def today(settings: Settings) -> dt.date:
    with connect(settings, "auditor") as connection:
        row = connection.execute("select access.today()").fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def move(settings: Settings, table: str, name: str, days: int) -> None:
    """Let time pass for what a reader was given."""
    with connect_as_admin(settings) as connection:
        connection.execute(
            f"update access.{table} set valid_from = valid_from - {days}, valid_until = valid_until - {days} "
            "where reader_id = (select reader_id from access.readers where reader_name = %s)",
            [name],
        )


def test_a_scope_holds_from_its_first_day_to_its_last(either: Settings) -> None:
    first = today(either) + DAY
    grant(either, "dated", COUNCIL, actor="test", validity=Validity(first, first + DAY))
    assert reach(either, "dated") == ([], [])
    assert [row["state"] for row in list_scopes(either) if row["reader"] == "dated"] == ["future"]
    for days, expected in ((1, ["S12000005"]), (1, ["S12000005"]), (1, [])):
        move(either, "scopes", "dated", days)
        assert reach(either, "dated") == (expected, [])
    assert [row["state"] for row in list_scopes(either, ended=True) if row["reader"] == "dated"] == ["expired"]


def test_a_reader_cannot_move_the_day(either: Settings) -> None:
    """A time zone of the session's own would open tomorrow's scope today."""
    grant(either, "early", COUNCIL, actor="test", validity=Validity(today(either) + DAY))
    with connect(either, "dashboard") as connection:
        name_reader(connection, reader_of(either, "early"))
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            connection.execute(f"set local time zone '{zone}'")
            assert connection.execute("select access.reader_authorities()").fetchone() == ([],)


def test_what_is_taken_back_ends_at_once_and_for_good(either: Settings) -> None:
    grant(either, "leaver", COUNCIL, actor="test")
    grant(either, "leaver", SCHOOL, actor="test")
    assert reach(either, "leaver") == (["S12000005"], ["1003020 primary"])
    assert revoke(either, "leaver", COUNCIL, actor="test") == 1
    assert reach(either, "leaver") == ([], ["1003020 primary"])
    with pytest.raises(ReaderError, match="no such scope"):
        revoke(either, "leaver", COUNCIL, actor="test")
    with pytest.raises(psycopg.errors.CheckViolation), connect(either, "steward") as connection:
        connection.execute(
            "update access.scopes set revoked_at = null, revoked_by = null where revoked_by = 'steward (test)'"
        )
    for statement in (
        "delete from access.scopes",
        "update access.scopes set kind = kind",
        "delete from access.readers",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connect(either, "steward") as connection:
            connection.execute(statement)


def test_who_gives_and_takes_back_is_what_the_database_knows(either: Settings) -> None:
    """A steward who writes SQL could name somebody else, and another day, for a grant and for its end."""
    grant(either, "traced", SCHOOL, actor="test")
    number = reader_of(either, "traced")
    with connect(either, "steward") as steward:
        steward.execute("insert into access.groups (group_name) values ('Traced') on conflict do nothing")
        for table, columns, values in (
            ("scopes", "reader_id, kind, local_authority_code", "%(reader)s, 'authority', 'S12000006'"),
            ("group_members", "reader_id, group_id", "%(reader)s, (select max(group_id) from access.groups)"),
        ):
            steward.execute(
                f"insert into access.{table} ({columns}, granted_by, granted_at, revoked_at, revoked_by) "
                f"values ({values}, 'first release', '2020-01-01', '2020-02-01', 'director')",
                {"reader": number},
            )
    said = "select granted_by, granted_at > now() - interval '1 hour', revoked_at, revoked_by from access.{} "
    with connect(either, "auditor") as auditor:
        for table, extra in (("scopes", "and kind = 'authority'"), ("group_members", "")):
            found = auditor.execute(said.format(table) + f"where reader_id = %s {extra}", [number]).fetchall()
            assert found == [("steward (first release)", True, None, None)], table
    with connect(either, "steward") as steward:
        steward.execute(
            "update access.scopes set revoked_at = '2020-02-01', revoked_by = 'director' where reader_id = %s", [number]
        )
    with connect(either, "auditor") as auditor:
        ended = (
            "select distinct revoked_by, revoked_at > now() - interval '1 hour' from access.scopes where reader_id = %s"
        )
        assert auditor.execute(ended, [number]).fetchall() == [("steward (director)", True)]
    with pytest.raises(psycopg.errors.CheckViolation), connect(either, "steward") as steward:
        steward.execute("update access.scopes set revoked_by = 'somebody else' where reader_id = %s", [number])


def test_a_reader_from_whom_all_is_taken_is_no_reader_until_given_anew(either: Settings) -> None:
    grant(either, "gone", SCHOOL, actor="test", group="Team of the gone")
    revoke(either, "gone", actor="test")
    with connect(either, "dashboard") as connection:
        name_reader(connection, reader_of(either, "gone"))
        assert connection.execute("select access.current_reader()").fetchone() == (None,)
        assert connection.execute("select * from access.whoami()").fetchall() == []
    with pytest.raises(ReaderError, match="one person for good"):
        grant(either, "gone", COUNCIL, actor="test")
    grant(either, "gone", COUNCIL, actor="test", same_person=True)
    assert reach(either, "gone") == (["S12000005"], [])


def test_a_group_gives_its_members_what_it_has_while_they_belong_to_it(either: Settings) -> None:
    grant(either, "member", COUNCIL, actor="test", group="Area team")
    grant(either, "late-member", None, actor="test", group="Area team", validity=Validity(today(either) + DAY))
    assert reach(either, "member") == (["S12000005"], [])
    assert reach(either, "late-member") == ([], [])
    move(either, "group_members", "late-member", 1)
    assert reach(either, "late-member") == (["S12000005"], [])
    revoke(either, "member", actor="test", group="Area team")
    assert reach(either, "member") == ([], [])
    scope = next(row["scope"] for row in list_scopes(either) if row["group"] == "Area team" and row["scope"])
    revoke_scope(either, scope, actor="test")
    assert reach(either, "late-member") == ([], [])


def test_a_cluster_is_the_schools_that_the_list_names_today(either: Settings) -> None:
    header = "authority,cluster_name,seed_code,sector"
    import_clusters(either, [header, "Falkirk,Braes,1000001,primary", "Falkirk,Braes,1000002,secondary"])
    place = Place("cluster", "S12000014", cluster_name="Braes")
    grant(either, "lead", place, actor="test")
    assert reach(either, "lead") == ([], ["1000001 primary", "1000002 secondary"])
    import_clusters(either, [header, "S12000014,Braes,1000001,primary"])
    assert reach(either, "lead") == ([], ["1000001 primary"])
    done = import_clusters(either, [header, "S12000014,Grangemouth,1000001,primary"])
    assert done.missing == ("Braes",)
    assert reach(either, "lead") == ([], [])
    wrong = {
        "Nowhere,x,1000001,primary": "line 3.*Nowhere",
        "Falkirk,x,1,primary": "line 3.*seven digits",
        "Falkirk,x,1000001,nursery": "line 3.*nursery",
        "Falkirk,,1000001,primary": "line 3.*cluster_name",
    }
    for line, said in wrong.items():
        with pytest.raises(ReaderError, match=said):
            import_clusters(either, [header, "Falkirk,Braes,1000001,primary", line])
    assert reach(either, "lead") == ([], [])  # all or nothing


def test_giving_twice_gives_once(either: Settings) -> None:
    assert grant(either, "twice", SCHOOL, actor="test").scope_id is not None
    again = grant(either, "twice", SCHOOL, actor="test")
    assert (again.scope_id, again.is_new_reader) == (None, False)


def test_the_dashboards_are_no_reader_and_a_login_has_no_address(either: Settings) -> None:
    with pytest.raises(ReaderError, match="cannot be a reader"):
        grant(either, "dashboard", COUNCIL, actor="test")
    with pytest.raises(ReaderError, match="no e-mail address here"):
        grant(either, "steward", COUNCIL, actor="test", person=Person(email="steward@example.org"))


def test_review_tells_of_every_login_and_reader(either: Settings) -> None:
    grant(either, "reviewed", COUNCIL, actor="test", person=Person("R. Viewed"))
    with connect(either, "dashboard", autocommit=True) as connection:
        connection.execute(
            "insert into control.page_reads (reader_id, page, status) values (%s, 'today', 200)",
            [reader_of(either, "reviewed")],
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from control.page_reads")
    rows = review(either)
    found = next(row for row in rows if row["who"] == "reviewed")
    assert (found["name"], found["sees"], found["through"]) == ("R. Viewed", "all of S12000005", "own scope")
    assert found["last_read_at"] is not None
    assert {"loader", "transformer", "releaser", "steward", "auditor"} <= {row["who"] for row in rows}
    assert any(row["sees"] == "everything, past all policies" for row in rows)
    with connect(either, "transformer") as connection:  # who reads control does not read who read what
        assert connection.execute("select count(*) from control.page_reads").fetchone() == (0,)


def test_the_example_set_is_refused_on_a_live_warehouse(either: Settings) -> None:
    with pytest.raises(ReaderError, match="live"):
        grant_example_set(either.model_copy(update={"environment": "live"}), "S12000005")
