"""What the database has that is not declared, and what it lacks: read from its catalogue, said in words, put right.

`warehouse access review` reads it as the auditor; `warehouse up` puts it right as the admin.
"""

from collections.abc import Iterator

import psycopg
from psycopg import Connection, sql

from orchestration.database.declared import Privilege, Relation, declared, declared_defaults
from orchestration.database.drift_elsewhere import differences_elsewhere
from orchestration.database.drift_of_roles import role_differences
from orchestration.database.found import Difference
from orchestration.database.own_schemas import schema_differences
from orchestration.database.personal import left_schemas, own_schemas
from orchestration.database.roles import CONTROL_OWNER, CREATORS, SCHEMAS

RELATIONS = """
select n.nspname, c.relname, pg_get_userbyid(c.relowner)
from pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') order by 1, 2
"""
PRIVILEGES = """
with held as (
    select 'database' as kind, d.datname::text as name, '' as of_column, d.datdba as owner, acl.*
    from pg_catalog.pg_database as d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as acl
    where d.datname = current_database()
    union all
    select 'schema', n.nspname, '', n.nspowner, acl.*
    from pg_catalog.pg_namespace as n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) as acl
    where n.nspname = any(%(schemas)s::text [] || %(own)s::text [])
    union all
    select 'relation', n.nspname || '.' || c.relname, '', c.relowner, acl.*
    from pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace,
        aclexplode(c.relacl) as acl
    where n.nspname = any(%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select 'relation', n.nspname || '.' || c.relname, a.attname, c.relowner, acl.*
    from pg_catalog.pg_attribute as a inner join pg_catalog.pg_class as c on c.oid = a.attrelid
    inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace, aclexplode(a.attacl) as acl
    where n.nspname = any(%(schemas)s)
    union all
    select 'function', p.oid::regprocedure::text, '', p.proowner, acl.*
    from pg_catalog.pg_proc as p inner join pg_catalog.pg_namespace as n on n.oid = p.pronamespace,
        aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
    where n.nspname = any(%(schemas)s)
)

select kind, name, of_column, case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end, privilege_type
from held where grantee <> owner
"""
DEFAULT_PRIVILEGES = """
select pg_get_userbyid(d.defaclrole), coalesce(n.nspname, ''), d.defaclobjtype::text,
    case acl.grantee when 0 then 'PUBLIC' else pg_get_userbyid(acl.grantee) end, acl.privilege_type
from pg_catalog.pg_default_acl as d left join pg_catalog.pg_namespace as n on n.oid = d.defaclnamespace,
    aclexplode(d.defaclacl) as acl
where (pg_get_userbyid(d.defaclrole) = any(%(creators)s) or n.nspname = any(%(schemas)s))
    and acl.grantee <> d.defaclrole
"""
POLICIES = """
select n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity,
    (
        select coalesce(jsonb_object_agg(p.polname, jsonb_build_object(
            'verb', p.polcmd, 'permissive', p.polpermissive,
            'roles', (select array_agg(pg_get_userbyid(r) order by pg_get_userbyid(r)) from unnest(p.polroles) as r),
            'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)
        )), '{}')
        from pg_catalog.pg_policy as p where p.polrelid = c.oid
    )
from pg_catalog.pg_class as c inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and (
    n.nspname in ('released', 'projects', 'own_school')
    or (n.nspname, c.relname) in (
        ('control', 'page_reads'), ('control', 'sql_reads'), ('control', 'own_school_reads')
    )
) order by 1, 2
"""
CONDITIONS = """
select 'released', mart, read_condition from control.release_contracts
union all
select 'own_school', mart, read_condition from control.own_school_tables
"""
READERS = ["aggregated_owner", "dashboard"]
KIND_WORDS = {"relation": "table"}


def differences(connection: Connection, *, is_live: bool) -> list[Difference]:
    """Everything in which the database differs from what is declared, in the order in which it should be shown."""
    return [
        *role_differences(connection, is_live=is_live),
        *_privileges(connection),
        *_defaults(connection),
        *_policies(connection),
        *_owners(connection),
        *schema_differences(connection, own_schemas(connection), left_schemas(connection)),
        *_triggers(connection),
        *_functions(connection),
        *differences_elsewhere(connection),
    ]


