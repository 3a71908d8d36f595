"""Own school: levels achieved by stage and over the years, counts before shares, exact, for its head."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.components import Cell, Table
from dashboards.kit.own_school import count, own_rows, own_table, rate
from dashboards.kit.page import OwnSchool, PageRequest
from dashboards.subjects.attainment.figures.council import stage_name
from dashboards.subjects.attainment.figures.organisers import GAELIC
from dashboards.subjects.core.figures.attained import OF_SECTOR, ORGANISERS

WHOLE, STAGES = "attainment_by_school", "attainment_by_school_stage"
ASKED: Mapping[str, str] = {
    **ORGANISERS, **{f"gaelic_{organiser}": f"{ORGANISERS[organiser]} ({name})" for organiser, name in GAELIC.items()}
}  # fmt: skip
FIGURES = tuple(f"{organiser}_{part}" for organiser in ASKED for part in ("achieved", "cohort", "share"))


def tables(connection: Connection, asked: PageRequest) -> tuple[Table, ...]:
    """The tables of the school's page: the year by stage, then every year of the stages together."""
    sector = (asked.school or ("", ""))[1]
    if sector not in OF_SECTOR:
        return ()
    rows: list[Sequence[Cell]] = []
    for row in own_rows(connection, STAGES, asked, ("stage", *FIGURES)):
        rows += _lines(stage_name(row.stage), row)
    for row in own_rows(connection, WHOLE, asked, FIGURES):
        rows += _lines(stage_name(OF_SECTOR[sector]), row) if sector == "primary" else ()
    years: list[Sequence[Cell]] = []
    for row in own_rows(connection, WHOLE, asked, ("academic_year", *FIGURES), every_year=True):
        years += _lines(row.academic_year, row)
    columns = ("Organiser", "Achieved", "Pupils", "Share")
    return (
        own_table(f"Levels achieved by stage, {asked.academic_year}", ("Stage", *columns), rows),
        own_table(f"Levels achieved over the years, {stage_name(OF_SECTOR[sector])}", ("Year", *columns), years),
    )


def _lines(heading: str, row: Row[Any]) -> list[Sequence[Cell]]:
    """A line for each organiser that somebody was asked in."""
    values = row._mapping
    return [
        (heading, name, *(count(values[f"{organiser}_{part}"]) for part in ("achieved", "cohort")),
         rate(values[f"{organiser}_share"]))
        for organiser, name in ASKED.items()
        if values[f"{organiser}_cohort"]
    ]  # fmt: skip


OWN = OwnSchool(marts=(WHOLE, STAGES), tables=tables)
