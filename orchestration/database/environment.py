"""Whether the data are real: said once in the database, and compared by every process and sign-in with its setting."""

from psycopg import Connection, sql

from orchestration.database.errors import DatabaseError
from orchestration.database.roles import CONTROL_OWNER
from orchestration.settings import Settings


def environment_of(connection: Connection) -> str | None:
    """What the database says of itself: synthetic, test or live; None where it was never said."""
    if connection.execute("select to_regclass('control.environment')").fetchone() == (None,):
        return None
    row = connection.execute("select environment from control.environment").fetchone()
    return str(row[0]) if row else None


def check_environment(connection: Connection, settings: Settings) -> None:
    """Raise DatabaseError where one holds real data and the other does not."""
    there = environment_of(connection)
    if there is not None and (there == "live") != (settings.environment == "live"):
        raise DatabaseError(
            f"The database {settings.pg_database} is {there}, and WAREHOUSE_ENVIRONMENT here is "
            f"{settings.environment}: set it to {there}, or name another database (WAREHOUSE_PG_DATABASE, "
            "WAREHOUSE_HOME). Real and made-up data never share one."
        )


def write_environment(connection: Connection, settings: Settings) -> None:
    """Say it where it was never said; raises DatabaseError where deliveries of the other kind are there already."""
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(CONTROL_OWNER)))
    other = connection.execute(
        "select environment from control.deliveries where (environment = 'live') <> (%(here)s = 'live') and not exists "
        "(select from control.environment) and exists (select from control.files where files.delivery_id = "
        "deliveries.delivery_id and files.status = 'landed') limit 1",
        {"here": settings.environment},
    ).fetchone()
    if other is not None:
        raise DatabaseError(
            f"The database {settings.pg_database} holds {other[0]} deliveries, and WAREHOUSE_ENVIRONMENT here is "
            f"{settings.environment}: set it to {other[0]}."
        )
    connection.execute(
        "insert into control.environment (environment) values (%s) on conflict do nothing", [settings.environment]
    )
    connection.execute("reset role")
