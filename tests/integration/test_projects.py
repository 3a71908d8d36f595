"""Researchers' projects on both kinds of server: declared once, read in one's own project alone, over when it ends."""

import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest

from orchestration.access import ReaderError, give_login, review
from orchestration.database import connect
from orchestration.projects import ProjectError, build_extracts, declare, end, list_projects, offer
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.logins import connected
from tests.support.projects_world import (
    COLUMNS,
    HERE,
    THERE,
    UNTIL,
    add_pupils,
    make_project,
    night,
    researcher,
    wanted,
    world,
)

DENIED = psycopg.errors.InsufficientPrivilege
ALL = "select * from research.pupils"


@pytest.fixture(scope="module", params=["embedded", "server"])
def council(request: pytest.FixtureRequest, new_warehouse: NewWarehouse) -> Iterator[Settings]:
    found = new_warehouse() if request.param == "embedded" else request.getfixturevalue("server_settings")
    with world(found) as made:
        make_project(made, "one")
        make_project(made, "two")
        make_project(made, "elsewhere", authority=THERE)
        researcher(made, "r_one", "one")
        researcher(made, "r_two", "two")
        researcher(made, "r_far", "elsewhere", THERE)
        researcher(made, "r_none", None)
        night(made)
        yield made


def rows(settings: Settings, login: str, query: str) -> list[tuple[object, ...]]:
    with connected(settings, login) as connection:
        return connection.execute(query.encode()).fetchall()


def test_a_project_is_declared_once_and_is_what_was_approved(council: Settings) -> None:
    assert declare(council, wanted("one"), UNTIL, actor="test").is_new is False
    assert declare(council, wanted("one"), UNTIL, actor="test").is_prolonged is False
    later = UNTIL + dt.timedelta(days=30)
    make_project(council, "longer", columns=("sex",))
    assert declare(council, wanted("longer", columns=("sex",)), later, actor="test").is_prolonged
    with pytest.raises(ProjectError, match=r"given until .* end it sooner"):
        declare(council, wanted("longer", columns=("sex",)), UNTIL, actor="test")
    with pytest.raises(ProjectError, match="approved with another council and columns"):
        declare(council, wanted("one", THERE, columns=(*COLUMNS, "urban_rural")), UNTIL, actor="test")
    with pytest.raises(ProjectError, match="is over"):
        declare(council, wanted("new_one"), dt.date(2001, 1, 1), actor="test")
    with connect(council, "auditor") as connection:
        acts = connection.execute(
            "select valid_until, given_by from access.project_terms where project_name = 'longer' order by term_id"
        ).fetchall()
    assert acts == [(UNTIL, "test"), (later, "test")]


def test_what_was_done_is_never_changed(council: Settings) -> None:
    for role in ("steward", "transformer", "releaser", "auditor"):
        for statement in ("update access.projects set purpose = 'x'", "delete from access.project_terms"):
            with pytest.raises(DENIED), connect(council, role) as connection:
                connection.execute(statement.encode())
    with connect(council, "releaser") as connection, pytest.raises(DENIED):
        connection.execute(
            "insert into access.project_terms (project_name, valid_until, given_by) values ('one', now(), 'x')"
        )


def test_what_is_on_offer_has_a_place_in_the_extracts(council: Settings) -> None:
    query = (
        "select table_name, column_name from information_schema.columns where table_schema = 'projects' "
        "and column_name not in ('project_name', 'pupil_token', 'academic_year', 'month', 'steps')"
    )
    with connect(council, "transformer") as connection:
        found = set(connection.execute(query).fetchall())
    offered = {("pupils", column) for column in offer().pupils}
    offered |= {(subject.table, column) for subject in offer().subjects.values() for column in subject.columns}
    assert found == offered


