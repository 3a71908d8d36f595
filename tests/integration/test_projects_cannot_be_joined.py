"""An attacker with two projects in hand, or one and the layers: by token, order, place or plan nothing is joined."""

import itertools
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from orchestration.database import connect
from orchestration.identity import ANALYTICS, domain_key, project_domain
from orchestration.identity.assign import assign_identities
from orchestration.identity.project_tokens import project_token
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.logins import connected
from tests.support.projects_world import HERE, KEY, make_project, night, researcher, world

PROJECTS = ("one", "two")


@pytest.fixture(scope="module", params=["embedded", "server"])
def council(request: pytest.FixtureRequest, new_warehouse: NewWarehouse) -> Iterator[Settings]:
    found = new_warehouse() if request.param == "embedded" else request.getfixturevalue("server_settings")
    with world(found) as made:
        for name in PROJECTS:
            make_project(made, name, columns=("sex", "openings_attended"))
            researcher(made, f"j_{name}", name)
        night(made)
        yield made


def tokens(settings: Settings, login: str, relation: str = "pupils") -> list[uuid.UUID]:
    """Tokens as the login is given them, without asking for an order."""
    with connected(settings, login) as connection:
        found = connection.execute(sql.SQL("select pupil_token from research.{}").format(sql.Identifier(relation)))
        return list(dict.fromkeys(token for (token,) in found.fetchall()))


def people(settings: Settings, domain: str) -> dict[uuid.UUID, int]:
    """The pupil behind each token of a domain, as only the vault knows."""
    with connect(settings, "pseudonymiser") as connection:
        query = "select token, pupil_id from vault.tokens where domain = %s"
        return dict(connection.execute(query, [domain]).fetchall())


def test_no_token_is_in_two_extracts_nor_in_the_layers(council: Settings) -> None:
    sets = [set(tokens(council, f"j_{name}")) for name in PROJECTS]
    sets.append(set(people(council, ANALYTICS)))
    assert all(len(found) >= 120 for found in sets)
    for one, other in itertools.combinations(sets, 2):
        assert not one & other


def test_a_token_follows_from_the_key_and_from_nothing_else(council: Settings) -> None:
    """Without the key, pseudonym and project token of a pupil have nothing to do with each other."""
    key = domain_key(KEY.encode(), project_domain("one"))
    internal = {pupil: token for token, pupil in people(council, ANALYTICS).items()}
    own = people(council, "project one")
    assert own == {project_token(key, internal[pupil]): pupil for pupil in own.values()}
    other = domain_key(KEY.encode(), project_domain("two"))
    assert not set(own) & {project_token(other, token) for token in internal.values()}


@pytest.mark.parametrize("relation", ["pupils", "attendance_months"])
def test_extracts_have_no_order_in_common(council: Settings, relation: str) -> None:
    orders = []
    for name in PROJECTS:
        own = people(council, project_domain(name))
        given = tokens(council, f"j_{name}", relation)
        assert given == sorted(given)
        orders.append([own[token] for token in given])
    first, second = orders
    assert set(first) == set(second)
    in_place = sum(one == other for one, other in zip(first, second, strict=True))
    assert in_place <= 8  # by chance one, with a standard deviation of one
    at = {pupil: number for number, pupil in enumerate(second)}
    neighbours = sum(at[other] - at[one] == 1 for one, other in itertools.pairwise(first))
    assert neighbours <= 8
    upwards = sum(at[other] > at[one] for one, other in itertools.pairwise(first))
    assert len(first) * 0.3 < upwards < len(first) * 0.7


