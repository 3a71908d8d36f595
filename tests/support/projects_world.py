"""Pupils of two councils in the vault and in the pseudonymised layer, made by hand, and researchers' projects."""

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from pydantic import SecretStr

from orchestration.access import give_login
from orchestration.database import connect
from orchestration.identity import ANALYTICS, domain_key
from orchestration.identity.assign import assign_identities, make_token
from orchestration.projects import Approval, Built, approval, build_extracts, declare
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.logins import PASSWORD, forget

KEY = "projects-tests-only-0123456789abcdef"
HERE, THERE = "S12000005", "S12000006"
UNTIL = dt.date.today() + dt.timedelta(days=60)
YEAR = "2025/26"
ACTS = ("project_logins", "project_terms", "project_ends", "project_columns", "projects")
COLUMNS = ("stage", "sex", "age", "deprivation", "ethnicity", "openings_attended")
PUPIL_YEARS = """
create table pseudonymised.pupil_years (
    pupil_token uuid, seed_code integer, academic_year text, local_authority_code text, sector text, stage text,
    sex text, simd_quintile text, simd_decile smallint, deprivation_group text, urban_rural_class smallint,
    ethnicity_group text, age_on_30_september smallint, free_meal_registered boolean, looked_after text,
    is_persistent_absence_school boolean
)
"""
MONTHS = """
create table pseudonymised.attendance_pupil_months (
    pupil_token uuid, seed_code integer, month date, local_authority_code text, academic_year text,
    openings_attended integer, openings_late integer, openings_authorised integer, openings_unauthorised integer,
    openings_excluded integer, openings_unknown_reason integer, openings_not_counted integer,
    openings_not_recorded integer
)
"""


def with_key(settings: Settings) -> Settings:
    """The same warehouse, with a key of the tests in the process."""
    return settings.model_copy(update={"pseudonym_key": SecretStr(KEY)})


def add_pupils(settings: Settings, authority: str, first: int, count: int) -> None:
    """Pupils into the vault, and a year of each into the pseudonymised layer: most are common, every ninth is rare."""
    chance = random.Random(first)
    key = domain_key(KEY.encode(), ANALYTICS)
    people = [
        (f"{number:010d}", number, make_token(key, authority, f"{number:010d}"))
        for number in range(first, first + count)
    ]
    with connect(settings, "pseudonymiser") as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into vault.identity_map values (%s, %s, %s, now())", [(authority, s, n) for s, n, _ in people]
        )
        cursor.executemany("insert into vault.tokens values (%s, %s, %s)", [(n, ANALYTICS, t) for _, n, t in people])
    with connect(settings, "transformer") as connection, connection.cursor() as cursor:
        for number, (_, _, token) in enumerate(people):
            rare = number % 9 == 0
            stage = chance.choice(["P3", "P6"])
            age = int(stage[1]) + 4 - (rare and number % 2)
            ethnicity = "Minority ethnic" if rare else chance.choice(["White - British"] * 8 + ["White - Other"])
            quintile = str(chance.randint(1, 5)) if rare else chance.choice("12")
            row = (token, 1003020, YEAR, authority, "primary", stage, chance.choice("FM"), quintile,
                   2 * int(quintile), "rest", 2, ethnicity, age, rare, "no", True)  # fmt: skip
            cursor.execute(f"insert into pseudonymised.pupil_years values ({', '.join(['%s'] * len(row))})", row)
            for month in (dt.date(2025, 9, 1), dt.date(2025, 10, 1)):
                cursor.execute(
                    "insert into pseudonymised.attendance_pupil_months "
                    "values (%s, 1003020, %s, %s, %s, %s, 0, 1, 2, 0, 0, 0, 0)",
                    (token, month, authority, YEAR, 30 + chance.randint(0, 10)),
                )


@contextmanager
def world(settings: Settings) -> Iterator[Settings]:
    """The warehouse with a hundred and twenty pupils here and thirty there; gone afterwards."""
    found = with_key(settings)
    with connect(found, "transformer") as connection:
        connection.execute(PUPIL_YEARS)
        connection.execute(MONTHS)
        connection.execute(
            "insert into control.build_state (event_id, code_version) values (0, 'test') on conflict do nothing"
        )
    add_pupils(found, HERE, 1, 120)
    add_pupils(found, THERE, 1001, 30)
    try:
        yield found
    finally:
        clear(found)


def forget_projects(settings: Settings) -> None:
    """As if no project had ever been."""
    with connect_as_admin(settings) as admin:
        logins = [name for (name,) in admin.execute("select login_name from access.project_logins").fetchall()]
        admin.execute("set role warehouse_owner")
        for table in ACTS:
            _without_trigger(admin, "access", table)
        _without_trigger(admin, "control", "project_measures")
        admin.execute("delete from vault.tokens where domain like 'project %'")
        admin.execute("reset role")
    forget(settings, *logins)
    with connect(settings, "transformer") as connection:
        for table in ("pupils", "attendance_months", "degrees"):
            connection.execute(sql.SQL("delete from {}").format(sql.Identifier("projects", table)))


def clear(settings: Settings) -> None:
    """As if nothing of the world had ever been."""
    forget_projects(settings)
    with connect(settings, "pseudonymiser") as connection:
        connection.execute("delete from vault.tokens")
        connection.execute("delete from vault.identity_map")
    with connect(settings, "transformer") as connection:
        connection.execute("delete from control.build_state")
        connection.execute("drop table pseudonymised.pupil_years, pseudonymised.attendance_pupil_months")


def _without_trigger(admin: psycopg.Connection, schema: str, table: str) -> None:
    this = sql.Identifier(schema, table)
    admin.execute(sql.SQL("alter table {} disable trigger keep_project_acts").format(this))
    admin.execute(sql.SQL("delete from {}").format(this))
    admin.execute(sql.SQL("alter table {} enable trigger keep_project_acts").format(this))


def wanted(name: str, authority: str = HERE, columns: tuple[str, ...] = COLUMNS, **reasons: str) -> Approval:
    """What a project of the tests asks for; attendance where one of its columns is named."""
    subjects = ["attendance"] if any(column.startswith("openings_") for column in columns) else []
    return approval(name, "To be tested", "Dr R Jones", authority, subjects, columns, reasons)


def make_project(settings: Settings, name: str, *, authority: str = HERE, **rest: Any) -> None:
    """Declare a project until ``UNTIL``."""
    declare(settings, wanted(name, authority, **rest), UNTIL, actor="test")


def night(settings: Settings) -> dict[str, Built]:
    """What a night does about projects: tokens, then extracts."""
    assign_identities(settings)
    return {one.project: one for one in build_extracts(settings)}


def researcher(settings: Settings, name: str, project: str | None, authority: str = HERE) -> None:
    """A researcher's login, in a project where one is named."""
    give_login(settings, name, "researcher", authority, UNTIL, actor="test", password=PASSWORD, project=project)
