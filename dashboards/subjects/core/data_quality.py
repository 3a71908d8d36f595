"""Data quality: how fresh, does it add up, what was turned away, what was delivered, and what a figure rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from dashboards.kit import tables
from dashboards.kit.components import Table
from dashboards.kit.labels import labels, with_part
from dashboards.kit.page import Note, NotFoundError, Page, PageRequest, Parameter, Sheet
from dashboards.subjects.core.figures import quality
from dashboards.subjects.core.figures.attention import School, by_seed_code
from dashboards.subjects.core.figures.checks import Delay
from dashboards.subjects.core.figures.deliveries import File, deliveries_table
from dashboards.subjects.core.figures.rests_on import Answer, of_school, rests_on
from dashboards.subjects.core.figures.words import MARTS

PARTS = labels("parts_of_data_quality")
TURNED_AWAY, RESTS_ON = "turned_away", "rests_on"
PART = Parameter(
    "part", "Part of the page; how up to date the data are where it is left out", choices=tuple(filter(None, PARTS)),
    examples=(RESTS_ON,),
)  # fmt: skip
WHOLE = "all"
DELIVERIES_SHOWN = 10


@dataclass(frozen=True)
class QualityFigures:
    """The page. ``problems`` and ``deliveries`` are None for readers who are no officers of the authority."""

    part: str
    parts: tuple[tuple[str, str], ...]
    freshness_sentence: str
    by_feed: Table | None
    late: Table | None
    by_school: Table | None
    freshness_rows: Table | None
    balance_sentence: str
    balance: Table
    problems_sentence: str
    problems: Table | None
    deliveries: Table | None
    all_deliveries: Table | None
    marts: tuple[tuple[str, str], ...]
    schools: tuple[tuple[str, str], ...]
    mart: str
    school: str
    answer: Answer
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> QualityFigures:
    """Four questions, five for officers, in parts. Raises NotFoundError for a school that the reader may not see.

    A question of what a figure rests on is its part, asked for by name or not.
    """
    schools = _schools(connection, asked)
    mart, code = _chosen(asked, schools)
    is_latest = asked.academic_year == asked.academic_years[0]
    states = _freshness(connection, asked, schools) if is_latest else ()
    verdicts = _verdicts(connection, asked)
    is_own = len(schools) == 1
    is_officer = asked.authority in asked.reader.authorities
    files = _deliveries(connection, asked) if is_officer else ()
    part = asked.value("part") or (RESTS_ON if asked.value("mart") or asked.value("of") else "")
    if part == TURNED_AWAY and not is_officer:
        raise NotFoundError(f"part {part}")
    return QualityFigures(
        part=part,
        parts=tuple((name, said) for name, said in PARTS.items() if is_officer or name != TURNED_AWAY),
        freshness_sentence=quality.freshness_sentence(states)
        if is_latest
        else f"Freshness is judged for the latest year, {asked.academic_years[0]}, alone.",
        by_feed=None if is_own or not states else quality.freshness_by_feed(states),
        late=None if is_own else quality.late_schools(states),
        by_school=_by_school(states, is_own),
        freshness_rows=quality.freshness_rows(states) if states else None,
        balance_sentence=quality.balance_sentence(verdicts),
        balance=quality.balance(verdicts),
        problems_sentence=quality.problems_sentence(verdicts),
        problems=quality.problems(verdicts) if is_officer else None,
        deliveries=deliveries_table(files, DELIVERIES_SHOWN) if is_officer else None,
        all_deliveries=deliveries_table(files) if is_officer else None,
        marts=tuple(MARTS.items()),
        schools=tuple((school.seed_code, school.name) for school in schools),
        mart=mart,
        school=code,
        answer=_rests_on(connection, asked, mart, code, schools),
        notes=_notes(is_officer),
    )


def _by_school(states: Sequence[Delay], is_own: bool) -> Table | None:
    if not states:
        return None
    return quality.freshness_of_own(states) if is_own else quality.freshness_by_school(states)


def _notes(is_officer: bool) -> tuple[Note, ...]:
    notes = [
        Note("These are copies of what schools record, made for analysis: not the live record."),
        Note("What has not been recorded is neither presence nor absence: it is left out, and never filled in."),
    ]
    if not is_officer:
        notes.append(
            Note(
                "Deliveries, and what could not be used in them, concern the whole authority: its officers see them.",
                "hidden",
            )
        )
    return tuple(notes)


def _schools(connection: Connection, asked: PageRequest) -> tuple[School, ...]:
    """Schools that the reader sees, one for each SEED code: freshness and deliveries know no sectors."""
    table = tables.schools
    query = (
        select(table.c.seed_code, table.c.sector, table.c.school_name)
        .where(table.c.local_authority_code == asked.authority)
        .order_by(table.c.school_name, table.c.seed_code, table.c.sector)
    )
    rows = connection.execute(query)
    schools = (School(row.seed_code, row.sector, row.school_name or row.seed_code) for row in rows)
    return tuple(by_seed_code(schools).values())


def _chosen(asked: PageRequest, schools: Sequence[School]) -> tuple[str, str]:
    """Table and school that are asked about; a reader of one school begins with that school."""
    mart, code = asked.value("mart"), asked.value("of")
    if code and code not in {school.seed_code for school in schools}:
        raise NotFoundError(f"school {code}")
    if not code and len(schools) == 1:
        code = schools[0].seed_code
    if not mart:
        mart = "attendance_by_school_year" if code else "attendance_by_authority_year"
    return mart, code


def _freshness(connection: Connection, asked: PageRequest, schools: Sequence[School]) -> tuple[Delay, ...]:
    table = tables.data_freshness
    by_seed = {school.seed_code: school for school in schools}
    rows = connection.execute(
        select(table).where(table.c.local_authority_code == asked.authority).order_by(table.c.seed_code, table.c.feed)
    )
    return tuple(
        Delay(
            by_seed[row.seed_code].name if row.seed_code in by_seed else "Whole authority",
            by_seed.get(row.seed_code), row.feed, row.status, row.last_extracted_on, row.data_to, row.due_on,
        )
        for row in rows
        if row.seed_code in by_seed or row.seed_code == WHOLE
    )  # fmt: skip


def _verdicts(connection: Connection, asked: PageRequest) -> tuple[quality.Verdict, ...]:
    table = tables.data_quality
    query = select(table.c.subject, table.c.feed, table.c.kind, table.c.verdict).where(
        table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year
    )
    return tuple(quality.Verdict(row.subject, row.feed, row.kind, row.verdict) for row in connection.execute(query))


def _deliveries(connection: Connection, asked: PageRequest) -> tuple[File, ...]:
    table = tables.deliveries
    query = (
        select(table)
        .where(table.c.local_authority_code == asked.authority, table.c.academic_year == asked.academic_year)
        .order_by(table.c.extract_date.desc(), table.c.delivery_key.desc(), table.c.feed)
    )
    return tuple(
        File(
            row.delivery_key, row.extract_date, row.landed_at, row.feed, row.outcome, row.status, row.reason or "",
            row.is_in_force,
        )
        for row in connection.execute(query)
    )  # fmt: skip


def _rests_on(connection: Connection, asked: PageRequest, mart: str, code: str, schools: Sequence[School]) -> Answer:
    if of_school(mart) and not code:
        return rests_on(mart, None, asked, needs_school=True)
    table = tables.provenance
    query = select(table.c.deliveries, table.c.last_extracted_at, table.c.code_version).where(
        table.c.local_authority_code == asked.authority,
        table.c.academic_year == asked.academic_year,
        table.c.mart == mart,
        table.c.seed_code == (code if of_school(mart) else ""),
    )
    row = connection.execute(query).first()
    name = next((school.name for school in schools if school.seed_code == code), "")
    return rests_on(mart, row, asked, school_name=name)


def sheets(found: QualityFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """Freshness by school and feed, verdicts, and for officers what was turned away and all deliveries."""
    named = (
        ("freshness", found.freshness_rows),
        ("adds_up", found.balance),
        ("turned_away", found.problems),
        ("deliveries", found.all_deliveries),
        ("rests_on", found.answer.table),
    )
    return tuple(table.as_sheet(name) for name, table in named if table is not None and table.rows)


PAGE = Page(
    name="data_quality",
    path="/data-quality",
    title="Data quality",
    description="How up to date the data are, whether they add up, and what each figure rests on.",
    template="pages/data_quality.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: with_part("Data quality", PARTS, found.part),
    reads=("data_freshness", "data_quality", "deliveries", "provenance", "schools"),
    parameters=(
        PART,
        Parameter("mart", "Table whose deliveries are asked for", choices=tuple(MARTS)),
        Parameter(
            "of", "SEED code of the school whose deliveries are asked for", pattern=r"[0-9]{1,8}", names_school=True
        ),
    ),
)