def test_a_login_reads_its_project_and_nothing_else(council: Settings) -> None:
    assert rows(council, "r_one", "select project_name, pupils from research.project")[0][0] == "one"
    columns = rows(council, "r_one", "select column_name, detail from research.columns")
    assert ("age", "bands") in columns
    assert {str(name) for name, _ in columns} == set(COLUMNS)
    found = rows(council, "r_one", "select age, ethnicity, school, urban_rural, free_meals from research.pupils")
    assert len(found) > 100
    assert {row[0] for row in found} <= {"under 8", "8 to 11", "withheld"}
    assert {row[1] for row in found} <= {"White", "Minority ethnic", "withheld"}
    assert {row[2:] for row in found} == {(None, None, None)}
    months = rows(council, "r_one", "select openings_attended, openings_late from research.attendance_months")
    assert len(months) == 2 * len(found)
    assert {late for _, late in months} == {None}
    mine = {token for (token,) in rows(council, "r_one", "select pupil_token from research.pupils")}
    assert mine == {token for (token,) in rows(council, "r_one", "select pupil_token from research.attendance_months")}
    with connected(council, "r_one") as connection:
        assert connection.execute("show search_path").fetchone() == ("research, aggregated",)
        for relation in (
            "pseudonymised.pupil_years", "pseudonymised.attendance_pupil_months", "projects.pupils",
            "projects.attendance_months", "projects.read_pupils()", "vault.tokens", "vault.identity_map",
            "access.projects", "access.project_states", "access.project_logins", "control.project_measures",
            "access.current_project()",
        ):  # fmt: skip
            with pytest.raises(DENIED):
                connection.execute(f"select * from {relation}".encode())


def test_another_council_and_another_project_are_not_seen(council: Settings) -> None:
    with connect(council, "transformer") as connection:
        standing = dict(connection.execute("select project_name, count(*) from projects.pupils group by 1").fetchall())
    for login, project in (("r_one", "one"), ("r_two", "two"), ("r_far", "elsewhere")):
        assert len(rows(council, login, ALL)) == standing[project]
    assert standing["elsewhere"] <= 30


def test_a_researcher_without_a_project_reads_no_record(council: Settings) -> None:
    with pytest.raises(DENIED, match="belongs to no project"):
        rows(council, "r_none", ALL)
    assert rows(council, "r_none", "select * from research.project") == []
    with pytest.raises(DENIED):
        rows(council, "r_none", "select * from pseudonymised.pupil_years")
    with pytest.raises(DENIED), connect(council, "analyst") as connection:
        connection.execute(ALL.encode())


def test_policies_hold_where_a_function_would_not_ask(council: Settings) -> None:
    """The tables' owner, as whom the functions run, has the rows of the login's project alone, and here of none."""
    with connect(council, "transformer") as connection:
        assert connection.execute("select count(*) > 100 from projects.pupils").fetchone() == (True,)
    with connect_as_admin(council) as admin:
        admin.execute("set role warehouse_owner")
        assert admin.execute("select count(*) from projects.pupils").fetchone() == (0,)
        assert admin.execute("select count(*) from projects.attendance_months").fetchone() == (0,)


def test_a_login_is_of_one_project_for_good(council: Settings) -> None:
    def give(name: str, project: str | None, **other: object) -> None:
        asked = {"group": "researcher", "authority_code": HERE, "until": UNTIL} | other
        give_login(council, name, actor="test", project=project, **asked)  # type: ignore[arg-type]

    give("r_one", "one")
    give("r_one", None)
    with pytest.raises(ReaderError, match="is a login of the project one"):
        give("r_one", "two")
    with pytest.raises(ReaderError, match="no project 'three'"):
        give("r_new", "three")
    with pytest.raises(ReaderError, match="has records of S12000006"):
        give("r_new", "elsewhere")
    with pytest.raises(ReaderError, match="--role researcher"):
        give("a_new", "one", group="analyst")
    for name, project in (("r_new", "one"), ("r_one", None)):
        with pytest.raises(ReaderError, match="is over on"):
            give(name, project, until=UNTIL + dt.timedelta(days=1))
    researcher(council, "r_older", None)  # as one of an earlier version
    give("r_older", "one")
    assert rows(council, "r_older", "select count(*) > 100 from research.pupils") == [(True,)]
    found = {row["who"]: row["sees"] for row in review(council) if row["kind"] == "login"}
    assert found["r_one"] == f"all of {HERE}, project one"
    assert "r_new" not in found


