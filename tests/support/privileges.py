"""Every role by every object by every verb, from the catalogue of a database, beside what is declared.

What a role may do is asked of PostgreSQL itself (``has_*_privilege``), so that PUBLIC, groups and ownership are in it.
What it should be able to do follows from ``database.declared``, and of what PostgreSQL brings along from the state in
which it makes a database (``pg_init_privs``), less what a superuser takes from readers.
"""

from collections.abc import Iterator
from typing import NamedTuple

from psycopg import Connection

from orchestration.database.declared import Relation, declared
from orchestration.database.drift import RELATIONS
from orchestration.database.personal import logins, standing_schemas
from orchestration.database.roles import CONTROL_OWNER, GROUPS, LOGINS, OWNERS, PROCESSES, SCHEMAS
from orchestration.settings import Settings
from tests.conftest import connect_as_admin

PUBLIC = "public"
TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
SEQUENCE = ("USAGE", "SELECT", "UPDATE")
# all roles but superusers, PostgreSQL's own, and whoever may act as the owner of the database
ROLES = """
select rolname from pg_catalog.pg_roles
where not rolsuper and rolname !~ '^pg_' and not pg_has_role(
    oid, (select datdba from pg_catalog.pg_database where datname = current_database()), 'member'
)
order by 1
"""
OURS = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
HELD = f"""
with roles as (select unnest(%(roles)s::text []) as role)

select 'relation', n.nspname || '.' || c.relname, '', role, verb
from roles, pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace,
    unnest(%(table_verbs)s::text []) as verb
where {OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(role, c.oid, verb)
union all
select 'relation', n.nspname || '.' || c.relname, a.attname, role, verb
from roles, pg_catalog.pg_attribute as a inner join pg_catalog.pg_class as c on c.oid = a.attrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace,
    unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as verb
where {OURS} and a.attacl is not null and has_column_privilege(role, c.oid, a.attnum, verb)
    and not has_table_privilege(role, c.oid, verb)
union all
select 'relation', n.nspname || '.' || c.relname, '', role, verb
from roles, pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace,
    unnest(%(sequence_verbs)s::text []) as verb
where {OURS} and c.relkind = 'S' and has_sequence_privilege(role, c.oid, verb)
union all
select 'function', p.oid::regprocedure::text, '', role, 'EXECUTE'
from roles, pg_catalog.pg_proc as p inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
where {OURS} and has_function_privilege(role, p.oid, 'EXECUTE')
union all
select 'schema', n.nspname, '', role, verb
from roles, pg_catalog.pg_namespace as n, unnest(array['USAGE', 'CREATE']) as verb
where n.nspname !~ '^pg_(toast|temp)' and has_schema_privilege(role, n.oid, verb)
union all
select 'database', d.datname, '', role, verb
from roles, pg_catalog.pg_database as d, unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) as verb
where has_database_privilege(role, d.oid, verb)
union all
select 'server', s.srvname, '', role, 'USAGE' from roles, pg_catalog.pg_foreign_server as s
where has_server_privilege(role, s.oid, 'USAGE')
union all
select 'wrapper', w.fdwname, '', role, 'USAGE' from roles, pg_catalog.pg_foreign_data_wrapper as w
where has_foreign_data_wrapper_privilege(role, w.oid, 'USAGE')
union all
select 'language', l.lanname, '', role, 'USAGE' from roles, pg_catalog.pg_language as l
where l.lanpltrusted and has_language_privilege(role, l.oid, 'USAGE')
union all
select 'tablespace', t.spcname, '', role, 'CREATE' from roles, pg_catalog.pg_tablespace as t
where has_tablespace_privilege(role, t.oid, 'CREATE')
union all
select 'parameter', p.parname, '', role, verb
from roles, pg_catalog.pg_parameter_acl as p, unnest(array['SET', 'ALTER SYSTEM']) as verb
where has_parameter_privilege(role, p.parname, verb)
union all
select 'large object', l.oid::text, '', case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end,
    acl.privilege_type
from pg_catalog.pg_largeobject_metadata as l, aclexplode(coalesce(l.lomacl, acldefault('L', l.lomowner))) as acl
union all
select 'role', others.rolname, '', role, verb
from roles inner join pg_catalog.pg_roles as mine on mine.rolname = role
inner join pg_catalog.pg_roles as others on others.oid <> mine.oid,
    unnest(%(role_verbs)s::text []) as verb
where pg_has_role(mine.oid, others.oid, verb)
"""
# what PostgreSQL brings along, and who may now do more with it than when the database was made, or less
CHANGED = """
with now as (
    select 'relation' as kind, c.oid::regclass::text as name, c.oid, 'pg_class'::regclass as class,
        coalesce(c.relacl, acldefault('r', c.relowner)) as held, acldefault('r', c.relowner) as first
    from pg_catalog.pg_class as c where c.oid < 16384 and c.relkind in ('r', 'v')
    union all
    select 'function', p.oid::regprocedure::text, p.oid, 'pg_proc'::regclass,
        coalesce(p.proacl, acldefault('f', p.proowner)), acldefault('f', p.proowner)
    from pg_catalog.pg_proc as p where p.oid < 16384
    union all
    select 'type', t.oid::regtype::text, t.oid, 'pg_type'::regclass,
        coalesce(t.typacl, acldefault('T', t.typowner)), acldefault('T', t.typowner)
    from pg_catalog.pg_type as t where t.oid < 16384
),

compared as (
    select now.kind, now.name, now.held, coalesce(i.initprivs, now.first) as first
    from now left join pg_catalog.pg_init_privs as i
        on i.objoid = now.oid and i.classoid = now.class and i.objsubid = 0
)

select kind, name, case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end, privilege_type, is_more
from compared, lateral (
    (
        select a.grantee, a.privilege_type, true as is_more from aclexplode(held) as a
        except
        select a.grantee, a.privilege_type, true from aclexplode(first) as a
    )
    union all
    (
        select a.grantee, a.privilege_type, false from aclexplode(first) as a
        except
        select a.grantee, a.privilege_type, false from aclexplode(held) as a
    )
) as acl
"""
COLUMNS = """
select a.attrelid::regclass::text || '.' || a.attname from pg_catalog.pg_attribute as a
where a.attrelid < 16384 and a.attacl is distinct from (
    select i.initprivs from pg_catalog.pg_init_privs as i
    where i.objoid = a.attrelid and i.classoid = 'pg_class'::regclass and i.objsubid = a.attnum
)
"""
FLAGS = """
select rolname, flag from pg_catalog.pg_roles, lateral (values
    ('superuser', rolsuper), ('createdb', rolcreatedb), ('createrole', rolcreaterole),
    ('replication', rolreplication), ('bypassrls', rolbypassrls)
) as flags (flag, is_set) where is_set and rolname = any(%s)
"""


