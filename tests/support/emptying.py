"""Tables without rows, as on the first day.

``truncate`` gives each table, index and overflow a new file, and makes 300 of them for one test; a file system that has
just deleted as many takes longer for that than the test for its work. Rows of tests are few, so they are deleted.
"""

from collections.abc import Sequence

import psycopg

EMPTY = """
do $empty$
declare one regclass;
begin
    set local session_replication_role = replica; -- no foreign keys and no triggers that guard the rows
    for one in
        with recursive referring (oid) as (
            select unnest(array[{tables}]::regclass[])
            union
            select pg_constraint.conrelid::regclass
            from pg_constraint
            inner join referring on pg_constraint.confrelid = referring.oid
            where pg_constraint.contype = 'f'
        )
        select referring.oid from referring
    loop
        execute format('delete from %s', one);
        perform setval(pg_depend.objid::regclass, 1, false)
        from pg_depend
        inner join pg_class on pg_class.oid = pg_depend.objid and pg_class.relkind = 'S'
        where pg_depend.refobjid = one and pg_depend.refclassid = 'pg_class'::regclass and {restarts};
    end loop;
end
$empty$
"""


def empty_tables(connection: psycopg.Connection, tables: Sequence[str], restarts: bool = False) -> None:
    """Delete all rows of tables, and of those that refer to them; with ``restarts`` numbers begin at 1 again.

    The connection is a superuser's.
    """
    names = ", ".join(f"'{table}'" for table in tables)
    connection.execute(EMPTY.format(tables=names, restarts=str(restarts).lower()).encode())
