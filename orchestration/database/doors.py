"""The doors through which logins read, for each table of ``released``: a view of its name in ``aggregated``.

Another in ``aggregated_history`` has the rows that stood before as well.

A view over the table itself, or a policy on it, would let a login's own conditions run before the condition that
keeps other authorities' rows away: plans, counts and errors then tell of rows that are not shown. Here the view reads
a function that runs as the tables' owner, takes nothing from its caller and gives back the rows of the login's
authority; whatever a query asks comes after. Its plan is a bare function scan with constant estimates, and inside it
rows are found by the index on the authority, so that pages of others are not read. Each reading is noted
(``access.note_read``).

The functions are stable, so that all of one statement sees the same release; a volatile one would look anew each time.
"""

from collections.abc import Iterable

from psycopg import Connection, sql

from orchestration.database.door import Columns, Door, columns_of, remove, stand
from orchestration.database.roles import AGGREGATED_OWNER

RELEASED = "released"
SHOWN = "aggregated"
HISTORY = "aggregated_history"
FUNCTIONS = {SHOWN: "read", HISTORY: "past"}
"""How the functions of each schema's views begin."""
WITHOUT_HISTORY = ("releases",)
TABLES = """
select c.relname from pg_catalog.pg_class as c
where c.relnamespace = to_regnamespace('released') and c.relkind in ('r', 'p') order by 1
"""
CONDITION = """
select pg_get_expr(p.polqual, p.polrelid) from pg_catalog.pg_policy as p
where p.polrelid = to_regclass(%s) and p.polname = 'read_by_readers'
"""
ADDED: Columns = [
    ("shown_from", "timestamp with time zone", "When the row was first shown as it stands here."),
    ("shown_until", "timestamp with time zone", "When it gave way to another or went; empty while it stands."),
]
PAST = """
#variable_conflict use_column
begin
    perform access.note_read({said});
    return query
    with known as (select releases.release_id, releases.released_at from control.releases)
    select {columns}, began.released_at, null::timestamptz
    from {table} as rows
    left join known as began on began.release_id = rows.release_id
    union all
    select {columns}, began.released_at, ended.released_at
    from (
        select allowed.* from (
            select past.*, kept.until_release_id
            from control.released_before as kept
            cross join lateral jsonb_populate_record(null::{table}, kept.released) as past
            where kept.mart = {mart} and kept.local_authority_code = any(
                (select access.reader_authorities() || access.reader_councils())::text []
            )
        ) as allowed
        where {condition}
    ) as rows
    left join known as began on began.release_id = rows.release_id
    inner join known as ended on ended.release_id = rows.until_release_id;
end
"""


def open_doors(connection: Connection, tables: Iterable[str] | None = None) -> list[str]:
    """Make the views and functions of each table, or of those named, where they are not as they should be.

    In: a connection that may act as the owner of the tables, inside a transaction. Out: tables whose doors were made
    anew.
    """
    names = [name for (name,) in connection.execute(TABLES).fetchall()] if tables is None else list(tables)
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(AGGREGATED_OWNER)))
    made = []
    for name in names:
        stood = [stand(connection, door) for door in _doors(connection, name)]
        made += [name] if any(stood) else []
    if tables is None:
        made += _close_others(connection, names)
    connection.execute("reset role")
    return made


def move_tables(connection: Connection) -> list[str]:
    """Take the tables that an earlier version kept in ``aggregated`` to ``released``; returns their names."""
    rows = connection.execute(
        "select relname from pg_catalog.pg_class where relnamespace = 'aggregated'::regnamespace "
        "and relkind in ('r', 'p') and pg_get_userbyid(relowner) = %s order by 1",
        [AGGREGATED_OWNER],
    ).fetchall()
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(AGGREGATED_OWNER)))
    for (name,) in rows:
        table = sql.Identifier(SHOWN, name)
        connection.execute(sql.SQL("revoke all on {} from analyst, researcher").format(table))
        if _condition(connection, table) is not None:
            connection.execute(
                sql.SQL("alter policy read_by_readers on {} to dashboard, {}").format(
                    table, sql.Identifier(AGGREGATED_OWNER)
                )
            )
        connection.execute(sql.SQL("alter table {} set schema {}").format(table, sql.Identifier(RELEASED)))
    connection.execute("reset role")
    return [str(name) for (name,) in rows]


def _condition(connection: Connection, table: sql.Identifier) -> str | None:
    """The condition under which a reader sees a row of a table, as the database writes it."""
    row = connection.execute(CONDITION, [table.as_string()]).fetchone()
    return None if row is None else str(row[0])


def _doors(connection: Connection, name: str) -> list[Door]:
    table = sql.Identifier(RELEASED, name)
    columns = columns_of(connection, table)
    row = connection.execute("select obj_description(to_regclass(%s), 'pg_class')", [table.as_string()]).fetchone()
    words = str((row and row[0]) or f"Rows of {name} of the authority of the login that asks.")
    found = [
        Door(
            SHOWN, name, _function(SHOWN, name), columns, _body(name, columns), words,
            f"Rows of released.{name} that the login sees; each reading is noted.",
        )
    ]  # fmt: skip
    condition = _condition(connection, table)
    of_council = {"local_authority_code", "release_id"} <= {column for column, _, _ in columns}
    if condition is not None and of_council and name not in WITHOUT_HISTORY:
        said = f"{words} With the rows as they stood at ends of months before, and of late after each release."
        found.append(
            Door(
                HISTORY, name, _function(HISTORY, name), [*columns, *ADDED], _past(name, columns, condition), said,
                f"Rows of released.{name} that the login sees, and those before them; each reading is noted.",
            )
        )  # fmt: skip
    return found


def _function(schema: str, name: str) -> str:
    return f"{FUNCTIONS[schema]}_{name}"


def _listed(columns: Columns) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier("rows", column) for column, _, _ in columns)


def _body(name: str, columns: Columns) -> str:
    return (
        sql.SQL(
            "\n#variable_conflict use_column\nbegin\n    perform access.note_read({});\n"
            "    return query select {} from {} as rows;\nend\n"
        )
        .format(sql.Literal(name), _listed(columns), sql.Identifier(RELEASED, name))
        .as_string()
    )


def _past(name: str, columns: Columns, condition: str) -> str:
    return (
        sql.SQL(PAST)
        .format(
            said=sql.Literal(f"{HISTORY}.{name}"),
            columns=_listed(columns),
            table=sql.Identifier(RELEASED, name),
            mart=sql.Literal(name),
            condition=sql.SQL(condition),
        )
        .as_string()
    )


def _close_others(connection: Connection, names: list[str]) -> list[str]:
    """Views whose table is gone show nothing and would only fail."""
    rows = connection.execute(
        "select relnamespace::regnamespace::text, relname from pg_catalog.pg_class "
        "where relnamespace::regnamespace::text = any(%s) "
        "and relkind = 'v' and relname <> all(%s) and pg_get_userbyid(relowner) = %s",
        [[SHOWN, HISTORY], names, AGGREGATED_OWNER],
    ).fetchall()
    for schema, name in rows:
        remove(connection, sql.Identifier(schema, name), sql.Identifier(RELEASED, _function(schema, name)))
    return [str(name) for _, name in rows]