class Right(NamedTuple):
    """One verb that a role may use on one object."""

    kind: str
    name: str
    column: str
    role: str
    verb: str

    def __str__(self) -> str:
        of = f"column {self.column} of " if self.column else ""
        return f"{self.role} may {self.verb} {of}{self.kind} {self.name}"


def roles_of(connection: Connection) -> list[str]:
    """Every role but the administrators and PostgreSQL's own, people's logins among them."""
    return [name for (name,) in connection.execute(ROLES).fetchall()]


def held(connection: Connection) -> set[Right]:
    """What each role and PUBLIC may do with each object that is not PostgreSQL's own."""
    version = connection.info.server_version
    verbs = {
        "roles": [*roles_of(connection), PUBLIC],
        "table_verbs": list(TABLE[: None if version >= 170000 else -1]),
        "sequence_verbs": list(SEQUENCE),
        "role_verbs": ["MEMBER", "USAGE", *(["SET"] if version >= 160000 else [])],
    }
    return {Right(*row) for row in connection.execute(HELD, verbs).fetchall()}


def expected(connection: Connection) -> set[Right]:
    """What each role should be able to do: what is declared of it, of its group and of everybody, and as an owner."""
    relations = [Relation(*row) for row in connection.execute(RELATIONS, [list(SCHEMAS)]).fetchall()]
    written = declared(connection, connection.info.dbname, relations)
    groups = group_of(connection)
    found = set()
    for role in roles_of(connection):
        own = {role, groups.get(role, role)}
        found |= {Right(p.kind, p.name, p.column, role, p.verb) for p in written if p.grantee in own}
        found |= set(_as_owner(connection, role, relations))
        found |= set(_of_groups(connection, role, groups.get(role)))
    whole = {(right.name, right.role, right.verb) for right in found if not right.column}
    found = {right for right in found if not right.column or (right.name, right.role, right.verb) not in whole}
    return found | set(_of_everybody(connection))


def group_of(connection: Connection) -> dict[str, str]:
    """The group whose rights each login has."""
    shared = {name: role.group for name, role in LOGINS.items() if role.group}
    return shared | {login.name: login.group for login in logins(connection) if login.is_open}


