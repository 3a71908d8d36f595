"""Compares what stands in derived tables with their seals, scope by scope."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

NO_MONTH = dt.date(1, 1, 1)
HOPS = {
    "canonical": "raw to canonical",
    "pseudonymised": "canonical to pseudonymised",
    "aggregated_exact": "pseudonymised to marts",
}
"""The step of the balance sheet that ends in a schema."""


@dataclass(frozen=True, order=True)
class Scope:
    """A local authority and an academic year."""

    local_authority_code: str
    academic_year: str


@dataclass(frozen=True)
class Table:
    """A table with seals: its columns, and the expressions for a row's (``standing``) values and for its group."""

    relation: str
    columns: tuple[str, ...]
    content: str
    groups: tuple[str, str, str, str]

    @property
    def name(self) -> sql.Identifier:
        """Schema and name, quoted."""
        return sql.Identifier(*self.relation.split("."))

    @property
    def hop(self) -> str:
        """The step of the balance sheet that the table is the end of."""
        return HOPS[self.relation.partition(".")[0]]


@dataclass(frozen=True)
class Broken:
    """A group of rows that is not what its model wrote.

    ``local_authority_code``, ``academic_year`` and ``seed_code`` are empty where the table has none, ``month`` is then
    ``NO_MONTH``. ``rows_different`` is known once the model was built again beside.
    """

    relation: str
    hop: str
    local_authority_code: str
    academic_year: str
    seed_code: str
    month: dt.date
    rows_sealed: int
    rows_found: int
    rows_different: int | None = None

    @property
    def group(self) -> tuple[str, str, str, dt.date]:
        """Authority, year, establishment and month."""
        return (self.local_authority_code, self.academic_year, self.seed_code, self.month)


def sealed_tables(connection: psycopg.Connection) -> list[Table]:
    """Every table with seals that is there, in the order in which they were made."""
    rows = connection.execute(
        """
        select relation, column_names, content, authority, academic_year, seed_code, month
        from control.sealed_tables
        where to_regclass(relation) is not null
        order by sealed_at, relation
        """
    ).fetchall()
    return [Table(str(row[0]), tuple(row[1]), str(row[2]), (row[3], row[4], row[5], row[6])) for row in rows]


def due_scopes(connection: psycopg.Connection) -> list[Scope]:
    """Scopes that something was written in, or that had their turn, since their seals were last compared."""
    rows = connection.execute(
        """
        with moved as (
            select local_authority_code, academic_year, changed_at from control.scope_changes
            union all
            select local_authority_code, academic_year, audited_at from control.audited_scopes
        )

        select moved.local_authority_code, moved.academic_year
        from moved
        left join control.seal_checks as checks using (local_authority_code, academic_year)
        group by moved.local_authority_code, moved.academic_year, checks.checked_at
        having checks.checked_at is null or max(moved.changed_at) > checks.checked_at
        order by 1, 2
        """
    ).fetchall()
    return [Scope(str(authority), str(year)) for authority, year in rows]


def known_scopes(connection: psycopg.Connection) -> list[Scope]:
    """Every scope that was ever written in."""
    rows = connection.execute(
        "select distinct local_authority_code, academic_year from control.scope_changes order by 1, 2"
    ).fetchall()
    return [Scope(str(authority), str(year)) for authority, year in rows]


def broken_groups(
    connection: psycopg.Connection, scopes: Sequence[Scope], relations: Iterable[str] | None = None
) -> list[Broken]:
    """Groups of rows in these scopes that are not what their model wrote; nothing is recorded.

    Tables without a year are compared for the authorities of the scopes, those without an authority whole.
    ``relations`` leaves the other tables out.
    """
    if not scopes:
        return []
    wanted = None if relations is None else set(relations)
    found = []
    for table in sealed_tables(connection):
        if wanted is None or table.relation in wanted:
            found += _broken(connection, table, scopes)
    return found


