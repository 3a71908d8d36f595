"""SQL of roles, schemas and grants, made from ``roles``. Every statement may be run again and again."""

from collections.abc import Iterator, Sequence

from psycopg import Connection, sql

from orchestration.database.roles import (
    CREATORS,
    DEFAULTS,
    GROUPS,
    LIMITS,
    LOGINS,
    OWNERS,
    PROCESSES,
    SCHEMAS,
    SHARED,
    SINGLE_TABLES,
    Default,
    Role,
)

# What PUBLIC may call in any PostgreSQL and a reader has no business with: making large objects and lines of the
# write-ahead log is writing, holding a lock may stop the nightly run, and counters, sizes, positions in that log, locks
# and other sessions tell what a night changed in tables that a reader may not read. What PostgreSQL itself gives to few
# stays with them. Only a superuser can take it away.
NOT_FOR_READERS = """
select oid::regprocedure::text from pg_catalog.pg_proc
where pronamespace = 'pg_catalog'::regnamespace and prokind = 'f' and (
    proname ~ '^pg_(try_)?advisory_'
    or proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'pg_logical_emit_message')
    or proname ~ '^pg_stat_get_' or proname ~ '^pg_current_wal_'
    or proname ~ '^pg_(relation|table|indexes|total_relation|database|tablespace)_size$'
    or proname in ('pg_stat_have_stats', 'pg_lock_status', 'pg_prepared_xact', 'pg_get_replication_slots')
)
and not exists (select from pg_catalog.pg_init_privs where objoid = pg_proc.oid and classoid = 'pg_proc'::regclass)
order by 1
"""
WRITING = ("lo_", "pg_logical_")
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
QUIET_LOGS = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length_on_error": "0",
}


def roles(connection: Connection, database: str, *, is_live: bool) -> list[str]:
    """Make roles that are missing, with attributes, memberships and settings; returns the new login roles.

    In: a connection of the admin inside a transaction, the database's name, and whether the data are real: then the
    shared logins are closed, and people read through logins of their own.
    """
    is_superuser = is_admin_superuser(connection)
    rows = connection.execute(
        "select rolname, rolcanlogin, rolinherit, rolconnlimit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, "
        "rolbypassrls from pg_roles where rolname = any(%s)",
        ([*OWNERS, *GROUPS, *LOGINS],),
    ).fetchall()
    known = {row[0]: row[1:] for row in rows}
    for name, role in {**OWNERS, **GROUPS, **LOGINS}.items():
        login, inherit = may_log_in(name, is_live=is_live), role.group is not None
        wanted = (login, inherit, role.connections, False, False, False, False, False)
        this = sql.Identifier(name)
        if name not in known:
            _run(connection, "create role {} noinherit", this)
        if known.get(name) != wanted:
            words = sql.SQL(f"{'' if login else 'no'}login {'' if inherit else 'no'}inherit")
            _run(connection, "alter role {} {} connection limit {}", this, words, sql.Literal(role.connections))
            flags = ("superuser", "createdb", "createrole", "replication", "bypassrls")
            for flag, is_set in zip(flags, known.get(name, ())[3:], strict=False):
                if is_set:
                    _run(connection, "alter role {} {}", this, sql.SQL(f"no{flag}"))
        if name not in LOGINS:
            _run(connection, "alter role {} password null", this)
        _run(connection, "comment on role {} is {}", this, sql.Literal(role.comment))
        if not is_superuser:  # an admin without superuser acts as the owners it makes, so it has to be a member
            _run(connection, "grant {} to current_user {}", this, _with_set(connection))
    for name, role in LOGINS.items():
        for group in role.member_of:
            _run(connection, "grant {} to {}", sql.Identifier(group), sql.Identifier(name))
        if role.group is not None:
            join_group(connection, name, role.group)
        apply_settings(connection, name, role.settings, database, is_superuser=is_superuser)
    return [name for name in LOGINS if name not in known]


def may_log_in(name: str, *, is_live: bool) -> bool:
    """Whether a role is a login: owners and groups are none, and the shared logins none where data are real."""
    return name in LOGINS and not (is_live and name in SHARED.values())