def put_right(connection: Connection, *, is_live: bool) -> None:
    """Undo what can be undone, each by itself: what the admin may not undo stays, and the next review says so."""
    for difference in differences(connection, is_live=is_live):
        for statement in difference.statements:
            try:
                with connection.transaction():
                    connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue


def _relations(connection: Connection) -> list[Relation]:
    return [Relation(*row) for row in connection.execute(RELATIONS, [list(SCHEMAS)]).fetchall()]


def _privileges(connection: Connection) -> Iterator[Difference]:
    wanted = declared(connection, connection.info.dbname, _relations(connection))
    values = {"schemas": [*SCHEMAS, "public"], "own": own_schemas(connection)}
    rows = connection.execute(PRIVILEGES, values).fetchall()
    held = {Privilege(*row) for row in rows}
    for extra in sorted(held - wanted):
        yield Difference(f"{_words(extra)}, which is not declared", (_statement("revoke", extra),))
    for missing in sorted(wanted - held):
        yield Difference(
            f"{_words(missing).replace(' may ', ' may not ')}, as declared", (_statement("grant", missing),)
        )


def _words(one: Privilege) -> str:
    of = f"column {one.column} of " if one.column else ""
    return f"{one.grantee} may {one.verb} {of}{KIND_WORDS.get(one.kind, one.kind)} {one.name}"


def _statement(verb: str, one: Privilege) -> sql.Composed:
    name = sql.SQL(one.name) if one.kind == "function" else sql.Identifier(*one.name.split("."))
    kind = sql.SQL("" if one.kind == "relation" else one.kind)
    what = sql.SQL(one.verb)
    if one.column:
        what = sql.SQL("{} ({})").format(what, sql.Identifier(one.column))  # type: ignore[assignment]
    grantee = sql.SQL("public") if one.grantee == "PUBLIC" else sql.Identifier(one.grantee)
    words = ("grant", "to", "") if verb == "grant" else ("revoke", "from", " cascade")
    return sql.SQL(f"{words[0]} {{}} on {{}} {{}} {words[1]} {{}}{words[2]}").format(what, kind, name, grantee)


def _defaults(connection: Connection) -> Iterator[Difference]:
    rows = connection.execute(DEFAULT_PRIVILEGES, {"creators": list(CREATORS), "schemas": list(SCHEMAS)}).fetchall()
    held = {(creator, schema, grantee, verb) for creator, schema, kind, grantee, verb in rows if kind == "r"}
    wanted = declared_defaults()
    for creator, schema, grantee, verb in sorted(held - wanted):
        where = sql.SQL("in schema {}").format(sql.Identifier(schema)) if schema else sql.SQL("")
        to = sql.SQL("public") if grantee == "PUBLIC" else sql.Identifier(grantee)
        yield Difference(
            f"{grantee} will get {verb} on tables that {creator} makes in {schema or 'any schema'}, not declared",
            (
                sql.SQL("alter default privileges for role {} {} revoke {} on tables from {}").format(
                    sql.Identifier(creator), where, sql.SQL(verb), to
                ),
            ),
        )
    for creator, schema, grantee, verb in sorted(wanted - held):
        yield Difference(f"{grantee} will not get {verb} on tables that {creator} makes in {schema}, as declared")


def _policies(connection: Connection) -> Iterator[Difference]:
    rows = connection.execute(CONDITIONS).fetchall()
    conditions: dict[tuple[str, str], str | None] = {(schema, table): said for schema, table, said in rows}
    for schema, table, is_on, is_forced, policies in connection.execute(POLICIES).fetchall():
        this = sql.Identifier(schema, table)
        if not is_on:
            yield Difference(
                f"row-level security of {schema}.{table} is off",
                (sql.SQL("alter table {} enable row level security").format(this),),
            )
        if schema == "control":
            continue
        if not is_forced:
            yield Difference(
                f"row-level security of {schema}.{table} does not hold for its owner",
                (sql.SQL("alter table {} force row level security").format(this),),
            )
        wanted = _wanted_policies(schema, table, conditions.get((schema, table)))
        for name in sorted({*policies, *wanted}):
            expected = wanted.get(name)
            if expected == policies.get(name) or (expected and expected["using"] is None):
                continue
            drop = sql.SQL("drop policy if exists {} on {}").format(sql.Identifier(name), this)
            said = "is not declared" if expected is None else "is gone" if name not in policies else "was changed"
            again = () if expected is None else (_create_policy(name, this, expected),)
            yield Difference(f"policy {name} of {schema}.{table} {said}", (drop, *again))


