"""Made-up readers for a demonstration: an officer, three heads and the lead of a cluster. Never on a live warehouse."""

import datetime as dt
from dataclasses import dataclass

import psycopg

from orchestration.access.errors import ReaderError
from orchestration.access.granting import STEWARD, Validity, grant_within
from orchestration.access.heads import grant_head_within
from orchestration.access.places import Place
from orchestration.access.readers import Person
from orchestration.database import connect
from orchestration.settings import Settings

ACTOR = "example set"
HEAD_FOR = dt.timedelta(days=365)
"""For how long an example is head of a school from the day on which it is made."""


@dataclass(frozen=True)
class Example:
    """One made-up reader: short name, what pages call the reader, and the place."""

    reader_name: str
    display_name: str
    place: Place


def grant_example_set(settings: Settings, local_authority_code: str) -> tuple[str, ...]:
    """Make the example readers of a released authority; those that were ever given a scope in it stay as they are.

    Out: names of the readers that were given one. The heads are of the largest primary and secondary whose year
    is shown, and of the largest special school; the cluster is the one with most schools. Raises ReaderError on a
    live warehouse.
    """
    if settings.environment == "live":
        raise ReaderError("the example set is not for a live warehouse: give scopes with `warehouse access grant`")
    with connect(settings, "releaser") as connection:
        examples = _examples(connection, local_authority_code)
    with connect(settings, STEWARD) as connection:
        return tuple(example.reader_name for example in examples if _give(connection, example))


def _give(connection: psycopg.Connection, example: Example) -> bool:
    known = connection.execute(
        "select from access.scopes inner join access.readers on scopes.reader_id = readers.reader_id "
        "where readers.reader_name = %s and scopes.local_authority_code = %s",
        [example.reader_name, example.place.local_authority_code],
    ).fetchone()
    if known is not None:
        return False
    name = example.reader_name
    person = Person(example.display_name, f"{name}@example.org", f"example|{name}")
    grant_within(connection, name, example.place, ACTOR, person)
    if example.place.kind == "establishment":
        until = Validity(last=dt.date.today() + HEAD_FOR)
        grant_head_within(connection, name, example.place, ACTOR, until)
    return True


def _examples(connection: psycopg.Connection, code: str) -> list[Example]:
    examples = [Example("officer", "Officer of the authority", Place("authority", code))]
    schools = connection.execute(
        """
        select distinct on (totals.sector) totals.sector, totals.seed_code, schools.school_name
        from released.attendance_by_school_year as totals
        inner join released.schools using (local_authority_code, seed_code, sector)
        where totals.local_authority_code = %s
        order by
            totals.sector, totals.academic_year desc, totals.attendance_rate is null,
            totals.pupils desc nulls last, totals.seed_code
        """,
        [code],
    ).fetchall()
    for sector, seed_code, school_name in schools:
        place = Place("establishment", code, seed_code=str(seed_code), sector=str(sector))
        examples.append(Example(f"head-{sector}", f"Head teacher, {school_name}", place))
    cluster = connection.execute(
        "select cluster_name from access.clusters where local_authority_code = %s "
        "group by cluster_name order by count(*) desc, cluster_name limit 1",
        [code],
    ).fetchone()
    if cluster is not None:
        place = Place("cluster", code, cluster_name=str(cluster[0]))
        examples.append(Example("cluster-lead", f"Lead of the cluster {cluster[0]}", place))
    return examples
