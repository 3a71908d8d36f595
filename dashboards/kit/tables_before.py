"""Released tables with the rows that later releases replaced (schema ``aggregated_history``; see ``tables``)."""

from sqlalchemy import Column, MetaData, Table

from dashboards.kit import tables

METADATA = MetaData(schema="aggregated_history")


def with_rows_of_before(mart: Table) -> Table:
    """The same mart with every row that readers saw: ``shown_from``, and ``shown_until`` where it stands no more."""
    found = METADATA.tables.get(f"{METADATA.schema}.{mart.name}")
    if found is not None:
        return found
    columns = [Column(column.name, column.type) for column in mart.columns]
    added = [Column(name, tables.TIMESTAMP) for name in ("shown_from", "shown_until")]
    return Table(mart.name, METADATA, *columns, *added)