def _policy(verb: str, roles: list[str], using: str | None, check: str | None) -> dict[str, object]:
    return {"verb": verb, "permissive": True, "roles": roles, "using": using, "check": check}


def _wanted_policies(schema: str, table: str, condition: str | None) -> dict[str, dict[str, object]]:
    """Policies of a released table, of own school, or of projects, whose owner has the login's project's rows alone."""
    if schema == "released":
        return {
            "written_by_release": _policy("*", ["releaser"], "true", "true"),
            "read_by_readers": _policy("r", READERS, condition, None),
        }
    if schema == "own_school":
        return {
            "written_by_release": _policy("*", ["releaser"], "true", "true"),
            "read_by_head": _policy("r", ["dashboard"], condition, None),
        }
    written = {"written_by_build": _policy("*", ["transformer"], "true", "true")}
    if table == "degrees":
        return written
    own = "(project_name = access.current_project())"
    return written | {"read_by_project": _policy("r", [CONTROL_OWNER], own, None)}


def _create_policy(name: str, table: sql.Identifier, policy: dict[str, object]) -> sql.Composed:
    check = sql.SQL(" with check ({})").format(sql.SQL(str(policy["check"]))) if policy["check"] else sql.SQL("")
    roles = policy["roles"]
    assert isinstance(roles, list)
    return sql.SQL("create policy {} on {} for {} to {} using ({}){}").format(
        sql.Identifier(name), table, sql.SQL("all" if policy["verb"] == "*" else "select"),
        sql.SQL(", ").join(map(sql.Identifier, roles)), sql.SQL(str(policy["using"])), check,
    )  # fmt: skip


def _owners(connection: Connection) -> Iterator[Difference]:
    for relation in _relations(connection):
        schema = SCHEMAS[relation.schema]
        if relation.owner not in (schema.owner, *schema.create):
            yield Difference(f"{relation.owner} owns {relation.schema}.{relation.name}, which is not declared")
    rows = connection.execute(
        "select nspname, pg_get_userbyid(nspowner) from pg_catalog.pg_namespace where nspname = any(%s) order by 1",
        [list(SCHEMAS)],
    ).fetchall()
    for name, owner in rows:
        if owner != SCHEMAS[name].owner:
            change = sql.SQL("alter schema {} owner to {}").format(
                sql.Identifier(name), sql.Identifier(SCHEMAS[name].owner)
            )
            yield Difference(f"{owner} owns schema {name}, which is {SCHEMAS[name].owner}'s", (change,))


def _triggers(connection: Connection) -> Iterator[Difference]:
    rows = connection.execute(
        "select n.nspname, c.relname, t.tgname from pg_catalog.pg_trigger as t "
        "inner join pg_catalog.pg_class as c on c.oid = t.tgrelid "
        "inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace "
        "where n.nspname in ('access', 'control') and not t.tgisinternal "
        "and t.tgenabled not in ('O', 'A') order by 1, 2, 3"
    ).fetchall()
    for schema, table, trigger in rows:
        change = sql.SQL("alter table {} enable trigger {}").format(
            sql.Identifier(schema, table), sql.Identifier(trigger)
        )
        yield Difference(f"trigger {trigger} of {schema}.{table} is off", (change,))


FUNCTIONS = """
select md5(string_agg(pg_get_functiondef(p.oid), '' order by p.oid::regprocedure::text))
from pg_catalog.pg_proc as p
where p.pronamespace in (to_regnamespace('access'), to_regnamespace('control'), to_regnamespace('projects'))
"""


def _functions(connection: Connection) -> Iterator[Difference]:
    row = connection.execute("select functions from control.provisioning").fetchone()
    now = connection.execute(FUNCTIONS).fetchone()
    if row and row[0] and now and row[0] != now[0]:
        yield Difference("functions of access, control or projects are not as `warehouse up` made them")
