"""The doors through which logins read: for each table of ``released`` a view of its name in ``aggregated``.

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

from orchestration.database.roles import AGGREGATED_OWNER, ANALYST, RESEARCHER

RELEASED = "released"
SHOWN = "aggregated"
LOGINS_READ_AS = (ANALYST, RESEARCHER, "dashboard")
ROWS = 1000  # what a plan estimates, whatever there is
# What a login may set for itself and must not reach the reading inside: a search path, plans that read others' pages or
# all of them, and plans and sorts printed to whoever asks.
SETTINGS = {
    "search_path": "pg_catalog, pg_temp",
    "row_security": "on",
    "enable_seqscan": "off",
    "enable_indexscan": "on",
    "enable_bitmapscan": "on",
    "seq_page_cost": "1",
    "random_page_cost": "4",
    "cpu_tuple_cost": "0.01",
    "cpu_index_tuple_cost": "0.005",
    "cpu_operator_cost": "0.0025",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "client_min_messages": "warning",
}
TABLES = """
select c.relname from pg_catalog.pg_class as c
where c.relnamespace = to_regnamespace('released') and c.relkind in ('r', 'p') order by 1
"""
COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), col_description(a.attrelid, a.attnum)
from pg_catalog.pg_attribute as a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
STANDING = """
select
    (
        select array_agg(array[a.attname::text, format_type(a.atttypid, a.atttypmod)] order by a.attnum)
        from pg_catalog.pg_attribute as a where a.attrelid = to_regclass(%(view)s) and a.attnum > 0
    ),
    (
        select p.prosrc from pg_catalog.pg_proc as p
        where p.oid = to_regprocedure(%(function)s) and p.provolatile = 's' and p.prosecdef
            and p.proconfig = %(settings)s
    )
"""


def open_doors(connection: Connection, tables: Iterable[str] | None = None) -> list[str]:
    """Make the view and the function of each table, or of those named, where they are not as they should be.

    In: a connection that may act as the owner of the tables, inside a transaction. Out: the doors made anew.
    """
    names = [name for (name,) in connection.execute(TABLES).fetchall()] if tables is None else list(tables)
    connection.execute(sql.SQL("set local role {}").format(sql.Identifier(AGGREGATED_OWNER)))
    made = [name for name in names if _open(connection, name)]
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
        policy = connection.execute(
            "select from pg_catalog.pg_policy where polrelid = %s::regclass and polname = 'read_by_readers'",
            [table.as_string()],
        ).fetchone()
        if policy is not None:
            connection.execute(
                sql.SQL("alter policy read_by_readers on {} to dashboard, {}").format(
                    table, sql.Identifier(AGGREGATED_OWNER)
                )
            )
        connection.execute(sql.SQL("alter table {} set schema {}").format(table, sql.Identifier(RELEASED)))
    connection.execute("reset role")
    return [str(name) for (name,) in rows]


def _open(connection: Connection, name: str) -> bool:
    table, view = sql.Identifier(RELEASED, name), sql.Identifier(SHOWN, name)
    function = sql.Identifier(RELEASED, f"read_{name}")
    columns = connection.execute(COLUMNS, [table.as_string()]).fetchall()
    body = _body(name, [column for column, _, _ in columns])
    standing = connection.execute(
        STANDING,
        {
            "view": view.as_string(),
            "function": f"{function.as_string()}()",
            "settings": [f"{name}={value}" for name, value in SETTINGS.items()],
        },
    ).fetchone()
    if standing == ([[column, kind] for column, kind, _ in columns], body):
        _describe(connection, name, columns)
        _grant(connection, view, function)
        return False
    connection.execute(sql.SQL("drop view if exists {}").format(view))
    connection.execute(sql.SQL("drop function if exists {}()").format(function))
    connection.execute(
        sql.SQL(
            "create function {function}() returns table ({columns}) language plpgsql stable security definer "
            "rows {rows} {settings} as {body}"
        ).format(
            function=function,
            columns=sql.SQL(", ").join(sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t, _ in columns),
            rows=sql.Literal(ROWS),
            settings=sql.SQL(" ").join(
                sql.SQL("set {} = {}").format(
                    sql.SQL(setting), sql.SQL(value) if setting == "search_path" else sql.Literal(value)
                )
                for setting, value in SETTINGS.items()
            ),
            body=sql.Literal(body),
        )
    )
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _, _ in columns)
    connection.execute(sql.SQL("create view {} as select {} from {}()").format(view, names, function))
    connection.execute(
        sql.SQL("comment on function {}() is {}").format(
            function, sql.Literal(f"Rows of released.{name} that the login sees; each reading is noted.")
        )
    )
    _describe(connection, name, columns)
    _grant(connection, view, function)
    return True


def _describe(connection: Connection, name: str, columns: list[tuple[str, str, str | None]]) -> None:
    """Give the view and its columns the words of the table, where they have others."""
    table, view = sql.Identifier(RELEASED, name), sql.Identifier(SHOWN, name)
    said = connection.execute(
        "select obj_description(%s::regclass, 'pg_class'), obj_description(%s::regclass, 'pg_class')",
        [table.as_string(), view.as_string()],
    ).fetchone()
    wanted, found = said or (None, None)
    text = str(wanted or f"Rows of {name} of the authority of the login that asks.")
    if text != found:
        connection.execute(sql.SQL("comment on view {} is {}").format(view, sql.Literal(text)))
    described = {column: words for column, _, words in connection.execute(COLUMNS, [view.as_string()]).fetchall()}
    for column, _, words in columns:
        if (words or "") != (described.get(column) or ""):
            connection.execute(
                sql.SQL("comment on column {} is {}").format(
                    sql.Identifier(SHOWN, name, column), sql.Literal(words or "")
                )
            )


def _body(name: str, columns: list[str]) -> str:
    listed = sql.SQL(", ").join(sql.Identifier("rows", column) for column in columns)
    return (
        sql.SQL(
            "\n#variable_conflict use_column\nbegin\n    perform access.note_read({});\n"
            "    return query select {} from {} as rows;\nend\n"
        )
        .format(sql.Literal(name), listed, sql.Identifier(RELEASED, name))
        .as_string()
    )


def _grant(connection: Connection, view: sql.Identifier, function: sql.Identifier) -> None:
    readers = sql.SQL(", ").join(map(sql.Identifier, LOGINS_READ_AS))
    connection.execute(sql.SQL("revoke all on function {}() from public").format(function))
    connection.execute(sql.SQL("grant execute on function {}() to {}").format(function, readers))
    connection.execute(sql.SQL("grant select on {} to {}").format(view, readers))


def _close_others(connection: Connection, names: list[str]) -> list[str]:
    """Views whose table is gone show nothing and would only fail."""
    rows = connection.execute(
        "select relname from pg_catalog.pg_class where relnamespace = to_regnamespace('aggregated') "
        "and relkind = 'v' and relname <> all(%s) and pg_get_userbyid(relowner) = %s",
        [names, AGGREGATED_OWNER],
    ).fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("drop view {}").format(sql.Identifier(SHOWN, name)))
        connection.execute(sql.SQL("drop function if exists {}()").format(sql.Identifier(RELEASED, f"read_{name}")))
    return [str(name) for (name,) in rows]