def _as_owner(connection: Connection, role: str, relations: list[Relation]) -> Iterator[Right]:
    table = TABLE[: None if connection.info.server_version >= 170000 else -1]
    sequences = {f"{schema}.{name}" for schema, name in connection.execute(
        "select schemaname, sequencename from pg_catalog.pg_sequences").fetchall()}  # fmt: skip
    for relation in relations:
        schema = SCHEMAS[relation.schema]
        if relation.owner == role and role in (schema.owner, *schema.create):
            name = f"{relation.schema}.{relation.name}"
            for verb in SEQUENCE if name in sequences else table:
                yield Right("relation", name, "", role, verb)
    for name, schema in SCHEMAS.items():
        if schema.owner == role:
            yield from (Right("schema", name, "", role, verb) for verb in ("USAGE", "CREATE"))
    for name in standing_schemas(connection) if role == CONTROL_OWNER else ():
        yield from (Right("schema", name, "", role, verb) for verb in ("USAGE", "CREATE"))
    owned = connection.execute(
        "select p.oid::regprocedure::text, n.nspname from pg_catalog.pg_proc as p "
        "inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace "
        "where n.nspname = any(%s) and pg_get_userbyid(p.proowner) = %s",
        [list(SCHEMAS), role],
    ).fetchall()
    for function, schema_name in owned:
        if SCHEMAS[schema_name].owner == role:
            yield Right("function", function, "", role, "EXECUTE")


def _of_groups(connection: Connection, role: str, group: str | None) -> Iterator[Right]:
    before_set = connection.info.server_version < 160000
    if group is not None:
        yield from (Right("role", group, "", role, verb) for verb in ("MEMBER", "USAGE"))
    for other in LOGINS[role].member_of if role in LOGINS else ():
        yield from (Right("role", other, "", role, verb) for verb in ("MEMBER", *([] if before_set else ["SET"])))


def is_superusers(connection: Connection) -> bool:
    """Whether the database is a superuser's, who has taken from readers what they have no business with."""
    row = connection.execute(
        "select rolsuper from pg_catalog.pg_roles inner join pg_catalog.pg_database on datdba = pg_roles.oid "
        "where datname = current_database()"
    ).fetchone()
    return row == (True,)


def _of_everybody(connection: Connection) -> Iterator[Right]:
    """What PUBLIC, and so every role, has of PostgreSQL's own kinds of things, which nobody of ours may take away."""
    others = connection.execute("select datname from pg_catalog.pg_database where datname <> current_database()")
    names = [name for (name,) in others.fetchall()]
    if is_superusers(connection):  # a server of our own: nobody has business in its other databases
        names = [name for name in names if name == "template0"]  # which lets nobody in
    for role in (*roles_of(connection), PUBLIC):
        yield from (Right("schema", name, "", role, "USAGE") for name in ("pg_catalog", "information_schema"))
        yield from (Right("language", name, "", role, "USAGE") for name in ("plpgsql", "sql"))
        for name in names:
            yield Right("database", name, "", role, "CONNECT")
            if name == "postgres":
                yield Right("database", name, "", role, "TEMPORARY")


def surprises(connection: Connection) -> list[str]:
    """Each right that is there and not declared, or declared and not there, by name; none where all is well."""
    wanted, found = expected(connection), held(connection)
    counters_are_denied = is_superusers(connection)
    said = [f"{right}, which is not declared" for right in sorted(found - wanted)]
    said += [f"not: {right}, as declared" for right in sorted(wanted - found)]
    ours = [*roles_of(connection), *LOGINS, *GROUPS, *OWNERS]
    said += [f"{role} is {flag}" for role, flag in connection.execute(FLAGS, [ours]).fetchall()]
    said += [f"{name} of PostgreSQL is not as it was made" for (name,) in connection.execute(COLUMNS).fetchall()]
    for kind, name, grantee, verb, is_more in connection.execute(CHANGED).fetchall():
        if kind == "function" and counters_are_denied and _is_denied(name, grantee, is_more=is_more):
            continue
        if name.startswith("information_schema.") and (grantee, verb) == (PUBLIC, "SELECT"):
            continue  # made so, but later than what ``pg_init_privs`` remembers
        said.append(f"{grantee} {'may' if is_more else 'may no longer'} {verb} {kind} {name} of PostgreSQL")
    return said


def surprises_in(settings: Settings) -> list[str]:
    """The same of a warehouse, whatever has been built and released in it."""
    with connect_as_admin(settings) as admin:
        return surprises(admin)


def _is_denied(function: str, grantee: str, *, is_more: bool) -> bool:
    """Whether a change of one of PostgreSQL's functions is among those that readers are denied."""
    name = function.partition("(")[0]
    is_lock = "_advisory_" in name
    is_counter = name.startswith(("pg_stat_", "pg_current_wal_")) or name.endswith("_size") or name in COUNTERS
    if grantee == PUBLIC:
        return not is_more and (is_lock or is_counter or name in WRITERS)
    kept = (*PROCESSES, "steward") if is_lock else (*PROCESSES, "steward", "auditor") if is_counter else ()
    return is_more and grantee in kept


COUNTERS = ("pg_lock_status", "pg_prepared_xact", "pg_get_replication_slots", "pg_notification_queue_usage")
WRITERS = ("lo_creat", "lo_create", "lo_from_bytea", "pg_logical_emit_message")