def check_seals(connection: psycopg.Connection, scopes: Sequence[Scope]) -> list[Broken]:
    """Compare the seals of these scopes and record in schema control what is broken, and that they were looked at.

    Out: all groups that are broken in these scopes. Part of the caller's transaction.
    """
    found = broken_groups(connection, scopes)
    authorities = sorted({scope.local_authority_code for scope in scopes})
    connection.execute(
        """
        delete from control.broken_seals
        where local_authority_code = '' or (
            local_authority_code = any(%s)
            and (academic_year = '' or (local_authority_code, academic_year) in (
                select * from unnest(%s::text[], %s::text[])
            ))
        )
        """,
        [authorities, *_columns(scopes)],
    )
    record_broken(connection, found)
    connection.execute(
        """
        insert into control.seal_checks (local_authority_code, academic_year, checked_at)
        select scopes.*, clock_timestamp() from unnest(%s::text[], %s::text[]) as scopes
        on conflict (local_authority_code, academic_year) do update set checked_at = excluded.checked_at
        """,
        [*_columns(scopes)],
    )
    return found


def record_broken(connection: psycopg.Connection, found: Iterable[Broken]) -> None:
    """Write broken groups into ``control.broken_seals``, over what stands there of them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            insert into control.broken_seals (
                relation, hop, local_authority_code, academic_year, seed_code, month, rows_sealed, rows_found,
                rows_different
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (relation, local_authority_code, academic_year, seed_code, month) do update set
                rows_found = excluded.rows_found, rows_different = excluded.rows_different
            """,
            [(one.relation, one.hop, *one.group, one.rows_sealed, one.rows_found, one.rows_different) for one in found],
        )


def in_scopes(columns: Sequence[str], relation: str, scopes: Sequence[Scope]) -> sql.Composable:
    """Condition that a row of a table with these columns belongs to one of the scopes."""
    name = sql.Identifier(relation)
    if "local_authority_code" not in columns:
        return sql.SQL("true")
    if "academic_year" not in columns:
        authorities = sorted({scope.local_authority_code for scope in scopes})
        return sql.SQL("{}.local_authority_code in ({})").format(name, _listed(authorities))
    pairs = [sql.SQL("({})").format(_listed([one.local_authority_code, one.academic_year])) for one in scopes]
    return sql.SQL("({name}.local_authority_code, {name}.academic_year) in ({pairs})").format(
        name=name, pairs=sql.SQL(", ").join(pairs)
    )


def _broken(connection: psycopg.Connection, table: Table, scopes: Sequence[Scope]) -> list[Broken]:
    seal_columns = [name for name in ("local_authority_code", "academic_year") if name in table.columns]
    # written out and not joined: the planner then reads in parallel
    query = sql.SQL(
        """
        with found as (
            select {authority} as authority, {year} as academic_year, {seed_code} as seed_code, {month} as month,
                count(*) as row_count,
                sum(hashint8extended(
                    hash_record_extended(row({content}), 0), (select content_salt.salt from raw.content_salt)
                )) as content
            from {table} as standing
            where {standing_in_scopes}
            group by 1, 2, 3, 4
        ),

        sealed as (
            select local_authority_code as authority, academic_year, seed_code, month, row_count, content
            from control.seals
            where relation = {relation} and {sealed_in_scopes}
        )

        select authority, academic_year, seed_code, month, coalesce(sealed.row_count, 0), coalesce(found.row_count, 0)
        from found full join sealed using (authority, academic_year, seed_code, month)
        where (coalesce(found.row_count, 0), coalesce(found.content, 0))
            <> (coalesce(sealed.row_count, 0), coalesce(sealed.content, 0))
        order by 1, 2, 3, 4
        """
    ).format(
        authority=sql.SQL(table.groups[0]),
        year=sql.SQL(table.groups[1]),
        seed_code=sql.SQL(table.groups[2]),
        month=sql.SQL(table.groups[3]),
        content=sql.SQL(table.content),
        table=table.name,
        standing_in_scopes=in_scopes(table.columns, "standing", scopes),
        relation=sql.Literal(table.relation),
        sealed_in_scopes=in_scopes(seal_columns, "seals", scopes),
    )
    return [
        Broken(table.relation, table.hop, str(row[0]), str(row[1]), str(row[2]), row[3], int(row[4]), int(row[5]))
        for row in connection.execute(query).fetchall()
    ]


def _columns(scopes: Sequence[Scope]) -> tuple[list[str], list[str]]:
    return [one.local_authority_code for one in scopes], [one.academic_year for one in scopes]


def _listed(values: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Literal, values))