def test_no_place_is_shown_and_places_have_nothing_in_common(council: Settings) -> None:
    orders = []
    with connect(council, "transformer") as connection:
        for name in PROJECTS:
            own = people(council, project_domain(name))
            query = "select pupil_token from projects.pupils where project_name = %s order by ctid"
            orders.append([own[token] for (token,) in connection.execute(query, [name]).fetchall()])
    for one, other in itertools.combinations([*orders, sorted(orders[0])], 2):
        assert sum(here == there for here, there in zip(one, other, strict=True)) <= 8
    with connected(council, "j_one") as connection:
        for query in (
            "select ctid from research.pupils",
            "select xmin from research.pupils",
            "select tableoid from research.pupils",
            "select ctid from projects.pupils",
            "select * from research.pupils tablesample system (50)",
            "select * from projects.read_pupils()",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(query.encode())


QUESTIONS = (
    "select count(*), min(pupil_token::text), max(sex) from research.pupils",
    "select * from research.pupils",
    "explain (analyze, timing off, summary off, buffers off) select * from research.pupils where sex = 'F'",
    "explain (analyze, verbose, timing off, summary off, buffers off) select * from research.attendance_months "
    "where openings_attended > 38",
    "explain select * from research.pupils where (1 / (length(sex) - 1)) > 0",
    "select count(*) from research.pupils as one inner join research.attendance_months using (pupil_token)",
    "select * from pg_stats where schemaname in ('projects', 'research', 'vault', 'access')",
    "select n_distinct from pg_stats where tablename = 'pupils'",
    "select * from research.project",
    "select * from research.columns",
    "explain select * from projects.pupils",
    "set row_security = off",
    "select count(*) from research.pupils",
)


def told(settings: Settings) -> list[str]:
    """Everything that one project's login is answered: rows, plans and errors."""
    answers = []
    with connected(settings, "j_one") as connection:
        for query in QUESTIONS:
            try:
                answers.append(str(connection.execute(query.encode()).fetchall()))
            except psycopg.Error as error:
                answers.append(f"{type(error).__name__}: {error}")
    return answers


def test_a_login_is_told_the_same_whatever_another_project_holds(council: Settings) -> None:
    before = told(council)
    assert "Function Scan on read_pupils" in before[2]
    assert "never executed" not in before[2]
    assert before[2].count("Scan") == 1
    with connect(council, "transformer") as connection:
        connection.execute("delete from projects.pupils where project_name = 'two' and sex = 'F'")
        connection.execute("delete from projects.attendance_months where project_name = 'two'")
    try:
        with connect_as_admin(council) as admin:
            admin.execute("set role warehouse_owner")
            admin.execute("analyze projects.pupils")
        assert told(council) == before
    finally:
        night(council)
    assert told(council)[1] == before[1]


def test_readings_are_on_record(council: Settings) -> None:
    tokens(council, "j_two")
    with connect(council, "auditor") as connection:
        found = connection.execute(
            "select mart, authorities from control.sql_reads where login_name = 'j_two'"
        ).fetchall()
    assert ("research_pupils", [HERE]) in found


def test_tokens_stay_when_the_vault_is_filled_again(council: Settings) -> None:
    """From the same deliveries, under the same key, a project's tokens are those of earlier extracts."""
    before = people(council, "project one")
    with connect(council, "pseudonymiser") as connection:
        connection.execute("delete from vault.tokens where domain like 'project %'")
    assert assign_identities(council).project_tokens >= 240
    assert people(council, "project one") == before
    assert assign_identities(council).project_tokens == 0


def test_no_key_lies_in_the_database(council: Settings) -> None:
    secrets = [KEY, KEY.encode().hex(), *(domain_key(KEY.encode(), project_domain(name)).hex() for name in PROJECTS)]
    with connect_as_admin(council) as admin:
        schemas = ["access", "control", "vault", "projects", "pseudonymised"]
        owners = admin.execute(
            "select n.nspname, c.relname, pg_get_userbyid(c.relowner) from pg_class as c "
            "inner join pg_namespace as n on n.oid = c.relnamespace where n.nspname = any(%s) and c.relkind = 'r'",
            [schemas],
        ).fetchall()
        assert len(owners) > 30
        for schema, table, owner in owners:
            admin.execute(sql.SQL("set role {}").format(sql.Identifier(owner)))
            texts = admin.execute(sql.SQL("select found::text from {} as found").format(sql.Identifier(schema, table)))
            held = "\n".join(text for (text,) in texts.fetchall())
            assert not [secret for secret in secrets if secret in held], f"{schema}.{table}"
            admin.execute("reset role")
