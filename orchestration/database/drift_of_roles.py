"""Roles as they are beside roles as declared: what they may, whose rights they have, and their settings."""

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database.found import Difference
from orchestration.database.grants import may_log_in, superuser_settings
from orchestration.database.personal import Login, logins
from orchestration.database.roles import GROUP_SETTINGS, GROUPS, LOGIN_CONNECTIONS, LOGINS, OWNERS

FLAGS = ("superuser", "createdb", "createrole", "replication", "bypassrls")
ATTRIBUTES = """
select
    rolname, rolcanlogin, rolinherit, rolconnlimit, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls
from pg_catalog.pg_roles where rolname = any(%s)
"""
# who is the database's owner or may act as it provisions, and is a member of what it makes
MEMBERSHIPS = """
select groups.rolname, members.rolname, grants.admin_option, {set_option}, pg_get_userbyid(grants.grantor)
from pg_catalog.pg_auth_members as grants
inner join pg_catalog.pg_roles as groups on groups.oid = grants.roleid
inner join pg_catalog.pg_roles as members on members.oid = grants.member
where (groups.rolname = any(%(ours)s) or members.rolname = any(%(ours)s))
    and not members.rolsuper
    and not pg_has_role(
        members.oid, (select datdba from pg_catalog.pg_database where datname = current_database()), 'member'
    )
order by 1, 2
"""
FAR_REACHING = """
select logins.rolname, reached.rolname
from pg_catalog.pg_roles as logins
inner join pg_catalog.pg_roles as reached on pg_has_role(logins.oid, reached.oid, 'member') and (
    reached.rolbypassrls or reached.rolsuper or reached.rolname in (
        'pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
        'pg_execute_server_program'
    )
)
where logins.rolcanlogin and not logins.rolsuper
    and not pg_has_role(
        logins.oid, (select datdba from pg_catalog.pg_database where datname = current_database()), 'member'
    )
order by 1, 2
"""
SETTINGS = """
select roles.rolname, settings.setdatabase <> 0, unnest(settings.setconfig)
from pg_catalog.pg_db_role_setting as settings
inner join pg_catalog.pg_roles as roles on roles.oid = settings.setrole
where roles.rolname = any(%s)
    and settings.setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
"""


@dataclass(frozen=True)
class Wanted:
    """What a role should be."""

    login: bool
    inherit: bool
    connections: int


def role_differences(connection: Connection, *, is_live: bool) -> Iterator[Difference]:
    """Roles, memberships and settings that differ from what is declared."""
    declared = logins(connection)
    yield from _attributes(connection, declared, is_live=is_live)
    yield from _memberships(connection, declared)
    for login, reached in connection.execute(FAR_REACHING).fetchall():
        yield Difference(f"{login} passes by all policies, as {reached}" if login != reached else
                         f"{login} passes by all policies")  # fmt: skip
    yield from _settings(connection, declared)


def _attributes(connection: Connection, declared: list[Login], *, is_live: bool) -> Iterator[Difference]:
    wanted = {
        name: Wanted(may_log_in(name, is_live=is_live), role.group is not None, role.connections)
        for name, role in {**OWNERS, **GROUPS, **LOGINS}.items()
    } | {one.name: Wanted(one.is_open, True, LOGIN_CONNECTIONS) for one in declared}
    rows = {row[0]: row[1:] for row in connection.execute(ATTRIBUTES, [list(wanted)]).fetchall()}
    for name, role in sorted(wanted.items()):
        if name not in rows:
            if role.login:
                yield Difference(f"there is no role {name}, which is declared")
            continue
        this = sql.Identifier(name)
        can_login, inherit, limit, *flags = rows[name]
        if can_login != role.login:
            word = "login" if role.login else "nologin"
            yield Difference(
                f"{name} can{'' if can_login else 'not'} log in",
                (sql.SQL("alter role {} {}").format(this, sql.SQL(word)),),
            )
        if inherit != role.inherit:
            word = "inherit" if role.inherit else "noinherit"
            yield Difference(
                f"{name} has {'' if inherit else 'no '}rights of its groups by itself",
                (sql.SQL("alter role {} {}").format(this, sql.SQL(word)),),
            )
        if limit != role.connections:
            yield Difference(
                f"{name} may have {'any number of' if limit < 0 else limit} connections, not {role.connections}",
                (sql.SQL("alter role {} connection limit {}").format(this, sql.Literal(role.connections)),),
            )
        for flag, is_set in zip(FLAGS, flags, strict=True):
            if is_set:
                yield Difference(f"{name} is {flag}", (sql.SQL("alter role {} {}").format(this, sql.SQL(f"no{flag}")),))


