"""Schemas in which analysts keep tables of their own, such as a list of schools: one for each login, of its name.

The schema belongs to the warehouse, so a login may make and drop tables in it and let nobody else in: a grant on such a
table reaches nobody who may not look into the schema. What stands there was read through the doors of ``aggregated``
and is as the login has seen it; the nightly run, release and pages read none of it, and a backup leaves it out, because
a restore would run what its tables carry as a superuser.
"""

from collections.abc import Iterable, Iterator

from psycopg import Connection, sql

from orchestration.database.found import Difference
from orchestration.database.roles import CONTROL_OWNER, OWN_BYTES

VERBS = ("USAGE", "CREATE")
STANDING = """
select
    n.nspname, pg_get_userbyid(n.nspowner),
    coalesce((
        select sum(pg_total_relation_size(c.oid)) from pg_catalog.pg_class as c
        where c.relnamespace = n.oid and c.relkind in ('r', 'm')
    ), 0)::bigint
from pg_catalog.pg_namespace as n where n.nspname = any(%s) order by 1
"""
OTHERS = """
select c.relname, pg_get_userbyid(c.relowner) from pg_catalog.pg_class as c
where c.relnamespace = to_regnamespace(%s) and pg_get_userbyid(c.relowner) <> %s and c.relkind in ('r', 'v', 'm', 'p')
order by 1
"""


def statements(name: str) -> tuple[sql.Composed, ...]:
    """What makes the schema of a login; each may be run again and again."""
    this = sql.Identifier(name)
    owner = sql.Identifier(CONTROL_OWNER)
    words = f"Tables that the login {name} has made for itself. Nobody else reads them."
    return (
        sql.SQL("create schema if not exists {} authorization {}").format(this, owner),
        sql.SQL("comment on schema {} is {}").format(this, sql.Literal(words)),
        sql.SQL("revoke all on schema {} from public").format(this),
        sql.SQL("grant usage, create on schema {} to {}").format(this, this),
    )


def make_schema(connection: Connection, name: str) -> None:
    """Make the schema of a login that is there already. In: the admin's connection."""
    for statement in statements(name):
        connection.execute(statement)


def drop_schema(connection: Connection, name: str) -> None:
    """Drop the schema of a login with all that is in it, when the login is over. In: the admin's connection."""
    connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name)))


def schema_differences(connection: Connection, names: Iterable[str], left: Iterable[str]) -> Iterator[Difference]:
    """Schemas of logins that are missing, belong to somebody else, hold others' tables, are too large, or are left.

    In: the logins that have one, and the schemas of logins that are over.
    """
    wanted = sorted(names)
    for name in left:
        drop = sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(name))
        yield Difference(f"the tables of {name}, whose login is over, are still there", (drop,))
    standing = {name: (owner, size) for name, owner, size in connection.execute(STANDING, [wanted]).fetchall()}
    for name in wanted:
        if name not in standing:
            yield Difference(f"{name} has no schema for its own tables, as declared", statements(name))
            continue
        owner, size = standing[name]
        if owner != CONTROL_OWNER:
            change = sql.SQL("alter schema {} owner to {}").format(sql.Identifier(name), sql.Identifier(CONTROL_OWNER))
            yield Difference(f"{owner} owns schema {name}, which is {CONTROL_OWNER}'s", (change,))
        if size > OWN_BYTES:
            yield Difference(
                f"{name} keeps {size // 1_000_000} MB in its own tables, more than {OWN_BYTES // 1_000_000} MB: ask"
            )
        for table, by in connection.execute(OTHERS, [name, name]).fetchall():
            yield Difference(f"{by} owns {name}.{table}, which is not declared")
