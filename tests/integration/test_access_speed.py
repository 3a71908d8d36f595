"""What a policy costs: scopes are looked up once per query, and who names a school reads the pages of that school."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from orchestration.access import Place, grant
from orchestration.database import connect
from orchestration.release.tables.policies import read_policy
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.access_world import name_reader
from tests.support.probes import probe

KEYS = ("local_authority_code", "seed_code", "sector", "stage", "month")
PROBE = probe("speed_probe", KEYS)


@pytest.fixture(scope="module")
def large(settings: Settings) -> Iterator[Settings]:
    """Two councils with 500 schools each, 13 stages and 20 months: 260,000 rows."""
    with connect_as_admin(settings) as admin:
        admin.execute(
            "create table released.speed_probe (local_authority_code text, seed_code text, sector text, "
            "stage text, month date, primary key (local_authority_code, seed_code, sector, stage, month))"
        )
        admin.execute(
            "insert into released.speed_probe "
            "select 'S1200000' || (5 + school % 2), (1000000 + school)::text, 'primary', 'P' || stage, "
            "date '2025-01-01' + month from generate_series(1, 1000) school, generate_series(1, 13) stage, "
            "generate_series(1, 20) month"
        )
        admin.execute("alter table released.speed_probe enable row level security")
        admin.execute(f"create policy p on released.speed_probe to dashboard using ({read_policy(PROBE)})")
        admin.execute("grant select on released.speed_probe to dashboard")
        admin.execute("vacuum analyze released.speed_probe")
    yield settings
    with connect_as_admin(settings) as admin:
        admin.execute("drop table released.speed_probe")


def plan(connection: psycopg.Connection, query: str) -> Any:
    row = connection.execute(f"explain (analyze, buffers, format json) {query}").fetchone()
    assert row is not None
    return row[0][0]["Plan"]


def test_a_head_who_names_a_school_reads_few_pages_of_a_large_table(large: Settings) -> None:
    head = Place("establishment", "S12000005", seed_code="1000500", sector="primary")
    reader = grant(large, "speedy-head", head, actor="test").reader_id
    with connect_as_admin(large) as admin:
        pages = admin.execute("select pg_relation_size('released.speed_probe') / 8192").fetchone()
    with connect(large, "dashboard") as connection:
        assert pages is not None
        assert pages[0] > 1000
        name_reader(connection, reader)
        plan(connection, "select * from released.speed_probe limit 1")  # fills the session's caches
        for query, rows in (("seed_code = '1000500'", 260), ("seed_code = '1000501'", 0), ("true", 260)):
            found = plan(connection, f"select * from released.speed_probe where {query}")
            assert found["Actual Rows"] == rows, query
            look_ups = [part for part in found["Plans"] if part["Parent Relationship"] == "InitPlan"]
            assert look_ups, found
            assert all(part["Actual Loops"] <= 1 for part in look_ups), query
            if query != "true":
                assert found["Shared Hit Blocks"] + found["Shared Read Blocks"] < pages[0] / 5, query
