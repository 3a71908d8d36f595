"""How many rows each table of each layer has."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from psycopg import Connection, sql

from orchestration.database import connect
from orchestration.settings import Settings

COUNTED_EXACTLY = 2_000_000  # rows of a table; above, a count costs seconds and an estimate has to do
LAYERS = ["raw", "vault", "canonical", "pseudonymised", "aggregated_exact", "released"]
COUNTING_ROLES = ("transformer", "pseudonymiser", "releaser")  # between them they read every table of the layers
ESTIMATES = """
    select
        namespaces.nspname, tables.relname,
        case tables.relkind
            when 'p' then (
                select coalesce(sum(greatest(leaves.reltuples, 0)), 0)::bigint
                from pg_catalog.pg_partition_tree(tables.oid) as parts
                inner join pg_catalog.pg_class as leaves on parts.relid = leaves.oid
                where parts.isleaf
            )
            else greatest(tables.reltuples, 0)::bigint
        end
    from pg_catalog.pg_class as tables
    inner join pg_catalog.pg_namespace as namespaces on tables.relnamespace = namespaces.oid
    where tables.relkind in ('r', 'p')
        and not tables.relispartition
        and namespaces.nspname = any(%(layers)s)
        and (%(tables)s::text[] is null or tables.relname = any(%(tables)s))
    order by array_position(%(layers)s, namespaces.nspname::text), tables.relname
"""


@dataclass(frozen=True)
class TableSize:
    """Rows of a table with all its partitions; the planner's estimate where it was not counted."""

    layer: str
    table_name: str
    rows: int
    is_estimate: bool = True


def layer_sizes(settings: Settings) -> list[TableSize]:
    """Every table, in the order of the layers; counted up to COUNTED_EXACTLY rows by the role that fills it."""
    with connect(settings, "auditor", autocommit=True) as connection:
        found = _estimates(connection, LAYERS)
    for role in COUNTING_ROLES:
        with connect(settings, role, autocommit=True) as connection:
            found = _counted(connection, found)
    return found


def table_sizes(connection: Connection, tables: Collection[tuple[str, str]]) -> dict[tuple[str, str], TableSize]:
    """Those of some tables (layer, name) that are there, counted by the role of the connection, which may read them."""
    layers, names = sorted({layer for layer, _ in tables}), sorted({name for _, name in tables})
    found = [size for size in _estimates(connection, layers, names) if (size.layer, size.table_name) in tables]
    small = _counts(connection, [size for size in found if size.rows <= COUNTED_EXACTLY])
    return {(size.layer, size.table_name): size for size in (*found, *small)}


def _estimates(connection: Connection, layers: list[str], table_names: list[str] | None = None) -> list[TableSize]:
    rows = connection.execute(ESTIMATES, {"layers": layers, "tables": table_names}).fetchall()
    return [TableSize(*row) for row in rows]


def _counted(connection: Connection, sizes: list[TableSize]) -> list[TableSize]:
    """The same, with counts for estimates where they are small and the role may read the table."""
    due = [size for size in sizes if size.is_estimate and size.rows <= COUNTED_EXACTLY]
    allowed = connection.execute(
        """
        select named.layer, named.table_name
        from unnest(%s::text[], %s::text[]) as named (layer, table_name)
        where has_schema_privilege(named.layer, 'usage')
            and has_table_privilege(format('%%I.%%I', named.layer, named.table_name), 'select')
        """,
        [[size.layer for size in due], [size.table_name for size in due]],
    ).fetchall()
    readable = [size for size in due if (size.layer, size.table_name) in set(allowed)]
    counted = {(size.layer, size.table_name): size for size in _counts(connection, readable)}
    return [counted.get((size.layer, size.table_name), size) for size in sizes]


def _counts(connection: Connection, sizes: list[TableSize]) -> list[TableSize]:
    if not sizes:
        return []
    counts = sql.SQL(" union all ").join(
        sql.SQL("select {}, count(*) from {}").format(number, sql.Identifier(size.layer, size.table_name))
        for number, size in enumerate(sizes)
    )
    exact: dict[int, int] = dict(connection.execute(counts).fetchall())
    return [replace(size, rows=exact[number], is_estimate=False) for number, size in enumerate(sizes)]
