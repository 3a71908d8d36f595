"""Values that change behind the warehouse's back are named, with step and establishment.

`make test` tries a sample, `make faults` every column of every table. Each is done in a transaction that is taken back.
"""

import random
from collections import Counter

import pytest

from orchestration.contracts import load_contracts
from orchestration.database import connect, ensure_ready
from orchestration.seals import broken_contents, broken_groups, broken_openings, known_scopes
from orchestration.seals.check import HOPS
from orchestration.settings import PROJECT_DIR, Settings
from tests.faults.conftest import FULL_SIZE, NewCopy
from tests.support.corruption import (
    BESIDE_THE_FIGURES,
    OPENINGS,
    RESTS_ON_NOTHING,
    SET_ASIDE,
    Case,
    cases,
    corrupt,
    named,
)

SAMPLE, SEED = 60, 12
REPORT = PROJECT_DIR / "docs" / "verification.md"
HEADING = "## Values changed behind the warehouse's back"


@pytest.fixture(scope="module")
def standing(copied: NewCopy) -> Settings:
    """A warehouse that is built and released."""
    found = copied(waiting=False)
    ensure_ready(found)
    return found


def hop_of(relation: str) -> str:
    schema = relation.partition(".")[0]
    return "file to raw" if schema == "raw" else HOPS[schema]


def test_every_table_is_held_against_something(standing: Settings) -> None:
    """From raw to the exact marts; what is not, is listed with the reason."""
    with connect(standing, "admin") as connection:
        rows = connection.execute(
            "select schemaname || '.' || tablename from pg_tables "
            "where schemaname in ('raw', 'canonical', 'pseudonymised', 'aggregated_exact') "
            "and not exists (select from pg_inherits where inhrelid = (schemaname || '.' || tablename)::regclass)"
        ).fetchall()
        tried = {case.relation for case in cases(connection)}
    # rows that are kept apart: no figure rests on them until a person takes them, and then they are hashed again
    kept_apart = {"raw.rejected_rows", "raw.held_pupils", "raw.held_enrolments"}
    beside = {*BESIDE_THE_FIGURES, *kept_apart, "raw.content_salt"}
    assert {name for (name,) in rows} - tried == beside


def test_nothing_is_named_where_nothing_happened(standing: Settings) -> None:
    with connect(standing, "transformer") as connection:
        scopes = known_scopes(connection)
        assert scopes
        assert broken_groups(connection, scopes) == []
        assert broken_openings(connection, scopes) == []
        for contract in load_contracts().values():
            assert not contract.is_collected or broken_contents(connection, contract, scopes) == []


def test_each_corruption_is_named(standing: Settings) -> None:
    chance = random.Random(SEED)
    with connect(standing, "admin") as connection:
        tries = cases(connection)
        if not FULL_SIZE:
            tries = chance.sample(tries, 2 * SAMPLE)  # some have nothing to change
        outcomes: Counter[str] = Counter()
        missed: list[str] = []
        for case in tries:
            if not FULL_SIZE and outcomes.total() == SAMPLE:
                break
            with connection.transaction(force_rollback=True):
                done = corrupt(connection, case, chance)
                if done is None:
                    continue
                outcomes["named" if is_named(named(connection, case), case, done.seed_codes) else str(case)] += 1
        missed = [name for name in outcomes if name != "named"]
    if FULL_SIZE:
        write_down(outcomes["named"], outcomes.total(), len({case.relation for case in tries}))
    print(f"{outcomes['named']} of {outcomes.total()} corruptions named")
    assert not missed, f"{len(missed)} of {outcomes.total()} were not named: {sorted(missed)}"
    assert outcomes.total() >= SAMPLE


