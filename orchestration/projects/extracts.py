"""Extracts of projects, written anew by each build where something has changed: one transaction for each project.

Under the project's own tokens, which the vault has, and in their order; at the base school of each year, so that a
pupil has one row a year, and openings over all schools of the council. What speaks against an authority's figures, a
failed test or a broken seal, holds back its projects too: what stands stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database import advisory_lock, connect
from orchestration.identity import ANALYTICS, project_domain
from orchestration.projects.alike import PEOPLE, Likeness, Step, raise_to_bar
from orchestration.projects.columns import Detail, Wanted, offer
from orchestration.settings import Settings

BUILDER = "transformer"
IN_FORCE = """
select project_name, local_authority_code, subjects from access.project_states where state = 'in force' order by 1
"""
HELD = """
select case
    when not exists (select from control.build_state) then 'nothing has been built yet'
    when exists (select from control.failed_tests) then 'a test of the layers failed'
    when exists (select from control.broken_seals where local_authority_code in (%s, '')) then
        'rows of its council are not what was written'
end
"""
UNKNOWN, OTHER = "unknown", "other"


@dataclass(frozen=True)
class Built:
    """What became of one project: its likeness, rows now in its extract, whether they changed, or why it stands."""

    project: str
    likeness: Likeness | None = None
    rows: int = 0
    has_changed: bool = False
    held: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of extracts with its key besides the project, the columns of this project, and the query of its rows."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: sql.Composed


def build_extracts(settings: Settings) -> list[Built]:
    """Bring the extract of every project in force up to the build, and delete what is left of the others.

    Raises ProjectError where a pupil would be under the bar.
    """
    with connect(settings, BUILDER) as connection, advisory_lock(connection, "build"):
        projects = connection.execute(IN_FORCE).fetchall()
        _delete_others(connection, [name for name, _, _ in projects])
        connection.commit()
        found = []
        for name, authority, subjects in projects:
            found.append(_build(connection, str(name), str(authority), list(subjects)))
            connection.commit()
        return found


def _build(connection: Connection, name: str, authority: str, subjects: list[str]) -> Built:
    row = connection.execute(HELD, [authority]).fetchone()
    held = str(row[0]) if row and row[0] else None
    if held is None and not _has_tokens(connection, name, authority):
        held = "its pupils have no tokens yet"
    if held is not None:
        return Built(name, held=f"{held}: the extract stays as it was")
    wanted = [
        Wanted(*one)
        for one in connection.execute(
            "select column_name, detail, reason from access.project_columns where project_name = %s order by 1", [name]
        ).fetchall()
    ]
    offered = offer()
    chosen = {
        one.column: offered.pupils[one.column].from_detail(one.detail) for one in wanted if one.column in offered.pupils
    }
    _take_people(connection, authority, chosen)
    identifying = [column for column in offered.pupils if column in chosen and offered.pupils[column].identifies]
    steps = [step for column in identifying for step in _steps(column, len(chosen[column]))]
    likeness = raise_to_bar(connection, identifying, steps, offered.smallest_group)
    connection.execute(
        "insert into control.project_measures (project_name, quasi_identifiers, smallest_group, pupils, unique_before, "
        "few_before, unique_after, generalised, withheld) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [name, identifying, offered.smallest_group, likeness.pupils, likeness.unique_before, likeness.few_before,
         likeness.unique_after, likeness.generalised, likeness.withheld],
    )  # fmt: skip
    tables = [_pupils(name, tuple(chosen))]
    tables += [_amounts(name, authority, subject, {one.column for one in wanted}) for subject in subjects]
    written = [_write(connection, name, table) for table in tables]
    connection.execute(sql.SQL("drop table {}").format(PEOPLE))
    return Built(name, likeness, sum(count for count, _ in written), any(changed for _, changed in written))


def _has_tokens(connection: Connection, name: str, authority: str) -> bool:
    """Whether every pupil of the council has a token of the project (given before the layers are built)."""
    row = connection.execute(
        """
        select bool_and(own.token is not null)
        from (select distinct pupil_token from pseudonymised.pupil_years where local_authority_code = %s) as pupils
        left join vault.tokens as tokens on tokens.domain = %s and tokens.token = pupils.pupil_token
        left join vault.tokens as own on own.domain = %s and own.pupil_id = tokens.pupil_id
        """,
        [authority, ANALYTICS, project_domain(name)],
    ).fetchone()
    return row is not None and row[0] is not False


def _value(detail: Detail) -> sql.Composable:
    """The text of a detail: never null, and what is in no group of values is ``other``."""
    text = sql.SQL("pupil_years.{}::text").format(sql.Identifier(detail.source))
    if detail.values is None:
        return sql.SQL("coalesce({}, {})").format(text, sql.Literal(UNKNOWN))
    cases = sql.SQL(" ").join(
        sql.SQL("when {} = any({}) then {}").format(text, sql.Literal(values), sql.Literal(name))
        for name, values in detail.values.items()
    )
    return sql.SQL("case {} when coalesce({}, {unknown}) = {unknown} then {unknown} else {} end").format(
        cases, text, sql.Literal(OTHER), unknown=sql.Literal(UNKNOWN)
    )


def _take_people(connection: Connection, authority: str, chosen: dict[str, list[Detail]]) -> None:
    """Make ``PEOPLE``: a column in the project's detail under its name, the coarser ones as ``name:1`` and so on."""
    columns = [
        sql.SQL("{} as {}").format(_value(detail), sql.Identifier(f"{column}:{degree}" if degree else column))
        for column, details in chosen.items()
        for degree, detail in enumerate(details)
    ]
    connection.execute(
        sql.SQL(
            "create temporary table project_people on commit drop as "
            "select distinct on (pupil_years.pupil_token, pupil_years.academic_year) "
            "pupil_years.pupil_token as person, pupil_years.academic_year, false as is_generalised{columns} "
            "from pseudonymised.pupil_years where pupil_years.local_authority_code = {authority} "
            "order by pupil_years.pupil_token, pupil_years.academic_year, "
            "pupil_years.is_persistent_absence_school desc, pupil_years.seed_code"
        ).format(
            columns=sql.SQL("").join(sql.SQL(", {}").format(one) for one in columns), authority=sql.Literal(authority)
        )
    )
    connection.execute(sql.SQL("analyze {}").format(PEOPLE))


