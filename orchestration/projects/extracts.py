"""Extracts of projects, written anew by each build where something has changed: one transaction for each project.

Under the project's own tokens, which the vault has, and in their order; at the base school of each year, so that a
pupil has one row a year, and openings over all schools of the council. What speaks against an authority's figures, a
failed test or a broken seal, holds back its projects too: what stands stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.database import advisory_lock, connect
from orchestration.projects.alike import PEOPLE, Likeness, raise_to_bar
from orchestration.projects.columns import Wanted, offer
from orchestration.projects.people import keep_steps, steps_of, take_people
from orchestration.release.tables.shapes import SUBJECTS
from orchestration.settings import Settings

BUILDER = "transformer"
IN_FORCE = """
select project_name, local_authority_code, subjects from access.project_states where state = 'in force' order by 1
"""
COLUMNS = "select column_name, detail, reason from access.project_columns where project_name = %s order by 1"
HELD = """
select case
    when not exists (select from control.build_state) then 'nothing has been built yet'
    when exists (select from control.failed_tests where subjects && %s) then
        'a test of the layers failed'
    when exists (
        select from control.broken_seals as broken left join control.sealed_tables using (relation)
        where broken.local_authority_code in (%s, '') and coalesce(sealed_tables.subject, 'core') = any(%s)
    ) then
        'rows of its council are not what was written'
end
"""
MEASURE = """
insert into control.project_measures (
    project_name, quasi_identifiers, smallest_group, pupils, unique_before, few_before, unique_after, generalised,
    withheld
)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
PUPILS = """
select people.own_token as pupil_token, people.academic_year{columns}
from {people} as people where not people.is_left_out
"""
AMOUNTS = """
select people.own_token as pupil_token, amounts.month, amounts.academic_year{sums}
from {source} as amounts
inner join {people} as people
    on people.person = amounts.pupil_token and people.academic_year = amounts.academic_year
where not people.is_left_out and amounts.local_authority_code = {authority}
group by people.own_token, amounts.month, amounts.academic_year
"""


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
            one = _build(connection, str(name), str(authority), list(subjects))
            if one.held is None:
                connection.commit()
            else:
                connection.rollback()
            found.append(one)
        return found


def _build(connection: Connection, project: str, authority: str, subjects: list[str]) -> Built:
    row = connection.execute(HELD, [list(SUBJECTS), authority, list(SUBJECTS)]).fetchone()
    if row is not None and row[0] is not None:
        return Built(project, held=f"{row[0]}: the extract stays as it was")
    offered = offer()
    wanted = {one.column: one for one in (Wanted(*row) for row in connection.execute(COLUMNS, [project]).fetchall())}
    chosen = {
        name: characteristic.from_detail(wanted[name].detail)
        for name, characteristic in offered.pupils.items()
        if name in wanted
    }
    if not take_people(connection, project, authority, chosen):
        return Built(project, held="its pupils have no tokens yet: the extract stays as it was")
    identifying = [name for name in chosen if offered.pupils[name].identifies]
    steps = [step for name in identifying for step in steps_of(name, len(chosen[name]))]
    likeness = raise_to_bar(connection, identifying, steps, offered.smallest_group)
    keep_steps(connection, project)
    connection.execute(
        MEASURE,
        [project, identifying, offered.smallest_group, likeness.pupils, likeness.unique_before, likeness.few_before,
         likeness.unique_after, likeness.generalised, likeness.withheld],
    )  # fmt: skip
    tables = [_pupils(tuple(chosen)), *(_amounts(authority, subject, set(wanted)) for subject in subjects)]
    written = [_write(connection, project, table) for table in tables]
    return Built(project, likeness, sum(count for count, _ in written), any(changed for _, changed in written))


def _pupils(columns: tuple[str, ...]) -> Table:
    listed = sql.SQL("").join(sql.SQL(", people.{}").format(sql.Identifier(column)) for column in columns)
    return Table(
        "pupils", ("pupil_token", "academic_year"), columns, sql.SQL(PUPILS).format(columns=listed, people=PEOPLE)
    )


def _amounts(authority: str, subject: str, wanted: set[str]) -> Table:
    """A subject's rows of the pupils and years that the extract has, added up over the council's schools."""
    declared = offer().subjects[subject]
    columns = tuple(column for column in declared.columns if column in wanted)
    sums = [sql.SQL(", sum(amounts.{0})::integer as {0}").format(sql.Identifier(column)) for column in columns]
    rows = sql.SQL(AMOUNTS).format(
        sums=sql.SQL("").join(sums),
        source=sql.Identifier("pseudonymised", declared.source),
        people=PEOPLE,
        authority=sql.Literal(authority),
    )
    return Table(declared.table, ("pupil_token", "month"), ("academic_year", *columns), rows)


def _write(connection: Connection, project: str, table: Table) -> tuple[int, bool]:
    """Make a project's rows of a table what they should be; returns how many, and whether any was another.

    All are written again where one differs, in the order of the tokens.
    """
    target, this = sql.Identifier("projects", table.name), sql.Literal(project)
    columns = sql.SQL(", ").join(map(sql.Identifier, [*table.key, *table.columns]))
    here = sql.SQL("pg_temp.project_rows")
    there = sql.SQL("select {} from {} where project_name = {}").format(columns, target, this)
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
        order = sql.SQL(", ").join(map(sql.Identifier, table.key))
        connection.execute(sql.SQL("delete from {} where project_name = {}").format(target, this))
        connection.execute(
            sql.SQL("insert into {} (project_name, {}) select {}, {} from {} order by {}").format(
                target, columns, this, columns, here, order
            )
        )
    connection.execute(sql.SQL("drop table {}").format(here))
    return int(row[0]), bool(row[1])


def _delete_others(connection: Connection, in_force: Sequence[str]) -> None:
    for table in ("degrees", "pupils", *(subject.table for subject in offer().subjects.values())):
        connection.execute(
            sql.SQL("delete from {} where project_name <> all(%s)").format(sql.Identifier("projects", table)),
            [list(in_force)],
        )