def write_down(caught: int, tried: int, tables: int) -> None:
    """Put the result into the section of `make faults` in docs/verification.md."""
    text = REPORT.read_text(encoding="utf-8")
    head = text[: text.index(HEADING)] if HEADING in text else text.rstrip("\n") + "\n\n"
    beside = [f"- `{relation}`: {why}" for relation, why in BESIDE_THE_FIGURES.items()]
    beside += [f"- `{relation}.{column}`: {why}" for (relation, column), why in RESTS_ON_NOTHING.items()]
    lines = [
        HEADING,
        "",
        "Written by `make faults`. In each column of each table from raw to the exact marts a value is changed, and",
        "changes places with another row's; rows are deleted and doubled. A change is caught when the checks name",
        "its table, step and establishment.",
        "",
        f"**{caught:,} of {tried:,} caught, in {tables} tables.**",
        "",
        "No released figure rests on these, and they are not tried:",
        "",
        *beside,
        "",
    ]
    REPORT.write_text(head + "\n".join(lines), encoding="utf-8")


def is_named(found, case: Case, seed_codes: frozenset[str]) -> bool:
    wanted = OPENINGS if case.relation == SET_ASIDE else case.relation
    here = [one for one in found if one.relation == wanted and one.hop == hop_of(case.relation)]
    return any(one.seed_code in seed_codes for one in here) if seed_codes - {"0"} else bool(here)


EIGHT = {
    "a present mark of raw becomes an absence": (
        "raw.attendance", "file to raw",
        "update raw.attendance set attendance_code = '30' where ctid = "
        "(select ctid from raw.attendance where attendance_code = '10' limit 1)",
    ),
    "two pupils' codes change places in raw": (
        "raw.attendance", "file to raw",
        """
        with pair as (
            (select * from raw.attendance where attendance_code = '10' limit 1)
            union all (select * from raw.attendance where attendance_code = '30' limit 1)
        )

        update raw.attendance as one set attendance_code = case one.attendance_code when '10' then '30' else '10' end
        from pair where (one._file_id, one._row_number) = (pair._file_id, pair._row_number)
        """,
    ),
    "a mark of raw moves to another day": (
        "raw.attendance", "file to raw",
        "update raw.attendance set attendance_date = attendance_date + 1 where ctid = "
        "(select ctid from raw.attendance offset 900 limit 1)",
    ),
    "a mark of raw gets another SCN": (
        "raw.attendance", "file to raw",
        "update raw.attendance set scn = scn + 1 where ctid = (select ctid from raw.attendance offset 901 limit 1)",
    ),
    "two openings' codes change places": (
        OPENINGS, "raw to canonical",
        """
        with pair as (
            (select * from canonical.attendance_openings where attendance_code = 10 limit 1)
            union all (select * from canonical.attendance_openings where attendance_code = 30 limit 1)
        )

        update canonical.attendance_openings as one set attendance_code = 40 - one.attendance_code
        from pair where (one._file_id, one._row_number) = (pair._file_id, pair._row_number)
        """,
    ),
    "the stage of a pupil year changes": (
        "canonical.pupil_years", "raw to canonical",
        "update canonical.pupil_years set stage = 'P3' where ctid = "
        "(select ctid from canonical.pupil_years where stage = 'P2' limit 1)",
    ),
    "a code count moves to another weekday": (
        "pseudonymised.attendance_pupil_weekday_codes", "canonical to pseudonymised",
        "update pseudonymised.attendance_pupil_weekday_codes set weekday = 7 where ctid = "
        "(select ctid from pseudonymised.attendance_pupil_weekday_codes where weekday = 2 limit 1)",
    ),
    "the sex of a pupil changes": (
        "pseudonymised.pupil_years", "canonical to pseudonymised",
        "update pseudonymised.pupil_years set sex = 'M' where ctid = "
        "(select ctid from pseudonymised.pupil_years where sex = 'F' limit 1)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", EIGHT)
def test_what_once_closed_the_books(standing: Settings, what: str) -> None:
    relation, hop, statement = EIGHT[what]
    with connect(standing, "admin") as connection, connection.transaction(force_rollback=True):
        assert connection.execute(statement.encode()).rowcount > 0
        found = named(connection, Case(relation, "", "", ""))
    assert found, what
    assert {(one.relation, one.hop) for one in found} == {(relation, hop)}
    assert all(one.seed_code for one in found)
