"""A warehouse into which a made-up roll is built and from which it is released, again and again."""

from pathlib import Path

from orchestration.database import connect
from orchestration.release import provision_aggregated
from orchestration.settings import Settings
from tests.conftest import NewWarehouse, connect_as_admin
from tests.support.declared_world import AUTHORITY, Pupil, build_roll, declaration
from tests.support.emptying import empty_tables
from tests.support.stock_world import Council, moments_of

EMPTIED = ("releases", "release_checks", "protected_persons", "protected_cells", "deliveries")


def warehouse_of_roll(new_warehouse: NewWarehouse, manifest: Path) -> Settings:
    """A warehouse with the tables of the roll, and empty ones of what it is linked to."""
    settings = new_warehouse()
    provision_aggregated(settings, manifest)
    with connect_as_admin(settings) as connection:
        for mart, other in declaration().links.items():
            keys = ", ".join(f"{key} text" for key in declaration().keys(declaration().marts[mart]))
            connection.execute(f"create table released.{other} ({keys}, pupils integer, pupils_symbol text)")
            connection.execute(f"grant select on released.{other} to releaser")
    return settings


def emptied(settings: Settings) -> Settings:
    """The same without a row, as on the first day."""
    with connect_as_admin(settings) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables where schemaname in ('released', 'aggregated_exact') or "
            "tablename = any(%s)",
            [list(EMPTIED)],
        ).fetchall()
        empty_tables(connection, [f'{schema}."{table}"' for schema, table in tables])
    return settings


def build(settings: Settings, roll: list[Pupil], manifest: Path, day: str, council: Council | None = None) -> None:
    """Deliver on a day, and leave rows of a roll as dbt would: of the census, and of a council's month ends."""
    with connect_as_admin(settings) as connection:
        connection.execute(
            "insert into control.deliveries (delivery_key, local_authority_code, extract_date, environment, "
            "manifest_sha256) values (%s, %s, %s, 'synthetic', '')",
            [f"{AUTHORITY}/{day}", AUTHORITY, day],
        )
        connection.execute(
            "insert into control.ledger_events (delivery_id, kind, actor) "
            "select delivery_id, 'landed', 'test' from control.deliveries where delivery_key = %s",
            [f"{AUTHORITY}/{day}"],
        )
        found = connection.execute("select max(event_id) from control.ledger_events").fetchone()
    moments = moments_of(council) if council is not None else {}
    with connect(settings, "transformer") as connection:
        build_roll(connection, roll, manifest, int(found[0]) if found else 1, "v1", moments)