def _steps(column: str, details: int) -> list[Step]:
    return [*(Step(column, f"{column}:{degree}") for degree in range(1, details)), Step(column, None)]


def _own_tokens(name: str) -> sql.Composed:
    return sql.SQL(
        "inner join vault.tokens as tokens on tokens.domain = {} and tokens.token = people.person "
        "inner join vault.tokens as own on own.domain = {} and own.pupil_id = tokens.pupil_id"
    ).format(sql.Literal(ANALYTICS), sql.Literal(project_domain(name)))


def _pupils(name: str, columns: tuple[str, ...]) -> Table:
    listed = sql.SQL("").join(sql.SQL(", people.{}").format(sql.Identifier(column)) for column in columns)
    rows = sql.SQL("select own.token as pupil_token, people.academic_year{} from {} as people {}").format(
        listed, PEOPLE, _own_tokens(name)
    )
    return Table("pupils", ("pupil_token", "academic_year"), columns, rows)


def _amounts(name: str, authority: str, subject: str, wanted: set[str]) -> Table:
    """A subject's rows of the pupils and years that the extract has, added up over the council's schools."""
    declared = offer().subjects[subject]
    columns = tuple(column for column in declared.columns if column in wanted)
    sums = sql.SQL("").join(
        sql.SQL(", sum(amounts.{one})::integer as {one}").format(one=sql.Identifier(c)) for c in columns
    )
    rows = sql.SQL(
        "select own.token as pupil_token, amounts.month, amounts.academic_year{sums} from {source} as amounts "
        "inner join {people} as people on people.person = amounts.pupil_token "
        "and people.academic_year = amounts.academic_year {tokens} "
        "where amounts.local_authority_code = {authority} group by own.token, amounts.month, amounts.academic_year"
    ).format(
        sums=sums, source=sql.Identifier("pseudonymised", declared.source), people=PEOPLE, tokens=_own_tokens(name),
        authority=sql.Literal(authority),
    )  # fmt: skip
    return Table(declared.table, ("pupil_token", "month"), ("academic_year", *columns), rows)


def _write(connection: Connection, name: str, table: Table) -> tuple[int, bool]:
    """Make a project's rows of a table what they should be; returns how many, and whether any was another.

    All are written again where one differs, in the order of the tokens.
    """
    target = sql.Identifier("projects", table.name)
    columns = sql.SQL(", ").join(map(sql.Identifier, [*table.key, *(c for c in table.columns if c not in table.key)]))
    here = sql.SQL("pg_temp.project_rows")
    there = sql.SQL("select {} from {} where project_name = {}").format(columns, target, sql.Literal(name))
    connection.execute(
        sql.SQL("create temporary table project_rows on commit drop as select {} from ({}) as found").format(
            columns, table.rows
        )
    )
    row = connection.execute(
        sql.SQL(
            "select (select count(*) from {here}), "
            "exists ((table {here} except all {there}) union all ({there} except all table {here}))"
        ).format(here=here, there=there)
    ).fetchone()
    assert row is not None
    if row[1]:
        connection.execute(sql.SQL("delete from {} where project_name = {}").format(target, sql.Literal(name)))
        connection.execute(
            sql.SQL("insert into {} (project_name, {}) select {}, {} from {} order by {}").format(
                target, columns, sql.Literal(name), columns, here, sql.SQL(", ").join(map(sql.Identifier, table.key))
            )
        )
    connection.execute(sql.SQL("drop table {}").format(here))
    return int(row[0]), bool(row[1])


def _delete_others(connection: Connection, in_force: Sequence[str]) -> None:
    for table in ("pupils", *(subject.table for subject in offer().subjects.values())):
        connection.execute(
            sql.SQL("delete from {} where project_name <> all(%s)").format(sql.Identifier("projects", table)),
            [list(in_force)],
        )
