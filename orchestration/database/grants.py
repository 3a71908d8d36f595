"""SQL of roles, schemas and grants, made from ``roles``. Every statement may be run again and again."""

from collections.abc import Iterator, Sequence

from psycopg import Connection, sql

from orchestration.database.roles import (
    CREATORS,
    DEFAULTS,
    LOGINS,
    OWNERS,
    PROCESSES,
    SCHEMAS,
    SINGLE_TABLES,
    Role,
)

# What PUBLIC may call in any PostgreSQL and a reader has no business with: making large objects is writing,
# and holding the build's advisory lock would stop the nightly run. Only a superuser can take it away.
LARGE_OBJECT_FUNCTIONS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
# What a server may have been told otherwise, and the code relies on. Two threads of dbt that are serializable would
# stop one another.
DATABASE_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
    "default_transaction_isolation": "read committed",
    "jit": "off",
}
# An error's detail carries values of the row; it goes to the client, never into the server's log.
QUIET_LOGS = {"log_min_error_statement": "panic", "log_error_verbosity": "terse"}


def roles(connection: Connection, database: str) -> list[str]:
    """Make roles that are missing, with attributes, memberships and settings; returns the new login roles.

    In: a connection of the admin inside a transaction, and the database's name.
    """
    is_superuser = _is_superuser(connection)
    rows = connection.execute(
        "select rolname, rolcanlogin, rolinherit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, "
        "rolbypassrls from pg_roles where rolname = any(%s)",
        ([*OWNERS, *LOGINS],),
    ).fetchall()
    known = {row[0]: row[1:] for row in rows}
    for name, role in {**OWNERS, **LOGINS}.items():
        login = name in LOGINS
        wanted = (login, False, False, False, False, False, False)
        if name not in known:
            _run(connection, "create role {} noinherit {}", sql.Identifier(name), _word(login))
        elif known[name] != wanted:
            _run(connection, "alter role {} noinherit {}", sql.Identifier(name), _word(login))
            flags = ("superuser", "createdb", "createrole", "replication", "bypassrls")
            for flag, is_set in zip(flags, known[name][2:], strict=True):
                if is_set:
                    _run(connection, "alter role {} {}", sql.Identifier(name), sql.SQL(f"no{flag}"))
        _run(connection, "comment on role {} is {}", sql.Identifier(name), sql.Literal(role.comment))
        if not is_superuser:  # an admin without superuser acts as the owners it makes, so it has to be a member
            _run(connection, "grant {} to current_user {}", sql.Identifier(name), _with_set(connection))
    for name, role in LOGINS.items():
        for group in role.member_of:
            _run(connection, "grant {} to {}", sql.Identifier(group), sql.Identifier(name))
        _settings(connection, name, role, database, is_superuser=is_superuser)
    return [name for name in LOGINS if name not in known]


def grants(connection: Connection, database: str) -> None:
    """Schemas, owners, grants and default privileges. PUBLIC keeps nothing."""
    for statement in (*_database(connection, database), *_schemas(), *_defaults()):
        connection.execute(statement)


def existing_tables(connection: Connection) -> None:
    """Give the grants of the default privileges to tables that were there before the rule."""
    rows = connection.execute(
        "select n.nspname, pg_get_userbyid(c.relowner), c.relname from pg_class c "
        "join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm', 'f') order by 1, 3",
        (list(SCHEMAS),),
    ).fetchall()
    for schema, owner, table in rows:
        name = sql.Identifier(schema, table)
        for default in DEFAULTS:
            if (default.schema, default.creator) == (schema, owner):
                _run(connection, f"grant {default.privileges} on {{}} to {{}}", name, _list(default.grantees))
        readers = SINGLE_TABLES.get((schema, table))
        if readers:
            _run(connection, "grant select on {} to {}", name, _list(readers))


def _database(connection: Connection, database: str) -> Iterator[sql.Composed]:
    name = sql.Identifier(database)
    yield sql.SQL("revoke all on database {} from public").format(name)
    yield sql.SQL("grant connect on database {} to {}").format(name, _list(LOGINS))
    yield sql.SQL("grant temporary on database {} to {}").format(name, _list(PROCESSES))
    yield sql.SQL("revoke all on schema public from public").format()
    for setting, value in DATABASE_SETTINGS.items():
        yield sql.SQL("alter database {} set {} = {}").format(name, sql.SQL(setting), sql.Literal(value))
    if not _is_superuser(connection):
        return
    yield sql.SQL("revoke execute on function {} from public").format(sql.SQL(", ".join(LARGE_OBJECT_FUNCTIONS)))
    locks = connection.execute(
        "select oid::regprocedure::text from pg_proc where pronamespace = 'pg_catalog'::regnamespace "
        "and proname ~ '^pg_(try_)?advisory_' order by 1"
    ).fetchall()
    functions = sql.SQL(", ").join(sql.SQL(signature) for (signature,) in locks)
    yield sql.SQL("revoke execute on function {} from public").format(functions)
    # the steward too: a withdrawal waits for a landing, so that the ledger's entries commit in their order
    yield sql.SQL("grant execute on function {} to {}").format(functions, _list((*PROCESSES, "steward")))


def _schemas() -> Iterator[sql.Composed]:
    for name, schema in SCHEMAS.items():
        this = sql.Identifier(name)
        owner = sql.Identifier(schema.owner)
        yield sql.SQL("create schema if not exists {} authorization {}").format(this, owner)
        yield sql.SQL("comment on schema {} is {}").format(this, sql.Literal(schema.comment))
        yield sql.SQL("revoke all on schema {} from public").format(this)
        if schema.use:
            yield sql.SQL("grant usage on schema {} to {}").format(this, _list(schema.use))
        if schema.create:
            yield sql.SQL("grant create on schema {} to {}").format(this, _list(schema.create))


def _defaults() -> Iterator[sql.Composed]:
    for creator in CREATORS:
        yield sql.SQL("alter default privileges for role {} revoke execute on functions from public").format(
            sql.Identifier(creator)
        )
    for default in DEFAULTS:
        yield sql.SQL(
            f"alter default privileges for role {{}} in schema {{}} grant {default.privileges} on tables to {{}}"
        ).format(sql.Identifier(default.creator), sql.Identifier(default.schema), _list(default.grantees))


def _settings(connection: Connection, name: str, role: Role, database: str, *, is_superuser: bool) -> None:
    for setting, value in (role.settings | (QUIET_LOGS if is_superuser else {})).items():
        # a search path is a list of names, so it may not be one quoted string
        literal = sql.SQL(value) if setting == "search_path" else sql.Literal(value)
        _run(
            connection,
            "alter role {} in database {} set {} = {}",
            sql.Identifier(name), sql.Identifier(database), sql.SQL(setting), literal,
        )  # fmt: skip


def _is_superuser(connection: Connection) -> bool:
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _with_set(connection: Connection) -> sql.SQL:
    return sql.SQL("with inherit true, set true" if connection.info.server_version >= 160000 else "")


def _word(login: bool) -> sql.SQL:
    return sql.SQL("login" if login else "nologin")


def _list(names: Sequence[str] | dict[str, Role]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _run(connection: Connection, text: str, *parts: sql.Composable) -> None:
    connection.execute(sql.SQL(text).format(*parts))
