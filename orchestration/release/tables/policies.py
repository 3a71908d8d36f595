"""Which rows of a released table a reader sees, as the condition of its row-level policy.

The form follows from the table's contract alone. Every look-up is a scalar sub-select, so that it runs once per
query and not once per row (a million rows: 1.6 ms against 4 s). Council and SEED code are asked for besides the
school although the school says it all: they are in the key, so that with many councils a head of three schools
reads a table of a million rows in 16 ms and not in 370.

A reader sees rows
- of a school with the scope of its authority, or of the school itself (in any sector, where the table has none);
  where the row adds up its cluster, only if that rests on at least two schools besides the reader's own
- of an authority that say on how many schools they rest with the scope of the authority, or as a reader of schools
  in it if none of these is in the row or at least two others are
- of an authority that do not say it with the scope of the authority, or as a reader of schools in it if the
  contract names them as ``shared``
- of nobody (code lists, national figures) as any reader
"""

from psycopg import sql

from orchestration.release.tables.contracts import ReleaseContract

WHOLE = ("", "all")
"""What stands in ``seed_code`` where a row is about the whole authority."""

ABOUT_OTHERS = ("cluster_attendance",)
"""Kinds whose rows belong to a school and add up several: who sees all of these but one would have its figures."""

AUTHORITY = "local_authority_code = any((select access.reader_authorities())::text[])"
COUNCIL = "local_authority_code = any((select access.reader_councils())::text[])"
SCHOOL = "(seed_code || ' ' || sector) = any((select access.reader_schools())::text[])"
SEED_CODE = "seed_code = any((select access.reader_seed_codes())::text[])"
READER = "(select access.current_reader()) is not null"
FLOOR = (
    "coalesce(schools_counted, 0) >= coalesce(((select access.reader_floors())::jsonb "
    "->> (local_authority_code || ' ' || {sector}))::integer, 0)"
)
# persistent absence says in two columns what its row is of; whatever is of no sector is of all
BY_BREAKDOWN = (
    "case when breakdown = 'sector' then value "
    "when breakdown = 'stage' and value ~ '^P[1-7]$' then 'primary' "
    "when breakdown = 'stage' and value ~ '^S[1-6]$' then 'secondary' "
    "when breakdown = 'stage' and value = 'SP' then 'special' "
    "else 'all' end"
)


def read_policy(contract: ReleaseContract) -> str:
    """The SQL condition under which a reader sees a row of the contract's table."""
    names = {column.name for column in contract.released_columns}
    if "local_authority_code" not in names:
        return READER
    whole = _whole(contract, names)
    if "seed_code" not in names:
        return " or ".join(filter(None, (AUTHORITY, whole)))
    own = f"({COUNCIL} and {SEED_CODE} and {SCHOOL})" if "sector" in names else f"({COUNCIL} and {SEED_CODE})"
    if contract.kind in ABOUT_OTHERS:
        own = f"({own} and {FLOOR.format(sector='sector')})"
    conditions = [AUTHORITY, own]
    if whole:
        listed = ", ".join(_literal(value) for value in WHOLE)
        conditions.append(f"(seed_code in ({listed}) and {whole})")
    return " or ".join(conditions)


def _whole(contract: ReleaseContract, names: set[str]) -> str | None:
    """What of a whole authority a reader with a school in it sees; None: nothing."""
    if "schools_counted" in names:
        has_breakdown = {"breakdown", "value"} <= names
        sector = BY_BREAKDOWN if has_breakdown else "sector" if "sector" in names else "'all'"
        return f"({COUNCIL} and {FLOOR.format(sector=sector)})"
    if contract.shared == ("*",):
        return COUNCIL
    if contract.shared:
        column, *values = contract.shared
        listed = ", ".join(_literal(value) for value in values)
        return f"({COUNCIL} and {sql.Identifier(column).as_string()} in ({listed}))"
    return None


def _literal(value: str) -> str:
    return sql.Literal(value).as_string()
