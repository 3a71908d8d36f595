"""The bar of likeness: no pupil of an extract is like fewer others than ``columns.yml`` says.

Who is compared is the pupil and not the row: all years of a pupil together, in every column that identifies, as they
would be read. Two pupils are alike where all of that is the same. Who has too few like them is said less finely, all of
them together, so that nobody else's group grows smaller; who still has too few at the end is left out. What was said
less finely once stays so: a value that comes and goes from build to build would be had by comparing two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import Connection, sql

from orchestration.projects.errors import ProjectError

WITHHELD = "withheld"
PEOPLE = sql.Identifier("pg_temp", "project_people")
"""One row per pupil and year: ``person``, ``academic_year``, ``steps`` that were taken for the pupil in earlier builds,
``is_left_out`` (false), and the columns in their detail. Afterwards: as they are to be read, but who is left out."""


@dataclass(frozen=True)
class Step:
    """A column said one degree less finely: by the values of another column, or withheld where that is None."""

    column: str
    coarser: str | None


@dataclass(frozen=True)
class Likeness:
    """What was measured, in pupils: all, those like nobody else and those under the bar as declared; what was done."""

    pupils: int
    unique_before: int
    few_before: int
    unique_after: int
    generalised: int
    withheld: int


def raise_to_bar(connection: Connection, identifying: Sequence[str], steps: Sequence[Step], bar: int) -> Likeness:
    """Say the values of pupils under the bar less finely, step by step, and leave out who is under it at the end.

    In: the caller's transaction with the temporary table ``PEOPLE``; the columns that identify; the steps, in order.
    Raises ProjectError where somebody is under the bar after all: a mistake here must not reach a reader.
    """
    pupils, unique, few = _count(connection, identifying, bar)
    for number, step in enumerate(steps, start=1):
        _take(connection, step, sql.SQL("steps >= {}").format(sql.Literal(number)))
    left = _count(connection, identifying, bar)[2]
    for number, step in enumerate(steps, start=1):
        if not left:
            break
        condition = sql.SQL("steps < {} and person in ({})").format(sql.Literal(number), _under(identifying, bar))
        _take(connection, step, condition, number)
        left = _count(connection, identifying, bar)[2]
    if left:
        connection.execute(
            sql.SQL("update {} set is_left_out = true where person in ({})").format(PEOPLE, _under(identifying, bar))
        )
    kept, unique_after, few_after = _count(connection, identifying, bar)
    if few_after or kept + left != pupils:
        raise ProjectError(f"{few_after} pupils are like fewer than {bar} after all: nothing was written")
    row = connection.execute(
        sql.SQL("select count(distinct person) from {} where steps > 0 and not is_left_out").format(PEOPLE)
    ).fetchone()
    return Likeness(pupils, unique, few, unique_after, int(row[0]) if row else 0, left)


def _take(connection: Connection, step: Step, condition: sql.Composed, number: int | None = None) -> None:
    """Take a step for the pupils of a condition, and note its number where there is one."""
    value = sql.Identifier(step.coarser) if step.coarser else sql.Literal(WITHHELD)
    noted = sql.SQL(", steps = {}").format(sql.Literal(number)) if number else sql.SQL("")
    connection.execute(
        sql.SQL("update {} set {} = {}{} where {}").format(PEOPLE, sql.Identifier(step.column), value, noted, condition)
    )


def _alike(identifying: Sequence[str]) -> sql.Composed:
    """A query: each person with how many are like it, itself included."""
    columns = sql.SQL(", ").join([sql.Identifier("academic_year"), *map(sql.Identifier, identifying)])
    return sql.SQL(
        "select profiles.person, count(*) over (partition by profiles.profile) as alike from ("
        "select person, string_agg(row({columns})::text, ' ' order by academic_year) as profile "
        "from {people} where not is_left_out group by person) as profiles"
    ).format(columns=columns, people=PEOPLE)


def _under(identifying: Sequence[str], bar: int) -> sql.Composed:
    return sql.SQL("select counted.person from ({}) as counted where counted.alike < {}").format(
        _alike(identifying), sql.Literal(bar)
    )


def _count(connection: Connection, identifying: Sequence[str], bar: int) -> tuple[int, int, int]:
    """Pupils, those like nobody else, and those under the bar."""
    row = connection.execute(
        sql.SQL(
            "select count(*), count(*) filter (where counted.alike = 1), count(*) filter (where counted.alike < {}) "
            "from ({}) as counted"
        ).format(sql.Literal(bar), _alike(identifying))
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1]), int(row[2])
