"""Compares a snapshot of pupils or enrolments with the accepted one before it (rule 2), in raw.

Rows of a file lie in ``raw.<feed>`` while it counts and in ``raw.held_<feed>`` while it is held back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from orchestration.settings import Settings
from orchestration.yaml_files import read_yaml

EARLY_LEARNING = ("EL", "N1", "N2", "N3", "N4", "N5")
# Of one file: persons, schools and stages on the day of the extract. ``is_apart`` persons say nothing of the numbers:
# in P1, or with a row at a school that closes.
ENROLMENTS = """
select
    case when scn = any(%(nobodys)s) then -_row_number else scn end as person,
    seed_code,
    stage = 'P1' or seed_code = any(%(closed)s) as is_apart,
    status is distinct from 'withdrawn' and coalesce(leaving_date >= entry_date, true)
        and entry_date <= %({side}_day)s and coalesce(leaving_date > %({side}_day)s, true) as is_current,
    coalesce(leaving_date <= %({side}_day)s, false) as has_left
from {table}
where _file_id = %({side}_file)s and stage <> all(%(early)s)
"""
PERSONS = """
enrolments_of_{side} as ({enrolments}),

persons_of_{side} as (
    select person, bool_or(is_apart) as is_apart, bool_or(is_current) as is_current, bool_or(has_left) as has_left
    from enrolments_of_{side}
    group by person
),
"""
# Persons apart on either side, and leavers: those of whom a side knows only that they left.
APART = """
apart as (
    select person from persons_of_old where is_apart or (has_left and not is_current)
    union
    select person from persons_of_new where is_apart or (has_left and not is_current)
),
"""
COMPARED_ENROLMENTS = """
counted as (
    select 'before' as side, person, seed_code from enrolments_of_old where is_current
    union all
    select 'after' as side, person, seed_code from enrolments_of_new where is_current
),

-- who left one school and goes to another is apart at the first
left_school as (
    select person, seed_code from enrolments_of_old where has_left and not is_current
    union
    select person, seed_code from enrolments_of_new where has_left and not is_current
),

schools as (
    select
        seed_code,
        count(distinct person) filter (where side = 'before') as before,
        count(distinct person) filter (where side = 'after') as after
    from counted
    where person not in (select person from apart)
        and not exists (
            select from left_school
            where left_school.person = counted.person and left_school.seed_code = counted.seed_code
        )
    group by seed_code
)

select
    0 as known,
    0 as renumbered,
    count(distinct person) filter (where side = 'before') as before,
    count(distinct person) filter (where side = 'after') as after,
    (select coalesce(json_agg(json_build_array(seed_code, before, after) order by seed_code), '[]') from schools
     where abs(after - before) > %(school_pupils)s and abs(after - before) > %(school_share)s * before) as schools
from counted
where person not in (select person from apart)
"""
PUPILS = """
early_of_{side} as (
    select scn from {enrolments} where _file_id = %({side}_file)s group by scn having bool_and(stage = any(%(early)s))
),

pupils_of_{side} as (
    select case when scn = any(%(nobodys)s) then null else scn end as scn, seemis_pupil_id
    from {table}
    where _file_id = %({side}_pupils)s and scn not in (select scn from early_of_{side})
),
"""
COMPARED_PUPILS = """
known as (
    select pupils_of_new.scn, bool_or(pupils_of_new.seemis_pupil_id = pupils_of_old.seemis_pupil_id) as is_the_same
    from pupils_of_new
    inner join pupils_of_old using (scn)
    group by pupils_of_new.scn
)

select
    (select count(*) from known) as known,
    (select count(*) from known where not is_the_same) as renumbered,
    (select count(distinct seemis_pupil_id) from pupils_of_old
     where coalesce(scn not in (select person from apart), true)) as before,
    (select count(distinct seemis_pupil_id) from pupils_of_new
     where coalesce(scn not in (select person from apart), true)) as after,
    '[]'::json as schools
"""


@dataclass(frozen=True)
class Thresholds:
    """What counts as a sudden change; the dbt variables of the same names, ``implausible_`` before them."""

    identifier_share: float
    identifiers: int
    identifiers_of_few: int
    authority_share: float
    authority_pupils: int
    school_share: float
    school_pupils: int
    open_days: int

    @classmethod
    def of(cls, settings: Settings) -> "Thresholds":
        """Read them from the dbt project."""
        variables = read_yaml(settings.dbt_dir / "dbt_project.yml")["vars"]
        return cls(**{name: variables[f"implausible_{name}"] for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Side:
    """One of the two snapshots: its file, the day it speaks of, the enrolments that say who is in scope.

    ``is_held`` and ``enrolments_held`` say in which tables the rows lie. An enrolments file of 0 is none.
    """

    file_id: int
    is_held: bool
    day: date
    enrolments: int
    enrolments_held: bool


@dataclass(frozen=True)
class Facts:
    """What the comparison found: candidate numbers known on both sides and renumbered, pupils before and after.

    ``schools`` are those past the threshold, each SEED code, pupils before, pupils after.
    """

    known: int
    renumbered: int
    before: int
    after: int
    schools: tuple[tuple[int, int, int], ...]

    def identifiers_changed(self, limits: Thresholds) -> bool:
        """Whether so many pupils stand under another SEEMiS id that they would be doubled."""
        many = self.renumbered > limits.identifiers and self.renumbered > limits.identifier_share * self.known
        few = self.renumbered >= limits.identifiers_of_few and 2 * self.renumbered >= self.known
        return many or few

    def numbers_changed(self, limits: Thresholds) -> bool:
        """Whether the authority or a school has so many more or fewer pupils that half an export is likelier."""
        difference = abs(self.after - self.before)
        return bool(self.schools) or (
            difference > limits.authority_pupils and difference > limits.authority_share * self.before
        )


def compare(
    connection: Connection,
    feed: str,
    old: Side,
    new: Side,
    closed: Iterable[int],
    nobodys: Iterable[int],
    limits: Thresholds,
) -> Facts:
    """Compare two snapshots of one feed and authority. In: SEED codes of schools that close, placeholder SCNs."""
    values: dict[str, Any] = {
        "closed": sorted(closed),
        "nobodys": sorted(nobodys),
        "early": list(EARLY_LEARNING),
        "school_pupils": limits.school_pupils,
        "school_share": limits.school_share,
    }
    parts = []
    for name, side in (("old", old), ("new", new)):
        values |= {f"{name}_file": side.enrolments, f"{name}_pupils": side.file_id, f"{name}_day": side.day}
        enrolments = _table("enrolments", side.enrolments_held)
        parts.append(PERSONS.format(side=name, enrolments=ENROLMENTS.format(side=name, table=enrolments)))
        if feed == "pupils":
            parts.append(PUPILS.format(side=name, table=_table("pupils", side.is_held), enrolments=enrolments))
    query = "with " + "".join(parts) + APART + (COMPARED_PUPILS if feed == "pupils" else COMPARED_ENROLMENTS)
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return facts(*row)


def facts(known: int, renumbered: int, before: int, after: int, schools: Iterable[Iterable[int]]) -> Facts:
    """Facts as they come from the database."""
    return Facts(known, renumbered, before, after, tuple((code, b, a) for code, b, a in schools))


def as_values(found: Facts) -> Mapping[str, Any]:
    """Facts as they go into the database."""
    return {
        "known": found.known,
        "renumbered": found.renumbered,
        "before": found.before,
        "after": found.after,
        "schools": [list(school) for school in found.schools],
    }


def _table(feed: str, is_held: bool) -> str:
    return f"raw.held_{feed}" if is_held else f"raw.{feed}"