def join_group(connection: Connection, name: str, group: str) -> None:
    """Give a login the rights of a group, which it never becomes: a group's password is nobody's to set.

    Before version 16 a member may still act as the group; a group has no login, so a password gives nothing.
    """
    only_rights = connection.info.server_version >= 160000
    words = sql.SQL("with inherit true, set false" if only_rights else "")
    _run(connection, "grant {} to {} {}", sql.Identifier(group), sql.Identifier(name), words)


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


def renew_defaults(connection: Connection, creator: str) -> None:
    """Give the default rights on what a role makes once more, as that role.

    Whoever has the rights of a group may drop the group's default rights (``drop owned by``): the next build must
    not make tables that its readers cannot read.
    """
    for default in DEFAULTS:
        if default.creator == creator:
            connection.execute(_default(default))


def _database(connection: Connection, database: str) -> Iterator[sql.Composed]:
    name = sql.Identifier(database)
    yield sql.SQL("revoke all on database {} from public").format(name)
    direct = [login for login, role in LOGINS.items() if role.group is None]
    yield sql.SQL("grant connect on database {} to {}").format(name, _list((*direct, *GROUPS)))
    yield sql.SQL("grant temporary on database {} to {}").format(name, _list(PROCESSES))
    yield sql.SQL("revoke all on schema public from public").format()
    for setting, value in DATABASE_SETTINGS.items():
        yield sql.SQL("alter database {} set {} = {}").format(name, sql.SQL(setting), sql.Literal(value))
    if is_admin_superuser(connection):
        yield from superuser_statements(connection, database)


def superuser_statements(connection: Connection, database: str) -> Iterator[sql.Composed]:
    """What only a superuser can do: take from PUBLIC what readers have no business with, and keep the logs quiet."""
    found = [signature for (signature,) in connection.execute(NOT_FOR_READERS).fetchall()]
    functions = sql.SQL(", ").join(sql.SQL(signature) for signature in found)
    yield sql.SQL("revoke execute on function {} from public").format(functions)
    locks = [signature for signature in found if "_advisory_" in signature]
    counters = [one for one in found if "_advisory_" not in one and not one.startswith(WRITING)]
    # the steward too: a withdrawal waits for a landing, so that the ledger's entries commit in their order
    for signatures, kept in ((locks, (*PROCESSES, "steward")), (counters, (*PROCESSES, "steward", "auditor"))):
        functions = sql.SQL(", ").join(sql.SQL(signature) for signature in signatures)
        yield sql.SQL("grant execute on function {} to {}").format(functions, _list(kept))
    for name in LOGINS:
        for setting, value in superuser_settings(name).items():
            yield _setting(name, database, setting, value)


def superuser_settings(name: str) -> dict[str, str]:
    """Settings of a login that only a superuser may make, and that the login cannot lift."""
    return QUIET_LOGS if name in LOGINS and name not in SHARED.values() else QUIET_LOGS | LIMITS


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
    yield from map(_default, DEFAULTS)


def _default(default: Default) -> sql.Composed:
    return sql.SQL(
        f"alter default privileges for role {{}} in schema {{}} grant {default.privileges} on tables to {{}}"
    ).format(sql.Identifier(default.creator), sql.Identifier(default.schema), _list(default.grantees))


def apply_settings(
    connection: Connection, name: str, settings: dict[str, str], database: str, *, is_superuser: bool
) -> None:
    """Give a login its settings in this database; those that only a superuser may make, where the admin is one."""
    for setting, value in (settings | (superuser_settings(name) if is_superuser else {})).items():
        connection.execute(_setting(name, database, setting, value))


def _setting(name: str, database: str, setting: str, value: str) -> sql.Composed:
    # a search path is a list of names, so it may not be one quoted string
    literal = sql.SQL(value) if setting == "search_path" else sql.Literal(value)
    return sql.SQL("alter role {} in database {} set {} = {}").format(
        sql.Identifier(name), sql.Identifier(database), sql.SQL(setting), literal
    )


def is_admin_superuser(connection: Connection) -> bool:
    """Whether the admin of this connection is a superuser, as it is on the embedded database."""
    row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
    return bool(row and row[0])


def _with_set(connection: Connection) -> sql.SQL:
    return sql.SQL("with inherit true, set true" if connection.info.server_version >= 160000 else "")


def _list(names: Sequence[str] | dict[str, Role]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _run(connection: Connection, text: str, *parts: sql.Composable) -> None:
    connection.execute(sql.SQL(text).format(*parts))
