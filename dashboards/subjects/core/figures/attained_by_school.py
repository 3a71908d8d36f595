"""What the brief of a school says of attainment: its latest return, in the bands of the official statistics."""

from sqlalchemy import Connection, select

from dashboards.kit import tables_of_attainment
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import MEASURES, attained, sentence_of

BANDED = "These are the bands of the official statistics, by teachers' judgement."


def school_sentence(connection: Connection, asked: PageRequest) -> str:
    """The latest return up to the year asked for; empty where nothing is released of the school.

    A brief leaves the council, so no share of a school stands in it, and nothing of 20 pupils or fewer.
    """
    mart = tables_of_attainment.attainment_by_school
    seed_code, sector = asked.school or ("", "")
    query = (
        select(mart)
        .where(
            mart.c.local_authority_code == asked.authority,
            mart.c.seed_code == seed_code,
            mart.c.sector == sector,
            mart.c.academic_year <= asked.academic_year,
        )
        .order_by(mart.c.academic_year.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return ""
    bands = {measure: attained(row, measure).band for measure in MEASURES}
    said = sentence_of(row.academic_year, sector, bands, "of the pupils")
    return f"{said} {BANDED}" if any(isinstance(band, str) for band in bands.values()) else said
