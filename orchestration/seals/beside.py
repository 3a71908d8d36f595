"""Builds a model again beside its table and compares, so that what is broken is named by how many rows."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg
from psycopg import sql

from orchestration.seals.check import Broken, Table, sealed_tables
from orchestration.settings import Settings
from orchestration.transform import parsed_project, run_dbt, target_path


def count_different_rows(settings: Settings, connection: psycopg.Connection, found: Sequence[Broken]) -> list[Broken]:
    """The broken groups with the number of rows that are other than the model makes them now, from what it reads.

    ``connection`` is the transformer's. A model that cannot be built beside leaves the number open: what its seal says
    still stands. Rows are counted once, whether they were changed, are gone or have come.
    """
    broken = sorted({one.relation for one in found})
    if not broken:
        return []
    tables = {table.relation: table for table in sealed_tables(connection)}
    models = {
        f"{node.schema}.{node.alias}": node.name
        for node in parsed_project(settings).nodes.values()
        if node.resource_type == "model"
    }
    queries = _compiled(settings, {models[relation]: relation for relation in broken if relation in models})
    counted: list[Broken] = []
    for relation in broken:
        groups = [one for one in found if one.relation == relation]
        differing = _differing(connection, tables[relation], queries.get(relation))
        counted += [
            replace(one, rows_different=None if differing is None else differing.get(one.group, 0)) for one in groups
        ]
    return counted


def _compiled(settings: Settings, wanted: dict[str, str]) -> dict[str, str]:
    """SQL of models as a full build runs it, by relation."""
    run_dbt(settings, ["compile", "--full-refresh", "--select", *wanted])
    found = {}
    for path in (target_path(settings) / "compiled").rglob("*.sql"):
        if path.stem in wanted:
            found[wanted[path.stem]] = path.read_text(encoding="utf-8")
    return found


def _differing(connection: psycopg.Connection, table: Table, query: str | None) -> dict[tuple[object, ...], int] | None:
    if query is None:
        return None
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    groups = sql.SQL(", ").join(map(sql.SQL, table.groups))
    compare = sql.SQL(
        """
        select authority, academic_year, seed_code, month, greatest(sum(is_standing), sum(1 - is_standing))
        from (
            select {groups}, 1 from (
                select {columns} from {table} except all select {columns} from built_beside
            ) as standing
            union all
            select {groups}, 0 from (
                select {columns} from built_beside except all select {columns} from {table}
            ) as standing
        ) as rows (authority, academic_year, seed_code, month, is_standing)
        group by 1, 2, 3, 4
        """
    ).format(columns=columns, table=table.name, groups=groups)
    try:
        with connection.transaction():
            connection.execute("set local enable_nestloop = off")
            connection.execute("drop table if exists built_beside")
            connection.execute(f"create temporary table built_beside as {query}".encode())
            rows = connection.execute(compare).fetchall()
            connection.execute("drop table built_beside")
    except psycopg.Error:
        return None
    return {(str(row[0]), str(row[1]), str(row[2]), row[3]): int(row[4]) for row in rows}
