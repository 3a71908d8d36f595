"""What a server may write into its log, and what only its superuser can do, where the admin is none.

Errors and statements carry values: a duplicate key names the pupil's number. On the embedded database, and where the
admin is a superuser, the roles that handle them are set to keep the log quiet. Elsewhere it is looked at here.
"""

from psycopg import Connection, sql

from orchestration.database.cluster import ADMIN
from orchestration.database.connections import configured_password, open_connection, parameters
from orchestration.database.grants import NOT_FOR_READERS, QUIET_LOGS, is_admin_superuser, superuser_statements
from orchestration.database.roles import LIMITS
from orchestration.settings import Settings

HANDLERS = ("loader", "pseudonymiser", "transformer", "steward")  # whose statements and errors may name a pupil
# What each setting may be. Levels from `log` on leave errors out; a setting that a server does not have is fine.
ALLOWED = {
    "log_min_messages": {"log", "fatal", "panic"},
    "log_min_error_statement": {"log", "fatal", "panic"},
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_parameter_max_length_on_error": {"0"},
    "auto_explain.log_min_duration": {"-1"},
    "pgaudit.log": {"none", ""},
}


def loud_settings(settings: Settings) -> list[str]:
    """Settings under which a pupil's number may reach the server's log, as SQL that a superuser runs; none: it is well.

    Looked at as each role that handles identifiers, as far as its password is known here.
    """
    found = []
    for role in HANDLERS:
        if configured_password(settings, role) is None:
            continue
        with open_connection(settings, parameters(settings, role), autocommit=True) as connection:
            found += [
                _alter(connection, role, settings.pg_database, name, allowed)
                for name, allowed in ALLOWED.items()
                if _value(connection, name) not in allowed
            ]
    return found


def missing_rights(connection: Connection) -> bool:
    """Whether readers may still do something that a superuser can deny: hold locks, make objects, read counters."""
    functions = [signature for (signature,) in connection.execute(NOT_FOR_READERS).fetchall()]
    row = connection.execute(
        "select bool_or(has_function_privilege('analyst', signature, 'execute')) from unnest(%s::text[]) as signature",
        [functions],
    ).fetchone()
    return bool(row and row[0])


def statements_for_superuser(settings: Settings) -> list[str]:
    """Everything that only a superuser of the server can do, as SQL; empty where the admin is one and has done it."""
    with open_connection(settings, parameters(settings, ADMIN), autocommit=True) as connection:
        if is_admin_superuser(connection):
            return []
        ours = [
            f"{statement.as_string(connection)};"
            for statement in superuser_statements(connection, settings.pg_database)
        ]
        rows = connection.execute("select login_name from access.logins where ended_at is null order by 1").fetchall()
        limits = [
            f"{_statement(name, settings.pg_database, setting, value)};"
            for (name,) in rows
            for setting, value in LIMITS.items()
        ]
    return [f"-- as a superuser, in the database {settings.pg_database}", *ours, *limits]


def _value(connection: Connection, name: str) -> str:
    row = connection.execute("select current_setting(%s, true)", [name]).fetchone()
    if row is None or row[0] is None:
        return next(iter(ALLOWED[name]))
    return str(row[0])


def _alter(connection: Connection, role: str, database: str, name: str, allowed: set[str]) -> str:
    value = QUIET_LOGS.get(name) or sorted(allowed, reverse=True)[0]
    return f"{_statement(role, database, name, value)}; -- is {_value(connection, name)}"


def _statement(role: str, database: str, name: str, value: str) -> str:
    return (
        sql.SQL("alter role {} in database {} set {} = {}")
        .format(sql.Identifier(role), sql.Identifier(database), sql.SQL(name), sql.Literal(value))
        .as_string()
    )
