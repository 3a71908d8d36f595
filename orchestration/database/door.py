"""One door: a view that reads a function, which runs as the tables' owner and takes nothing from its caller."""

from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database.roles import ANALYST, RESEARCHER

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
COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), col_description(a.attrelid, a.attnum)
from pg_catalog.pg_attribute as a
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped order by a.attnum
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
Columns = list[tuple[str, str, str | None]]
"""Name, type and words of each column, in order."""


@dataclass(frozen=True)
class Door:
    """What a view should be: schema and name, its function, the function's body, and what view and columns mean."""

    schema: str
    name: str
    function: str
    columns: Columns
    body: str
    words: str
    words_of_function: str

    @property
    def view(self) -> sql.Identifier:
        """The view, for SQL."""
        return sql.Identifier(self.schema, self.name)

    @property
    def reads(self) -> sql.Identifier:
        """The function, for SQL."""
        return sql.Identifier("released", self.function)


def columns_of(connection: Connection, relation: sql.Identifier) -> Columns:
    """Columns of a table or view; none where it does not exist."""
    return connection.execute(COLUMNS, [relation.as_string()]).fetchall()


def stand(connection: Connection, door: Door) -> bool:
    """Make the view and its function where they are not as they should be. Out: whether they were made anew."""
    standing = connection.execute(
        STANDING,
        {
            "view": door.view.as_string(),
            "function": f"{door.reads.as_string()}()",
            "settings": [f"{name}={value}" for name, value in SETTINGS.items()],
        },
    ).fetchone()
    is_as_it_should_be = standing == ([[column, kind] for column, kind, _ in door.columns], door.body)
    if not is_as_it_should_be:
        remove(connection, door.view, door.reads)
        _make(connection, door)
    _describe(connection, door)
    _grant(connection, door)
    return not is_as_it_should_be


def remove(connection: Connection, view: sql.Identifier, function: sql.Identifier) -> None:
    """Take a view and its function away."""
    connection.execute(sql.SQL("drop view if exists {}").format(view))
    connection.execute(sql.SQL("drop function if exists {}()").format(function))


def _make(connection: Connection, door: Door) -> None:
    connection.execute(
        sql.SQL(
            "create function {function}() returns table ({columns}) language plpgsql stable security definer "
            "rows {rows} {settings} as {body}"
        ).format(
            function=door.reads,
            columns=sql.SQL(", ").join(
                sql.SQL("{} {}").format(sql.Identifier(c), sql.SQL(t)) for c, t, _ in door.columns
            ),
            rows=sql.Literal(ROWS),
            settings=sql.SQL(" ").join(
                sql.SQL("set {} = {}").format(
                    sql.SQL(setting), sql.SQL(value) if setting == "search_path" else sql.Literal(value)
                )
                for setting, value in SETTINGS.items()
            ),
            body=sql.Literal(door.body),
        )
    )
    names = sql.SQL(", ").join(sql.Identifier(column) for column, _, _ in door.columns)
    connection.execute(sql.SQL("create view {} as select {} from {}()").format(door.view, names, door.reads))
    connection.execute(
        sql.SQL("comment on function {}() is {}").format(door.reads, sql.Literal(door.words_of_function))
    )


def _describe(connection: Connection, door: Door) -> None:
    """Give the view and its columns their words, where they have others."""
    row = connection.execute("select obj_description(to_regclass(%s), 'pg_class')", [door.view.as_string()]).fetchone()
    statements = []
    if row is None or row[0] != door.words:
        statements.append(sql.SQL("comment on view {} is {}").format(door.view, sql.Literal(door.words)))
    described = {column: words for column, _, words in columns_of(connection, door.view)}
    statements += [
        sql.SQL("comment on column {} is {}").format(
            sql.Identifier(door.schema, door.name, column), sql.Literal(words or "")
        )
        for column, _, words in door.columns
        if (words or "") != (described.get(column) or "")
    ]
    if statements:
        connection.execute(sql.SQL(";\n").join(statements))


def _grant(connection: Connection, door: Door) -> None:
    readers = sql.SQL(", ").join(map(sql.Identifier, LOGINS_READ_AS))
    connection.execute(
        sql.SQL(
            "revoke all on function {function}() from public;\n"
            "grant execute on function {function}() to {readers};\n"
            "grant select on {view} to {readers}"
        ).format(function=door.reads, readers=readers, view=door.view)
    )