def _memberships(connection: Connection, declared: list[Login]) -> Iterator[Difference]:
    is_new = connection.info.server_version >= 160000
    query = MEMBERSHIPS.replace("{set_option}", "grants.set_option" if is_new else "true")
    ours = [*OWNERS, *GROUPS, *LOGINS, *(one.name for one in declared)]
    wanted = {(group, name): True for name, role in LOGINS.items() for group in role.member_of}
    wanted |= {(role.group, name): not is_new for name, role in LOGINS.items() if role.group}
    wanted |= {(one.group, one.name): not is_new for one in declared if one.is_open}
    held = set()
    for group, member, is_admin, may_set, grantor in connection.execute(query, {"ours": ours}).fetchall():
        held.add((group, member))
        by = sql.SQL(" granted by {}").format(sql.Identifier(grantor)) if is_new else sql.SQL("")
        names = (sql.Identifier(group), sql.Identifier(member), by)
        if (group, member) not in wanted:
            undo = sql.SQL("revoke {} from {}{} cascade").format(*names)
            yield Difference(f"{member} belongs to {group}, which is not declared", (undo,))
            continue
        if is_admin:
            undo = sql.SQL("revoke admin option for {} from {}{} cascade").format(*names)
            yield Difference(f"{member} may let others into {group}", (undo,))
        if may_set and not wanted[group, member]:
            undo = sql.SQL("grant {} to {} with set false{}").format(*names)
            yield Difference(f"{member} may become {group}", (undo,))
    for group, member in sorted(set(wanted) - held):
        words = sql.SQL(" with inherit true, set false" if is_new and not wanted[group, member] else "")
        again = sql.SQL("grant {} to {}{}").format(sql.Identifier(group), sql.Identifier(member), words)
        yield Difference(f"{member} does not belong to {group}, as declared", (again,))


def _settings(connection: Connection, declared: list[Login]) -> Iterator[Difference]:
    wanted = {name: dict(role.settings) for name, role in LOGINS.items()}
    wanted |= {one.name: dict(GROUP_SETTINGS[one.group]) for one in declared if one.is_open}
    by_superuser = {name: superuser_settings(name) for name in wanted}
    names = [*wanted, *GROUPS, *OWNERS]
    held: dict[tuple[str, bool], dict[str, str]] = {}
    for name, here, setting in connection.execute(SETTINGS, [names]).fetchall():
        key, _, value = setting.partition("=")
        held.setdefault((name, here), {})[key] = value
    is_superuser = _is_superusers(connection)
    for (name, here), found in sorted(held.items()):
        allowed = wanted.get(name, {}) | by_superuser.get(name, {}) if here else {}
        for key, value in sorted(found.items()):
            if allowed.get(key) == value:
                continue
            where = sql.SQL(" in database {}").format(sql.Identifier(connection.info.dbname)) if here else sql.SQL("")
            reset = sql.SQL("alter role {}{} reset {}").format(sql.Identifier(name), where, sql.Identifier(key))
            again = (_set(connection, name, key, allowed[key]),) if key in allowed else ()
            yield Difference(f"{name} begins with {key} = {value}", again or (reset,))
    for name, settings in sorted(wanted.items()):
        expected = settings | (by_superuser[name] if is_superuser else {})
        for key in sorted(set(expected) - set(held.get((name, True), {}))):
            yield Difference(
                f"{name} does not begin with {key} = {expected[key]}", (_set(connection, name, key, expected[key]),)
            )


def _is_superusers(connection: Connection) -> bool:
    """Whether the database belongs to a superuser, whose settings are then declared too."""
    row = connection.execute(
        "select rolsuper from pg_catalog.pg_roles inner join pg_catalog.pg_database on datdba = pg_roles.oid "
        "where datname = current_database()"
    ).fetchone()
    return bool(row and row[0])


def _set(connection: Connection, name: str, key: str, value: str) -> sql.Composed:
    literal = sql.SQL(value) if key == "search_path" else sql.Literal(value)
    return sql.SQL("alter role {} in database {} set {} = {}").format(
        sql.Identifier(name), sql.Identifier(connection.info.dbname), sql.SQL(key), literal
    )
