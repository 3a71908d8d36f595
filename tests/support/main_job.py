"""The main job as a user runs it: extracts made, `warehouse run` in a process of its own, tables compared."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.database import ROLES, connect
from orchestration.settings import Settings
from orchestration.transform import DbtNode, DbtResult
from tests.support.plain_runs import DBT_ALONE, PLAIN
from tests.support.ready_runs import ReadyRuns

WAREHOUSE = Path(sys.executable).with_name("warehouse")
_COMMANDS = ReadyRuns()


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code and what it printed."""

    code: int
    output: str
    errors: str

    def json(self) -> Any:
        return json.loads(self.output)


def environment(settings: Settings) -> dict[str, str]:
    """Environment that leads a command to the warehouse of ``settings``."""
    found = {**os.environ, "WAREHOUSE_HOME": str(settings.home), "WAREHOUSE_LANDING": str(settings.landing)}
    if settings.target == "server":
        found |= {
            "WAREHOUSE_TARGET": "server",
            "WAREHOUSE_PG_HOST": settings.pg_host,
            "WAREHOUSE_PG_PORT": str(settings.pg_port),
            "WAREHOUSE_PG_DATABASE": settings.pg_database,
            "WAREHOUSE_PG_SSLMODE": settings.pg_sslmode,
            "WAREHOUSE_PG_ADMIN_USER": settings.pg_admin_user,
            "WAREHOUSE_PG_ADMIN_PASSWORD": settings.pg_admin_password.get_secret_value(),  # type: ignore[union-attr]
        }
        for role in ROLES:
            found[f"WAREHOUSE_{role.upper()}_PASSWORD"] = getattr(settings, f"{role}_password").get_secret_value()
    if settings.pseudonym_key is not None:
        found["WAREHOUSE_PSEUDONYM_KEY"] = settings.pseudonym_key.get_secret_value()
    return found


def warehouse(settings: Settings, *arguments: str) -> Ran:
    """Run the command line as a user does, but for the start of Python."""
    return Ran(*_COMMANDS.run(arguments, environment(settings)))


def run_plainly(settings: Settings) -> Ran:
    """Run the main job's steps without Dagster, for a world that tests stand on; nothing may be refused in it."""
    done = warehouse(settings, PLAIN)
    assert done.code in {0, 3}, done.output[-3000:] + done.errors[-3000:]
    return done


def dbt_alone(settings: Settings, arguments: Sequence[str], project_stands: bool = False) -> DbtResult:
    """What ``run_dbt`` says, run where dbt has read the project before."""
    done = warehouse(settings, DBT_ALONE, "stands" if project_stands else "is new", *arguments)
    assert done.code == 0, done.errors
    found = done.json()
    return DbtResult(found["success"], tuple(DbtNode(**node) for node in found["nodes"]), found["error"])


def rows(settings: Settings, role: str, query: str, *parameters: object) -> list[tuple[Any, ...]]:
    """Rows of a query as a role."""
    with connect(settings, role, autocommit=True) as connection:
        return connection.execute(query, parameters).fetchall()


# What differs between two ways to the same state and means nothing: numbers given in order of arrival, and times.
VOLATILE = {
    "_file_id", "file_id", "_row_number", "event_id", "built_at", "release_id", "pupil_id", "basis", "delivery_id",
    "released_at", "checked_at", "code_version", "build", "deliveries", "landed_at",
}  # fmt: skip


def tables(settings: Settings, schema: str) -> list[str]:
    query = "select tablename from pg_tables where schemaname = %s order by 1"
    return [name for (name,) in rows(settings, "transformer", query, schema)]


def fingerprint(settings: Settings, schema: str) -> dict[str, tuple[int, int]]:
    """Rows and order-free checksum of every table of a schema, by natural key: tokens stand for pupil ids."""
    found: dict[str, tuple[int, int]] = {}
    role = "analyst" if schema == "aggregated" else "transformer"
    listing = """
        select tables.table_name, array_agg(columns.column_name::text order by columns.column_name)
        from information_schema.tables as tables
        inner join information_schema.columns as columns using (table_schema, table_name)
        where tables.table_schema = %s and tables.table_type = %s
        group by 1
    """
    kind = "VIEW" if schema == "aggregated" else "BASE TABLE"
    with connect(settings, role, autocommit=True) as connection:
        for table, columns in connection.execute(listing, (schema, kind)).fetchall():
            values = [f"coalesce(t.{name}::text, '~')" for name in columns if name not in VOLATILE]
            source = f'"{schema}"."{table}" as t'
            if "pupil_id" in columns:
                source += " left join vault.tokens as k on t.pupil_id = k.pupil_id and k.domain = 'analytics'"
                values.append("coalesce(k.token::text, '~')")
            text = " || '|' || ".join(values) or "''"
            query = f"select count(*), coalesce(sum(hashtextextended({text}, 0)::numeric), 0) from {source}"
            ((count, checksum),) = connection.execute(query.encode()).fetchall()
            found[table] = (count, int(checksum))
    return found
