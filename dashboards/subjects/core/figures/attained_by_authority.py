"""What the brief of an authority says of attainment: its latest return, as a sentence for each sector."""

from typing import Any

from sqlalchemy import Connection, Row, select

from dashboards.kit import tables_of_attainment
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import EXPECTED, MEASURES, attained, sentence_of


def authority_sentence(connection: Connection, asked: PageRequest) -> str:
    """The latest return up to the year asked for; empty where nothing of it is released."""
    mart = tables_of_attainment.attainment_by_sector
    query = (
        select(mart)
        .where(mart.c.local_authority_code == asked.authority, mart.c.academic_year <= asked.academic_year)
        .order_by(mart.c.academic_year)
    )
    latest = {row.sector: row for row in connection.execute(query)}
    said = [sentence for sector in EXPECTED if (sentence := of_sector(latest.get(sector), sector))]
    return f"{' '.join(said)} These are teachers' judgements." if said else ""


def of_sector(row: Row[Any] | None, sector: str) -> str:
    """The sentence of a sector; empty where neither figure of the row is shown."""
    found = {measure: attained(row, measure) for measure in MEASURES}
    if row is None or not any(one.share.is_shown for one in found.values()):
        return ""
    return sentence_of(row.academic_year, sector, {measure: one.of_cohort for measure, one in found.items()})
