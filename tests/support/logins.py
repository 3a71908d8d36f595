"""A released table of two councils, and a person's login that reads one of them."""

import datetime as dt

import psycopg
from psycopg import conninfo, sql

from orchestration.access import give_login
from orchestration.database import open_doors
from orchestration.database.connections import parameters
from orchestration.release.tables.policies import read_policy
from orchestration.settings import Settings
from tests.conftest import connect_as_admin
from tests.support.probes import probe

HERE, THERE = "S12000005", "S12000006"
KEYS = ("local_authority_code", "seed_code", "sector", "month")
PASSWORD = "a-login-of-the-tests"
PROBE = probe("door_probe", KEYS)
FILL = """
insert into released.door_probe
select council, (base + school)::text, 'primary', date '2025-08-01' + month * 31, 20 + school,
    round((0.80 + ((school * 7 + month * 3 + shift) %% 19) / 100.0)::numeric, 4), case when month = 3 then '[c]' end
from (values ('S12000005', 1000000, 0), ('S12000006', 2000000, %s)) as councils (council, base, shift),
    generate_series(1, %s) as school, generate_series(0, 9) as month
"""


def make_table(settings: Settings, mart: str = "door_probe") -> None:
    """A table as release makes them, with its policies and its door."""
    with connect_as_admin(settings) as admin, admin.transaction():
        admin.execute("set local role aggregated_owner")
        table = sql.Identifier("released", mart)
        admin.execute(
            sql.SQL(
                "create table {} (local_authority_code text, seed_code text, sector text, month date, "
                "pupils integer, attendance_rate numeric, openings_symbol text, release_id integer, "
                "primary key (local_authority_code, seed_code, sector, month))"
            ).format(table)
        )
        for statement in (
            "alter table {} enable row level security",
            "alter table {} force row level security",
            "create policy written_by_release on {} for all to releaser using (true) with check (true)",
            "create policy read_by_readers on {} for select to dashboard, aggregated_owner "
            f"using ({read_policy(PROBE)})",
        ):
            admin.execute(sql.SQL(statement).format(table))
        admin.execute("reset role")
        open_doors(admin, [mart])
        admin.execute(
            "insert into control.release_contracts (mart, contract, fingerprint, read_condition) values (%s, '{}', '', "
            "(select pg_get_expr(polqual, polrelid) from pg_policy where polrelid = to_regclass(%s) "
            "and polname = 'read_by_readers')) "
            "on conflict (mart) do update set read_condition = excluded.read_condition",
            [mart, f"released.{mart}"],
        )


def drop_table(settings: Settings, mart: str = "door_probe") -> None:
    """The table gone, with its door."""
    with connect_as_admin(settings) as admin:
        for view, function in (("aggregated", "read"), ("aggregated_history", "past")):
            admin.execute(f"drop view if exists {view}.{mart}")
            admin.execute(f"drop function if exists released.{function}_{mart}()")
        admin.execute(f"drop table if exists released.{mart}")
        admin.execute("delete from control.release_contracts where mart = %s", [mart])


def fill(settings: Settings, shift: int, schools: int = 12) -> None:
    """Rows of both councils; those of the other one follow from ``shift`` and from how many schools there are."""
    with connect_as_admin(settings) as admin, admin.transaction():
        admin.execute("set local role releaser")
        admin.execute("delete from released.door_probe")
        admin.execute(FILL, [shift, 12])
        admin.execute(
            "delete from released.door_probe where local_authority_code = 'S12000006' and pupils > %s", [20 + schools]
        )


def login(settings: Settings, name: str, role: str = "analyst", authority: str = HERE) -> str:
    """A person's login that reads one authority; its address."""
    until = dt.date.today() + dt.timedelta(days=30)
    give_login(settings, name, role, authority, until, actor="test", password=PASSWORD)
    return address(settings, name)


def address(settings: Settings, name: str, password: str = PASSWORD) -> str:
    """Where a login connects."""
    known = parameters(settings, "auditor")
    chosen = {key: known[key] for key in ("host", "port", "dbname", "sslmode")}
    return conninfo.make_conninfo(**chosen, user=name, password=password)


def connected(settings: Settings, name: str) -> psycopg.Connection:
    """A connection of a login, each statement by itself."""
    return psycopg.connect(address(settings, name), autocommit=True)


def forget(settings: Settings, *names: str) -> None:
    """As if these logins had never been."""
    with connect_as_admin(settings) as admin:
        for name in names:
            admin.execute(
                "delete from access.scopes where reader_id in "
                "(select reader_id from access.readers where reader_name = %s)",
                [name],
            )
            admin.execute("delete from access.readers where reader_name = %s", [name])
            admin.execute("delete from access.logins where login_name = %s", [name])
            admin.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))
            admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))
