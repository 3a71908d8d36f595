"""What stands in ``raw`` and among the openings, held against what files held when they were read."""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from orchestration.contracts import Contract
from orchestration.contracts.contents import row_in_postgres
from orchestration.seals.check import NO_MONTH, Broken, Scope

MARKS = "attendance"
"""The feed whose rows are hashed as integers: 26.7 million a year in a large city."""
OF_MARKS = """
select counted._file_id, counted.seed_code, sum(counted.row_count),
    sum(counted.products * control.code_hash(counted.attendance_code, counted.salt))
from (
    select attendance._file_id, attendance.seed_code, attendance.attendance_code, salts.salt, count(*) as row_count,
        sum(
            control.mark_hash(_row_number, recorded_at, attendance_date, opening, salts.salt)
            * control.number_hash(scn, salts.salt)
        ) as products
    from raw.attendance cross join raw.content_salt as salts
    where attendance._file_id = any(%(files)s)
    group by 1, 2, 3, 4
) as counted
group by 1, 2
"""
LANDED = """
select files.file_id, coalesce(file_years.academic_year, '')
from control.files
inner join control.deliveries on files.delivery_id = deliveries.delivery_id
left join control.file_years on files.file_id = file_years.file_id
where files.feed = %(feed)s and files.status = 'landed'
    and deliveries.local_authority_code = any(%(authorities)s)
"""
OPENINGS = """
with marks as (
    select _file_id, seed_code, attendance_code, _row_number, recorded_at, attendance_date, opening,
        control.number_hash(-pupil_id, salt) as person
    from canonical.attendance_openings cross join raw.content_salt
    where local_authority_code = any(%(authorities)s)
    union all
    select _file_id, seed_code, attendance_code, _row_number, recorded_at, attendance_date, opening,
        coalesce(control.number_hash(-pupil_id, salt), control.number_hash(scn, salt))
    from canonical.attendance_set_aside cross join raw.content_salt
    where local_authority_code = any(%(authorities)s)
),

by_code as (
    select _file_id as file_id, seed_code, attendance_code, salt, count(*) as row_count,
        sum(control.mark_hash(_row_number, recorded_at, attendance_date, opening, salt) * person) as products
    from marks cross join raw.content_salt
    group by 1, 2, 3, 4
),

standing as (
    select file_id, seed_code, sum(row_count) as row_count,
        sum(products * control.code_hash(attendance_code::text, salt)) as content
    from by_code
    group by 1, 2
),

counted as (
    select raw_counts.* from control.raw_counts
    inner join control.files_in_force using (file_id)
    where files_in_force.feed = 'attendance' and raw_counts.local_authority_code = any(%(authorities)s)
)

select coalesce(counted.local_authority_code, ''), coalesce(counted.academic_year, ''), seed_code,
    coalesce(counted.row_count, 0), coalesce(standing.row_count, 0)
from counted full join standing using (file_id, seed_code)
where (coalesce(counted.row_count, 0), coalesce(counted.resolved_content, 0))
    <> (coalesce(standing.row_count, 0), coalesce(standing.content, 0))
order by 1, 2, 3
"""


def raw_contents(
    connection: psycopg.Connection, contract: Contract, files: Sequence[int]
) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Rows and content, by file and SEED code, of what stands in ``raw`` now."""
    query: sql.SQL | sql.Composed = sql.SQL(OF_MARKS)
    if contract.feed != MARKS:
        query = sql.SQL(
            "select _file_id, {seed}, count(*), sum({row}) from {table} cross join raw.content_salt as salts "
            "where _file_id = any(%(files)s) group by 1, 2"
        ).format(
            seed=sql.SQL("coalesce(seed_code, 0)" if contract.has_establishment else "0"),
            row=sql.SQL(row_in_postgres(contract, contract.feed, "salts.salt")),
            table=sql.Identifier("raw", contract.feed),
        )
    rows = connection.execute(query, {"files": list(files)}).fetchall()
    return {(int(file_id), int(code)): (int(count), int(content)) for file_id, code, count, content in rows}


def broken_contents(connection: psycopg.Connection, contract: Contract, scopes: Sequence[Scope]) -> list[Broken]:
    """Establishments of landed files whose rows in ``raw`` are not those that the file held, in these scopes."""
    authorities = sorted({scope.local_authority_code for scope in scopes})
    found = connection.execute(LANDED, {"feed": contract.feed, "authorities": authorities}).fetchall()
    years = {int(file_id): str(year) for file_id, year in found}
    standing = raw_contents(connection, contract, list(years))
    rows = connection.execute(
        "select file_id, seed_code, file_establishments.rows_accepted, content, local_authority_code "
        "from control.file_establishments "
        "inner join control.files using (file_id) inner join control.deliveries using (delivery_id) "
        "where file_id = any(%s) and content is not null",
        [list(years)],
    ).fetchall()
    held = {(int(row[0]), int(row[1])): (int(row[2]), int(row[3])) for row in rows}
    authority_of = {int(row[0]): str(row[4]) for row in rows}
    nothing = (0, 0)
    return [
        Broken(
            f"raw.{contract.feed}",
            "file to raw",
            authority_of.get(file_id, ""),
            years[file_id],
            str(seed_code) if seed_code else "",
            NO_MONTH,
            held.get((file_id, seed_code), nothing)[0],
            standing.get((file_id, seed_code), nothing)[0],
        )
        for file_id, seed_code in sorted(held.keys() | standing.keys())
        if held.get((file_id, seed_code), nothing) != standing.get((file_id, seed_code), nothing)
        and file_id in authority_of
    ]


def broken_openings(connection: psycopg.Connection, scopes: Sequence[Scope]) -> list[Broken]:
    """Establishments of files in force whose marks, counted or set aside, are not those that raw was scanned with."""
    authorities = sorted({scope.local_authority_code for scope in scopes})
    rows = connection.execute(OPENINGS, {"authorities": authorities}).fetchall()
    return [
        Broken("canonical.attendance_openings", "raw to canonical", row[0], row[1], str(row[2]), NO_MONTH, *row[3:])
        for row in rows
    ]
