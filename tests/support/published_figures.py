"""The released tables of published figures with the rows of their seeds, without a warehouse."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from sqlalchemy import Connection, create_engine

from dashboards.kit import tables
from orchestration.settings import PROJECT_DIR

PERCENTS = ("aim_percent", "low_percent", "high_percent")


@contextmanager
def published_figures() -> Iterator[Connection]:
    """A connection to both tables."""
    engine = create_engine("sqlite://", execution_options={"schema_translate_map": {tables.SCHEMA: None}})
    with engine.connect() as connection:
        for table in (tables.published_levels, tables.stretch_aims):
            table.create(connection)
            known = {column.name for column in table.columns}
            connection.execute(
                table.insert(),
                [{name: row[name] for name in row.keys() & known} for row in rows_as_released(table.name)],
            )
        yield connection


def rows_as_released(name: str) -> Iterator[dict[str, object]]:
    """Rows of a seed under the columns of the released table."""
    with (PROJECT_DIR / "seeds" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found: dict[str, object] = {column: text or None for column, text in row.items()}
            if "local_authority_code" in found:
                found["area_code"] = found.pop("local_authority_code")
            found |= {column: Decimal(row[column]) for column in PERCENTS if row.get(column)}
            yield {**found, "is_imported": False}
