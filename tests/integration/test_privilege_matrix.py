"""Each role, login of a person and PUBLIC by each object and verb: what the catalogue has is what is declared."""

from collections.abc import Iterator

import pytest

from orchestration.database.roles import ANALYST, LOGINS, RESEARCHER
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import drop_table, forget, login, make_table
from tests.support.privileges import held, roles_of, surprises

PEOPLE = {"m_analyst": ANALYST, "m_searcher": RESEARCHER}
PLANTED = {
    "grant select on raw.content_salt to analyst": "m_analyst may SELECT relation raw.content_salt",
    "grant select on vault.tokens to m_searcher": "m_searcher may SELECT relation vault.tokens",
    "grant truncate on control.files to loader": "loader may TRUNCATE relation control.files",
    "grant references, trigger on released.door_probe to dashboard":
        "dashboard may TRIGGER relation released.door_probe",
    "grant maintain on released.door_probe to public": "auditor may MAINTAIN relation released.door_probe",
    "grant update (reader_name) on access.readers to dashboard":
        "dashboard may UPDATE column reader_name of relation access.readers",
    "grant usage on sequence access.readers_reader_id_seq to public":
        "public may USAGE relation access.readers_reader_id_seq",
    "grant execute on function access.reader_for(text, text) to auditor":
        "auditor may EXECUTE function access.reader_for",
    "grant usage on schema vault to analyst": "shared_analyst may USAGE schema vault",
    "grant create on schema public to public": "m_analyst may CREATE schema public",
    "grant create on database {database} to steward": "steward may CREATE database",
    "grant connect on database postgres to researcher": "m_searcher may CONNECT database postgres",
    "create foreign data wrapper elsewhere; create server other foreign data wrapper elsewhere; "
    "grant usage on foreign server other to loader": "loader may USAGE server other",
    "grant usage on foreign data wrapper elsewhere to analyst": "m_analyst may USAGE wrapper elsewhere",
    "grant create on tablespace pg_default to loader": "loader may CREATE tablespace pg_default",
    "grant set on parameter log_statement to m_analyst": "m_analyst may SET parameter log_statement",
    "select lo_create(424242); grant select on large object 424242 to public": "public may SELECT large object 424242",
    "revoke usage on language plpgsql from public": "not: public may USAGE language plpgsql",
    "grant transformer to m_analyst": "m_analyst may MEMBER role transformer",
    "grant pg_monitor to steward": "steward may MEMBER role pg_monitor",
    "alter role loader createrole": "loader is createrole",
    "revoke select on control.files from steward": "not: steward may SELECT relation control.files",
    "grant execute on function pg_read_file(text) to analyst": "analyst may EXECUTE function pg_read_file(text)",
    "grant execute on function pg_lock_status() to public": "public",
    "grant select on pg_authid to auditor": "auditor may SELECT relation pg_authid",
    "grant select (rolpassword) on pg_authid to auditor": "pg_authid.rolpassword of PostgreSQL is not as it was made",
    "revoke usage on type text from public": "public may no longer USAGE type text",
}  # fmt: skip


# What readers may, once more by hand: functions of scopes are for whoever reads marts, and nothing is written but by
# the steward and, of sessions and reads of pages, by the dashboards.
SCOPES = {f"access.{name}" for name in (
    "current_reader()", "my_scopes()", "reader_authorities()", "reader_councils()", "reader_floors()",
    "reader_has_authority(text)", "reader_schools()", "reader_seed_codes()", "whoami()",
)}  # fmt: skip
SIGN_IN = {"access.example_readers()", "access.reader_for(text,text)",
           "access.reader_of_session(bytea,interval,interval)"}  # fmt: skip
