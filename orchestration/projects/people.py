"""The pupils of a project as its extract begins: one row a year, at the base school, in the declared detail."""

from psycopg import Connection, sql

from orchestration.identity import ANALYTICS, project_domain
from orchestration.projects.alike import PEOPLE, Step
from orchestration.projects.columns import Detail

UNKNOWN, OTHER = "unknown", "other"
TAKE = """
create temporary table project_people on commit drop as
select distinct on (pupil_years.pupil_token, pupil_years.academic_year)
    own.token as own_token,
    pupil_years.pupil_token as person,
    pupil_years.academic_year,
    coalesce(degrees.steps, 0) as steps,
    false as is_left_out{columns}
from pseudonymised.pupil_years
left join vault.tokens as tokens
    on tokens.domain = {analytics} and tokens.token = pupil_years.pupil_token
left join vault.tokens as own
    on own.domain = {domain} and own.pupil_id = tokens.pupil_id
left join projects.degrees as degrees
    on degrees.project_name = {project} and degrees.pupil_token = own.token
where pupil_years.local_authority_code = {authority}
order by
    pupil_years.pupil_token, pupil_years.academic_year, pupil_years.is_persistent_absence_school desc,
    pupil_years.seed_code
"""
KEEP_STEPS = """
insert into projects.degrees (project_name, pupil_token, steps)
select {project}, people.own_token, max(people.steps)
from {people} as people where people.steps > 0
group by people.own_token order by people.own_token
on conflict (project_name, pupil_token) do update set steps = excluded.steps
where degrees.steps <> excluded.steps
"""


def take_people(connection: Connection, project: str, authority: str, chosen: dict[str, list[Detail]]) -> bool:
    """Make ``PEOPLE``, with the project's token of each pupil; out: whether every pupil has one.

    In: the build's connection inside a transaction; the columns, each with its details from the declared one on. A
    column has the declared detail under its name, the coarser ones as ``name:1`` and so on.
    """
    columns = [
        sql.SQL(", {} as {}").format(_value(detail), sql.Identifier(f"{column}:{degree}" if degree else column))
        for column, details in chosen.items()
        for degree, detail in enumerate(details)
    ]
    connection.execute(
        sql.SQL(TAKE).format(
            columns=sql.SQL("").join(columns),
            analytics=sql.Literal(ANALYTICS),
            domain=sql.Literal(project_domain(project)),
            project=sql.Literal(project),
            authority=sql.Literal(authority),
        )
    )
    connection.execute(sql.SQL("analyze {}").format(PEOPLE))
    row = connection.execute(sql.SQL("select bool_and(own_token is not null) from {}").format(PEOPLE)).fetchone()
    return row is not None and row[0] is not False


def steps_of(column: str, details: int) -> list[Step]:
    """The steps of a column with so many details from the declared one on: each coarser one, then withheld."""
    return [*(Step(column, f"{column}:{degree}") for degree in range(1, details)), Step(column, None)]


def keep_steps(connection: Connection, project: str) -> None:
    """Remember which steps were taken for whom, for the builds to come."""
    connection.execute(sql.SQL(KEEP_STEPS).format(project=sql.Literal(project), people=PEOPLE))


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
