"""Schools: all that the reader may see in one table and in small multiples, in the order of their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.components import Multiples, Table
from dashboards.kit.formats import NO_SCHOOLS, SECTORS, Figure, figure
from dashboards.kit.labels import labels, with_part
from dashboards.kit.page import SECTORS as SECTOR_CODES
from dashboards.kit.page import Entry, Note, NotFoundError, NotReadyError, Page, PageRequest, Parameter, Reader, Sheet
from dashboards.subjects.attendance.figures import headline, many
from dashboards.subjects.attendance.figures.headline import Beside
from dashboards.subjects.attendance.figures.many import SchoolLine, Weekly
from dashboards.subjects.attendance.queries import schools as queries
from dashboards.subjects.core.figures.codes import school_name

PARTS = labels("parts_of_schools")
WEEKS = "weeks"
PART = Parameter(
    "part", "Part of the page; the table where it is left out", choices=tuple(filter(None, PARTS)), examples=(WEEKS,)
)
PANELS = 8  # small multiples at one time: with more a telephone would scroll for more than six screens
NO_RANKING = (
    "Schools stand in the order of their names. Attendance depends on who a school's pupils are: compare a school with "
    "schools like it and with its own year before, not with the top of a list."
)


@dataclass(frozen=True)
class SchoolsFigures:
    """The table of all schools that match, and small multiples of one block of them."""

    part: str
    parts: tuple[tuple[str, str], ...]
    sector: str
    cluster: str
    order: str
    orders: tuple[tuple[str, str], ...]
    sectors: tuple[tuple[str, str], ...]
    clusters: tuple[tuple[str, str], ...]
    table: Table
    beside: Table
    by_week: tuple[Multiples, ...]
    block: int
    blocks: int
    block_says: str
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> SchoolsFigures:
    """Schools that match sector and cluster. Raises NotFoundError where the reader may see none of such."""
    rows = connection.execute(queries.schools(asked)).all()
    if not rows:
        raise NotReadyError("The list of schools has not been released yet.")
    members = connection.execute(queries.clusters(asked)).all()
    cluster_of = {(row.seed_code, row.sector): row.cluster_name for row in members}
    every = [_line(row, cluster_of) for row in rows]
    sector, cluster, order = (asked.value(name) for name in ("sector", "cluster", "order"))
    sectors = tuple(one for one in SECTOR_CODES if any(line.sector == one for line in every))
    names = tuple(sorted({line.cluster for line in every if line.cluster}))
    if (sector and sector not in sectors) or (cluster and cluster not in names):
        raise NotFoundError("sector or cluster")
    found = [line for line in every if sector in ("", line.sector) and cluster in ("", line.cluster)]
    nation = {row.sector: headline.nation(row) for row in rows}
    council = _council(connection.execute(queries.authority(asked)).all())
    ordered = [line for one in sectors for line in many.in_order(found, "name") if line.sector == one]
    block, blocks = int(asked.value("block")), max(-(-len(ordered) // PANELS), 1)
    if block > blocks:
        raise NotFoundError(f"block {block}")
    some = ordered[(block - 1) * PANELS : block * PANELS]
    weekly = _weekly(connection.execute(queries.weeks(asked, [line.key for line in some])).all()) if some else {}
    year = asked.academic_year
    drawn = (many.by_week(some, weekly, one, (council.get(one), nation.get(one)), year) for one in sectors)
    return SchoolsFigures(
        part=asked.value("part"),
        parts=tuple(PARTS.items()),
        sector=sector,
        cluster=cluster,
        order=order,
        orders=tuple(many.ORDERS.items()),
        sectors=(("", "All sectors"), *((one, SECTORS[one]) for one in sectors)),
        clusters=(("", "All clusters"), *((name, name) for name in names)),
        table=many.schools_table(many.in_order(found, order), council, nation, asked.previous_year, year),
        beside=many.beside_table(council, nation),
        by_week=tuple(one for one in drawn if one is not None),
        block=block,
        blocks=blocks,
        block_says=f"Schools {(block - 1) * PANELS + 1} to {(block - 1) * PANELS + len(some)} of {len(ordered)}",
        notes=_notes(rows, members, every, asked),
    )


def _line(row: Row[Any], cluster_of: dict[tuple[str, str], str]) -> SchoolLine:
    return SchoolLine(
        seed_code=row.seed_code,
        sector=row.sector,
        name=school_name(row.school_name, row.seed_code),
        cluster=cluster_of.get((row.seed_code, row.sector), ""),
        pupils=figure(row, "pupils", "pupils", "count"),
        rate=figure(row, "attendance_rate"),
        before=figure(row, "rate_same_weeks_last_year", "same_weeks"),
        alike=figure(row, "alike_rate", "alike", why=NO_SCHOOLS),
        persistent=figure(row, "persistent_absence_rate", "bands"),
    )


def _council(rows: Sequence[Row[Any]]) -> dict[str, Beside]:
    return {
        row.sector: Beside(
            f"the authority's {row.sector} schools", figure(row, "attendance_rate"), f"Authority, {row.sector}"
        )
        for row in rows
    }


def _weekly(rows: Sequence[Row[Any]]) -> dict[tuple[str, str], Weekly]:
    return {
        (row.seed_code, row.sector): Weekly(
            {
                day: Figure(rate, None if rate is not None else symbol or "[x]")
                for day, rate, symbol in zip(row.weeks, row.rates, row.symbols, strict=True)
            }
        )
        for row in rows
    }


def _notes(
    rows: Sequence[Row[Any]], members: Sequence[Row[Any]], every: Sequence[SchoolLine], asked: PageRequest
) -> tuple[Note, ...]:
    notes = [Note(NO_RANKING, "comparison")]
    if asked.value("part") == WEEKS:
        return (*notes, *_scope(asked))
    rule = next((row.rule for row in rows if row.rule), "")
    if rule:
        notes.append(
            Note(
                f"Schools like it: {rule[:1].lower()}{rule[1:]}. Their rate is the median of those that are shown, of "
                "at least three; otherwise it is not available.",
                "method",
            )
        )
    if any(row.is_invented for row in members):
        notes.append(
            Note(
                "Clusters are made up: each school with its nearest secondary school, until the authority brings its "
                "own list.",
                "method",
            )
        )
    shown = [figure for line in every for figure in (line.pupils, line.rate, line.before, line.alike, line.persistent)]
    notes.append(headline.not_shown(shown))
    years = sorted({row.national_rate_year for row in rows if row.national_rate_year})
    if years:
        notes.append(
            Note(
                f"Figures of Scotland are the latest published by sector ({formats.listed(years)}), each for its whole "
                "year.",
                "comparison",
            )
        )
    return (*notes, *_scope(asked))


def _scope(asked: PageRequest) -> tuple[Note, ...]:
    if asked.reader.is_officer:
        return ()
    return (Note("You see the schools that you are a reader of, and no others.", "hidden"),)


def sheets(found: SchoolsFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The table of schools, what they are compared with, and weeks of the schools that are drawn."""
    weeks = tuple(block.table.as_sheet(f"weeks_{block.title.split()[0].lower()}") for block in found.by_week)
    return (found.table.as_sheet("schools"), found.beside.as_sheet("compared_with"), *weeks)


def entry(reader: Reader) -> Entry | None:
    """The list is for readers of more than one school; a head teacher is led to the own school."""
    return None if reader.only_school else Entry("Schools")


PAGE = Page(
    name="schools",
    path="/schools",
    title="Schools",
    description="All schools in one table and in small multiples, beside authority, Scotland and schools like them.",
    template="pages/schools.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: with_part("Schools", PARTS, found.part),
    entry=entry,
    parameters=(
        Parameter("sector", "Sector; all of them where it is left out", choices=SECTOR_CODES, examples=("primary",)),
        Parameter("cluster", "Name of a cluster; all of them where it is left out", is_kept=False),
        Parameter("order", "Order of the table", choices=tuple(many.ORDERS), default="name"),
        PART,
        Parameter("block", "Which of the small multiples", pattern=r"[1-9][0-9]?", default="1", is_kept=False),
    ),
    reads=(
        "schools",
        "attendance_by_school_year",
        "attendance_by_school_week",
        "persistent_absence_by_school",
        "similar_schools",
        "clusters",
        "attendance_by_authority_year",
    ),
)
