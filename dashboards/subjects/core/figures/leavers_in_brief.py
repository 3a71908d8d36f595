"""What a brief says of the senior phase: the latest leavers whose awards are counted, as one sentence.

The brief of a school leaves the council: it has the band of the official statistics, and no count of 20 or fewer.
"""

from typing import Any

from sqlalchemy import Connection, Row, Table, select

from dashboards.kit import tables_of_attainment
from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import Attained

MEASURE = "national_1_at_5"
REACHED = "one or more awards at SCQF level 5 in National Qualifications"
COUNTED = ("pre_review", "post_review")
STATES = labels("results_states")


def leavers_of_authority(connection: Connection, asked: PageRequest) -> str:
    """Awards of the authority's latest leavers, with first destinations of the same; empty where none is released."""
    row = _latest(connection, tables_of_attainment.leaver_attainment_by_authority, asked)
    if row is None:
        return ""
    said = leavers_sentence(row.academic_year, row.state, _reached(row).of_cohort, "leavers")
    went = tables_of_attainment.leaver_destinations_by_authority
    found = connection.execute(
        select(went).where(went.c.local_authority_code == asked.authority, went.c.academic_year == row.academic_year)
    ).first()
    share = None if found is None else figure(found, "initial_positive_share", "initial_positive")
    if share is None or not share.is_shown:
        return said
    return f"{said} {share.text} were in a positive destination three months after leaving."


def leavers_of_school(connection: Connection, asked: PageRequest) -> str:
    """The band that the latest leavers of the school lie in; empty where none is released of it."""
    row = _latest(connection, tables_of_attainment.leaver_attainment_by_school, asked)
    if row is None:
        return ""
    return leavers_sentence(row.academic_year, row.state, _reached(row).band, "of the leavers")


def _latest(connection: Connection, mart: Table, asked: PageRequest) -> Row[Any] | None:
    """The newest row up to the year asked for whose results are counted; of a mart of schools that of the page's."""
    query = select(mart).where(
        mart.c.local_authority_code == asked.authority,
        mart.c.academic_year <= asked.academic_year,
        mart.c.state.in_(COUNTED),
    )
    if "seed_code" in mart.c:
        seed_code, sector = asked.school or ("", "")
        query = query.where(mart.c.seed_code == seed_code, mart.c.sector == sector)
    return connection.execute(query.order_by(mart.c.academic_year.desc()).limit(1)).first()


def _reached(row: Row[Any]) -> Attained:
    return Attained(
        figure(row, "cohort", "cohort", "count"), figure(row, MEASURE, MEASURE, "count"),
        figure(row, f"{MEASURE}_share", MEASURE), row._mapping.get(f"{MEASURE}_band"),
    )  # fmt: skip


def leavers_sentence(year: str, state: str, found: Figure | str, whose: str) -> str:
    """``83.3% of 456 leavers of 2024/25 had one or more awards ...``; without a value it is said with its reason."""
    if isinstance(found, Figure) and not found.is_shown:
        return f"How many leavers of {year} had {REACHED} is not shown: {found.word}."
    review = f" ({STATES['pre_review']})" if state == "pre_review" else ""
    return f"{found} {whose} of {year} had {REACHED}{review}."