DOOR = {"released.read_door_probe()", "released.past_door_probe()"}
OWN_SCHOOL = {"access.open_own_school(text,text,text,text[])", "access.own_schools()", "access.own_schools_open(text)"}
DECISIONS = {"access.own_school_is_on(text)", "access.today()"}
OF_ACCESS = {f"access.{name}" for name in (
    "clusters", "group_members", "groups", "heads", "heads_in_force", "logins", "readers", "retention", "school_counts",
    "schools_in_force", "scopes", "scopes_in_force", "projects", "project_columns", "project_terms", "project_ends",
    "project_logins",
    "project_states",
)}  # fmt: skip
PROJECT = {
    "access.my_project()", "access.my_project_columns()", "projects.read_attendance_months()", "projects.read_pupils()",
}  # fmt: skip
EXTRACTS = {"research.attendance_months", "research.columns", "research.project", "research.pupils"}
BY_HAND: dict[str, dict[str, set[str]]] = {
    "public": {},
    "analyst": {"EXECUTE": SCOPES | DOOR, "SELECT": {"aggregated.*", "aggregated_history.*"}},
    # and pseudonymised.*, where dbt has built
    "researcher": {"EXECUTE": SCOPES | DOOR | PROJECT, "SELECT": {"aggregated.*", "aggregated_history.*", *EXTRACTS}},
    "dashboard": {
        "EXECUTE": SCOPES | SIGN_IN | DOOR | OWN_SCHOOL,
        "SELECT": {"aggregated.*", "aggregated_history.*", "released.*", "access.sessions", "control.environment"},
        "INSERT": {"access.sessions", "control.page_reads"},
        "UPDATE": {"access.sessions"},
        "DELETE": {"access.sessions"},
    },
    "auditor": {"EXECUTE": DECISIONS, "SELECT": OF_ACCESS | {"control.*"}},
    "steward": {
        "EXECUTE": DECISIONS,
        "SELECT": OF_ACCESS | {"control.*", "raw.rejected_rows"},
        "INSERT": {"access.clusters", "access.group_members", "access.groups", "access.heads", "access.readers",
                   "access.scopes",
                   "access.projects", "access.project_columns", "access.project_terms", "access.project_ends",
                   "control.closed_days", "control.ledger_events", "control.published_imports",
                   "control.published_rows"},
        "UPDATE": {"control.lock_build", "control.lock_landing", "access.retention.keep_days",
                   *(f"access.{table}.{column}" for table in ("scopes", "group_members", "heads")
                     for column in ("revoked_at", "revoked_by")),
                   *(f"access.readers.{column}" for column in (
                       "display_name", "email", "revoked_at", "subject", "valid_from", "valid_until"))},
        "DELETE": {"access.clusters"},
    },
}  # fmt: skip
SHOWN = ("aggregated", "aggregated_history")
WHOLE = {"SELECT": {"released": ["dashboard"], "control": ["auditor", "steward"],
                    "pseudonymised": ["researcher", "m_searcher"]}}  # fmt: skip


@pytest.fixture(scope="module", params=["embedded", "server"])
def either(request: pytest.FixtureRequest) -> Iterator[Settings]:
    found: Settings = request.getfixturevalue("settings" if request.param == "embedded" else "server_settings")
    make_table(found)
    for name, group in PEOPLE.items():
        login(found, name, group)
    yield found
    drop_table(found)
    forget(found, *PEOPLE)


def test_nobody_may_do_what_is_not_declared(either: Settings) -> None:
    with connect_as_admin(either) as admin:
        roles = roles_of(admin)
        assert {*LOGINS, *PEOPLE, "analyst", "researcher"} <= set(roles)
        assert len(held(admin)) > 500
        assert surprises(admin) == []


@pytest.mark.parametrize("either", ["embedded"], indirect=True)  # much of it takes a superuser
def test_whatever_is_given_or_taken_is_named(either: Settings) -> None:
    with connect_as_admin(either) as admin:
        admin.autocommit = False
        for statement in PLANTED:
            admin.execute(statement.format(database=either.pg_database).encode())
        told = surprises(admin)
        admin.rollback()
        assert [words for words in PLANTED.values() if not any(words in said for said in told)] == [], told
        assert surprises(admin) == []


def test_readers_may_what_is_written_here_by_hand(either: Settings) -> None:
    with connect_as_admin(either) as admin:
        rights = [right for right in held(admin) if right.kind in ("relation", "function")]
    wanted = BY_HAND | {"m_analyst": BY_HAND[ANALYST], "m_searcher": BY_HAND[RESEARCHER]}
    for role, verbs in wanted.items():
        found: dict[str, set[str]] = {}
        for right in rights:
            schema = right.name.partition(".")[0]
            is_whole = right.kind == "relation" and not right.column and (
                schema in SHOWN or role in WHOLE.get(right.verb, {}).get(schema, ()))  # fmt: skip
            name = f"{schema}.*" if is_whole else ".".join(filter(None, (right.name, right.column)))
            if right.role == role and schema != "pseudonymised":
                found.setdefault(right.verb, set()).add(name)
        assert found == verbs, role
