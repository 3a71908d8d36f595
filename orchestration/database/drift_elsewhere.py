"""Rights and ownership outside the warehouse's own schemas: none of its roles and no login has any by itself.

PostgreSQL's own functions and catalogues, other databases, tablespaces, parameters, large objects, foreign servers:
what was given there to a role of ours, or belongs to one, is a difference. What a superuser keeps for processes when it
is taken from readers is declared (``grants.NOT_FOR_READERS``). What a login grants on tables of its own reaches nobody
who may not look into its schema, which is declared (``own_schemas``).
"""

from collections.abc import Iterator

from psycopg import Connection, sql

from orchestration.database.found import Difference
from orchestration.database.grants import NOT_FOR_READERS
from orchestration.database.personal import logins, own_schemas
from orchestration.database.roles import GROUPS, LOGINS, OWNERS, PROCESSES, SCHEMAS

KEPT_BY = (*PROCESSES, "steward", "auditor")
ELSEWHERE = """
select distinct
    roles.rolname, held.deptype::text = 'o', known.type, known.identity,
    held.classid = 'pg_proc'::regclass and held.objid::regprocedure::text = any(%(kept)s)
from pg_catalog.pg_shdepend as held
inner join pg_catalog.pg_roles as roles on roles.oid = held.refobjid
cross join lateral pg_identify_object(held.classid, held.objid, 0) as known
where held.refclassid = 'pg_authid'::regclass and held.deptype in ('a', 'o') and roles.rolname = any(%(ours)s)
    and held.dbid in (0, (select oid from pg_catalog.pg_database where datname = current_database()))
    and held.classid not in ('pg_auth_members'::regclass, 'pg_default_acl'::regclass)
    and not (held.classid = 'pg_database'::regclass and known.identity = quote_ident(current_database()))
    and not (held.classid = 'pg_namespace'::regclass and known.identity = any(%(schemas)s))
    and coalesce(known.schema, '') <> all(%(schemas)s::text [] || %(own)s::text [])
    and not (held.classid = 'pg_namespace'::regclass and known.identity = any(%(own)s))
order by 1, 3, 4
"""
# kinds as PostgreSQL names an object, and as REVOKE does
KINDS = {
    "table": "table",
    "view": "table",
    "materialized view": "table",
    "foreign table": "table",
    "sequence": "sequence",
    "function": "function",
    "procedure": "procedure",
    "aggregate": "function",
    "type": "type",
    "schema": "schema",
    "database": "database",
    "language": "language",
    "tablespace": "tablespace",
    "server": "foreign server",
    "foreign-data wrapper": "foreign data wrapper",
    "large object": "large object",
    "parameter ACL": "parameter",
}


def differences_elsewhere(connection: Connection) -> Iterator[Difference]:
    """What a role or login of the warehouse has beyond its schemas, and what takes it away."""
    ours = [*OWNERS, *GROUPS, *LOGINS, *(login.name for login in logins(connection))]
    kept = [signature for (signature,) in connection.execute(NOT_FOR_READERS).fetchall()]
    values = {"ours": ours, "schemas": [*SCHEMAS, "public"], "own": own_schemas(connection), "kept": kept}
    for role, is_owner, kind, identity, is_kept in connection.execute(ELSEWHERE, values).fetchall():
        if is_owner:
            yield Difference(f"{role} owns {kind} {identity}, which is not declared")
            continue
        if is_kept and role in KEPT_BY:
            continue
        what = KINDS.get(kind)
        undo = sql.SQL(f"revoke all on {what} {identity} from {{}} cascade").format(sql.Identifier(role))
        yield Difference(
            f"{role} has a right to {what or kind} {identity}, which is not declared", (undo,) if what else ()
        )
