"""What each role may do with each object, as declared: ``roles`` and the grants written in ``ddl/*.sql``.

A privilege is a row (kind of object, object, column or none, grantee, verb). What an object's owner may do with it is
not listed.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from psycopg import Connection

from orchestration.database.door import LOGINS_READ_AS
from orchestration.database.own_schemas import VERBS
from orchestration.database.personal import standing_schemas
from orchestration.database.roles import DEFAULTS, GROUPS, LOGINS, PROCESSES, SCHEMAS, SINGLE_TABLES

DDL = Path(__file__).parent / "ddl"
GRANT = re.compile(r"^\s*grant\s+(.+?)\s+on\s+(function\s+)?(.+?)\s+to\s+(.+?)\s*$", re.DOTALL | re.IGNORECASE)
VERB = re.compile(r"([a-z]+)\s*(?:\(([^)]*)\))?")


class Privilege(NamedTuple):
    """One thing that one grantee may do with one object."""

    kind: str
    name: str
    column: str
    grantee: str
    verb: str


class Relation(NamedTuple):
    """A table, view or sequence of our schemas."""

    schema: str
    name: str
    owner: str


def declared(connection: Connection, database: str, relations: Iterable[Relation]) -> set[Privilege]:
    """Every privilege that is declared of the database, its schemas and the relations and functions that are there.

    In: a connection for looking up signatures, the database's name, and the relations that stand.
    """
    found = {Privilege("database", database, "", name, "CONNECT") for name in (*_direct_logins(), *GROUPS)}
    found |= {Privilege("database", database, "", name, "TEMPORARY") for name in PROCESSES}
    for name, schema in SCHEMAS.items():
        found |= {Privilege("schema", name, "", grantee, "USAGE") for grantee in schema.use if grantee != schema.owner}
        found |= {
            Privilege("schema", name, "", grantee, "CREATE") for grantee in schema.create if grantee != schema.owner
        }
    found |= {Privilege("schema", name, "", name, verb) for name in standing_schemas(connection) for verb in VERBS}
    written = _written()
    for relation in relations:
        found |= _of_relation(relation, written)
    return found | _of_functions(connection, written)


def declared_defaults() -> set[tuple[str, str, str, str]]:
    """Default privileges on tables: (creator, schema, grantee, verb)."""
    return {
        (default.creator, default.schema, grantee, verb)
        for default in DEFAULTS
        for grantee in default.grantees
        for verb in _verbs(default.privileges)
    }


def _direct_logins() -> list[str]:
    return [name for name, role in LOGINS.items() if role.group is None]


def _verbs(privileges: str) -> list[str]:
    return [verb.strip().upper() for verb in privileges.split(",")]


def _of_relation(relation: Relation, written: tuple[Privilege, ...]) -> set[Privilege]:
    name = f"{relation.schema}.{relation.name}"
    found = {
        Privilege("relation", name, "", grantee, verb)
        for default in DEFAULTS
        if (default.creator, default.schema) == (relation.owner, relation.schema)
        for grantee in default.grantees
        for verb in _verbs(default.privileges)
    }
    single = SINGLE_TABLES.get((relation.schema, relation.name), ())
    found |= {Privilege("relation", name, "", grantee, "SELECT") for grantee in single}
    found |= {one for one in written if one.kind == "relation" and one.name == name}
    return {one for one in found if one.grantee != relation.owner}


def _of_functions(connection: Connection, written: tuple[Privilege, ...]) -> set[Privilege]:
    functions = [one for one in written if one.kind == "function"]
    rows = connection.execute(
        "select signature, to_regprocedure(signature)::text from unnest(%s::text[]) as signature",
        [sorted({one.name for one in functions})],
    ).fetchall()
    known = {signature: name for signature, name in rows if name is not None}
    found = {one._replace(name=known[one.name]) for one in functions if one.name in known}
    doors = connection.execute(
        "select oid::regprocedure::text from pg_catalog.pg_proc where pronamespace = to_regnamespace('released')"
    ).fetchall()
    found |= {Privilege("function", door, "", role, "EXECUTE") for (door,) in doors for role in LOGINS_READ_AS}
    return found


@lru_cache
def _written() -> tuple[Privilege, ...]:
    found: set[Privilege] = set()
    for path in sorted(DDL.glob("*.sql")):
        text = re.sub(r"\$\$.*?\$\$", "''", path.read_text(), flags=re.DOTALL)
        text = re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"--[^\n]*", "", text))
        for statement in text.split(";"):
            match = GRANT.match(statement)
            if match:
                found |= _of_grant(*match.groups())
    return tuple(sorted(found))


def _of_grant(verbs: str, function: str | None, names: str, grantees: str) -> set[Privilege]:
    kind = "function" if function else "relation"
    objects = re.findall(r"[a-z_]+\.[a-z_]+(?:\([^)]*\))?", names)
    return {
        Privilege(kind, name, column.strip(), grantee.strip(), verb.upper())
        for verb, columns in VERB.findall(verbs)
        for column in (columns.split(",") if columns else [""])
        for name in objects
        for grantee in grantees.split(",")
    }
