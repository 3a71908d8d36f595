"""A small plain table that the same files made is filled again where it stands, and is the table that would be made."""

from typing import Any

import pytest

from orchestration.database import connect
from orchestration.settings import Settings
from orchestration.transform import DbtResult
from tests.conftest import NewWarehouse
from tests.support.main_job import dbt_alone
from tests.support.seals import assert_seals_hold

TABLE = "aggregated_exact.metric_definitions"


@pytest.fixture(scope="module")
def built(new_warehouse: NewWarehouse) -> Settings:
    return new_warehouse(built=True)


def build(settings: Settings, *arguments: str, project_stands: bool = True) -> DbtResult:
    return dbt_alone(settings, ["run", "--select", "metric_definitions", *arguments], project_stands=project_stands)


def asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with connect(settings, "transformer", autocommit=True) as connection:
        return connection.execute(query.replace("TABLE", f"'{TABLE}'::regclass").encode()).fetchall()


def identity(settings: Settings) -> tuple[Any, ...]:
    return asked(settings, "select TABLE::oid")[0]


def looks(settings: Settings) -> list[list[tuple[Any, ...]]]:
    """Rows as they lie, keys, columns, comments and rights."""
    return [
        asked(settings, query)
        for query in (
            f"select * from {TABLE}",
            "select contype, pg_get_constraintdef(oid) from pg_constraint where conrelid = TABLE order by 2",
            "select attname, atttypid, attnotnull, col_description(attrelid, attnum) from pg_attribute "
            "where attrelid = TABLE and attnum > 0 order by attnum",
            "select relacl::text, reltuples, obj_description(oid) from pg_class where oid = TABLE",
        )
    ]


def test_the_same_table_is_filled_again(built: Settings) -> None:
    assert build(built, project_stands=False).success
    made, before = identity(built), looks(built)
    assert before[0]
    asked_first = asked(built, "select built_at from control.model_builds where model = 'metric_definitions'")
    assert build(built).success
    assert identity(built) == made
    assert looks(built) == before
    assert_seals_hold(built)
    assert asked(built, "select built_at from control.model_builds where model = 'metric_definitions'") > asked_first


@pytest.mark.parametrize(
    ("arguments", "project_stands"),
    [((), False), (("--full-refresh",), True), (("--vars", "{replaced_in_place_rows: 0}"), True)],
    ids=["another project", "in full", "large"],
)
def test_it_is_made_beside_where_it_may_have_changed_or_is_large(
    built: Settings, arguments: tuple[str, ...], project_stands: bool
) -> None:
    assert build(built).success
    made, before = identity(built), looks(built)
    assert build(built, *arguments, project_stands=project_stands).success
    assert identity(built) != made
    assert looks(built) == before


def test_rows_that_break_the_contract_leave_what_stood(built: Settings) -> None:
    assert build(built).success
    before = looks(built)[0]
    with connect(built, "transformer") as connection:
        connection.execute(f"alter table {TABLE} add constraint never check (false) not valid".encode())
    assert not build(built).success
    assert looks(built)[0] == before
    with connect(built, "transformer") as connection:
        connection.execute(f"alter table {TABLE} drop constraint never".encode())
    assert build(built).success