def test_a_project_that_is_ended_is_read_by_nobody_and_its_rows_and_tokens_go(council: Settings) -> None:
    make_project(council, "short")
    researcher(council, "r_short", "short")
    night(council)
    with connected(council, "r_short") as held:
        assert held.execute("select count(*) > 100 from research.pupils").fetchone() == (True,)
        assert end(council, "short", "the report is out", actor="test").logins == ("r_short",)
        with pytest.raises(DENIED, match=r"The project short was ended on .*: nothing of it can be read"):
            held.execute(ALL.encode())
        with pytest.raises(DENIED, match="was ended on"):
            held.execute("select * from research.attendance_months")
        assert held.execute("select access.reader_authorities()").fetchone() == ([],)
    with connect(council, "transformer") as connection:
        count = "select count(*) from projects.pupils where project_name = 'short'"
        assert connection.execute(count).fetchone() != (0,)
    assert "short" not in night(council)
    with connect(council, "transformer") as connection:
        assert connection.execute(count).fetchone() == (0,)
        tokens = "select count(*) from vault.tokens where domain = 'project short'"
        assert connection.execute(tokens).fetchone() == (0,)
    with pytest.raises(ProjectError, match="was ended on"):
        end(council, "short", "again", actor="test")
    with pytest.raises(ProjectError, match="one project for good"):
        declare(council, wanted("short"), UNTIL, actor="test")
    with pytest.raises(ReaderError, match="is over"):
        researcher(council, "r_short", "short")
    states = {row["project"]: row["state"] for row in list_projects(council, ended=True)}
    assert states["short"] == "ended"
    assert "short" not in {row["project"] for row in list_projects(council)}


def test_the_day_after_the_last_nothing_is_read(council: Settings) -> None:
    with connect(council, "steward") as steward:  # as a declaration of months ago would stand
        steward.execute(
            "insert into access.projects values ('last_year', 'x', 'x', %s, '{}', 'test', now() - interval '1 year')",
            [HERE],
        )
        steward.execute("insert into access.project_columns values ('last_year', 'sex', 'sex', null)")
        steward.execute(
            "insert into access.project_terms (project_name, valid_until, given_by) "
            "values ('last_year', current_date + 1, 'test')"
        )
    give_login(council, "r_late", "researcher", HERE, dt.date.today(), actor="test", password="a-login-of-the-tests",
               project="last_year")  # fmt: skip
    night(council)
    assert rows(council, "r_late", "select count(*) > 100 from research.pupils") == [(True,)]
    with connect(council, "steward") as steward:
        steward.execute(
            "insert into access.project_terms (project_name, valid_until, given_by) "
            "values ('last_year', current_date - 1, 'test')"
        )
    with pytest.raises(DENIED, match="The last day of the project last_year was"):
        rows(council, "r_late", ALL)
    assert "last_year" not in night(council)


def test_who_is_new_is_in_the_next_extract_and_nothing_is_written_twice(council: Settings) -> None:
    again = night(council)
    assert {one.has_changed for one in again.values()} == {False}
    before = rows(council, "r_one", ALL)
    add_pupils(council, HERE, 2001, 20)
    held = {one.project: one.held for one in build_extracts(council)}
    assert held["one"] == "its pupils have no tokens yet: the extract stays as it was"
    assert held["elsewhere"] is None
    assert rows(council, "r_one", ALL) == before
    assert night(council)["one"].has_changed
    tokens = [row[0] for row in rows(council, "r_one", ALL)]
    assert {row[0] for row in before} <= set(tokens)
    assert len(tokens) > len(before)


@pytest.mark.parametrize(
    ("noted", "forgotten", "why"),
    [
        (
            "insert into control.failed_tests (test_name, models, code_version) values ('probe', 'x', 'x')",
            "delete from control.failed_tests",
            "a test of the layers failed",
        ),
        (
            "insert into control.broken_seals values ('x', 'S12000005', '', '', '0001-01-01', 'x', 1, 2)",
            "delete from control.broken_seals",
            "rows of its council are not what was written",
        ),
    ],
)
def test_what_would_hold_back_a_release_holds_back_an_extract(
    council: Settings, noted: str, forgotten: str, why: str
) -> None:
    before = rows(council, "r_one", ALL)
    with connect(council, "transformer") as connection:
        connection.execute(noted.encode())
        connection.execute(
            "delete from pseudonymised.pupil_years where local_authority_code = 'S12000005' and sex = 'F'"
        )
        connection.commit()
        try:
            held = {one.project: one.held for one in build_extracts(council)}
            assert held["one"] == f"{why}: the extract stays as it was"
            assert (held["elsewhere"] is None) == ("seals" in noted)
            assert rows(council, "r_one", ALL) == before
        finally:
            connection.execute(forgotten.encode())
