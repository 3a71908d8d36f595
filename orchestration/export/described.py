"""What a mart is, as its reader may know it: columns, types, units, key, and on which release its rows stand.

Read through the same doors as the rows, so a login learns of its own authority alone. Descriptions are the comments of
the views; units and keys stand in ``aggregated.data_dictionary``, which is released with the marts. Of marts that it
does not have (those of declared subjects), types and keys are those of their tables, as the catalogue tells everybody.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psycopg

from orchestration.errors import WarehouseError
from orchestration.meant import meant
from orchestration.release.tables.provision import RELEASES

VIEWS = """
select c.relname, coalesce(obj_description(c.oid, 'pg_class'), '')
from pg_catalog.pg_class as c
where c.relnamespace = to_regnamespace('aggregated') and c.relkind = 'v' and has_table_privilege(c.oid, 'select')
order by 1
"""
COLUMNS = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), coalesce(col_description(c.oid, a.attnum), '')
from pg_catalog.pg_attribute as a
inner join pg_catalog.pg_class as c on c.oid = a.attrelid
where c.relnamespace = to_regnamespace('aggregated') and c.relkind = 'v' and a.attnum > 0 and not a.attisdropped
order by c.relname, a.attnum
"""
DICTIONARY = "select mart, column_name, data_type, unit, key_position from aggregated.data_dictionary"
TABLES = """
select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), null, array_position(k.conkey, a.attnum)
from pg_catalog.pg_attribute as a
inner join pg_catalog.pg_class as c on c.oid = a.attrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
left join pg_catalog.pg_constraint as k on k.conrelid = c.oid and k.contype = 'p'
where n.nspname = 'released' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
STANDING = """
select local_authority_code, release_id, data_as_at, released_at, code_version, deliveries, label
from aggregated.releases order by local_authority_code
"""


class ExportError(WarehouseError):
    """A mart cannot be exported as asked: the message says which, and what may have been meant."""


@dataclass(frozen=True)
class Column:
    """A column as readers see it: its PostgreSQL type, what it means, its unit if it has one, and its place in the key.

    ``key_position`` counts from 1; None where the column is no part of the key.
    """

    name: str
    data_type: str
    description: str
    unit: str | None
    key_position: int | None


@dataclass(frozen=True)
class Mart:
    """A released mart as one reader sees it: its name, one line of description, and its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the key's columns, in the key's order; empty where it has none."""
        found = [(column.key_position, column.name) for column in self.columns if column.key_position is not None]
        return tuple(name for _, name in sorted(found))


@dataclass(frozen=True)
class Standing:
    """The release of one authority on which exported rows stand: ``data_as_at`` is the last day that is in it."""

    local_authority_code: str
    release_id: int
    data_as_at: dt.date | None
    released_at: dt.datetime
    code_version: str
    deliveries: tuple[str, ...]
    label: str


def known_marts(connection: psycopg.Connection) -> dict[str, Mart]:
    """Every mart that the reader of this connection may read, by name. Look-ups of the catalogue, and one reading."""
    marked = {
        (mart, column): (data_type, unit, position)
        for query in (TABLES, DICTIONARY)
        for mart, column, data_type, unit, position in connection.execute(query).fetchall()
    }
    marked |= {
        (RELEASES.mart, column.name): (
            column.data_type, None, RELEASES.keys.index(column.name) + 1 if column.name in RELEASES.keys else None,
        )
        for column in RELEASES.columns
    }  # fmt: skip
    columns: dict[str, list[Column]] = {}
    for mart, name, found, description in connection.execute(COLUMNS).fetchall():
        data_type, unit, position = marked.get((mart, name), (found, None, None))
        # a view over a function has lost how many digits a number has; the dictionary has not
        wanted = data_type if found == "numeric" and str(data_type).startswith("numeric") else found
        columns.setdefault(mart, []).append(Column(name, wanted, description, unit, position))
    return {
        name: Mart(name, description, tuple(columns[name]))
        for name, description in connection.execute(VIEWS).fetchall()
    }


def chosen(known: Mapping[str, Mart], names: Iterable[str]) -> list[Mart]:
    """The marts of these names, each once, by name. Raises ``ExportError`` naming all that are not there."""
    wanted = sorted(set(names))
    unknown = [f"there is no mart {name}{meant(name, known)}" for name in wanted if name not in known]
    if unknown:
        raise ExportError(f"{'; '.join(unknown)}. `warehouse export --list` lists what there is.")
    return [known[name] for name in wanted]


def standing_releases(connection: psycopg.Connection) -> list[Standing]:
    """The current release of each authority that the reader sees. Raises ``ExportError`` where there is none."""
    found = [
        Standing(code, release_id, as_at, released_at, version, tuple(deliveries or ()), label or "")
        for code, release_id, as_at, released_at, version, deliveries, label in connection.execute(STANDING).fetchall()
    ]
    if not found:
        raise ExportError(
            "this login sees no release: nothing has been released of its authority yet, or its scope has ended "
            "(`warehouse access list --all`)."
        )
    return found
