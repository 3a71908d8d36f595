"""Own school: levels by stage and over the years, how pupils spread, and predictions, counts first, for its head."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.components import Cell, Table
from dashboards.kit.own_school import count, own_rows, own_table, rate
from dashboards.kit.page import OwnSchool, PageRequest
from dashboards.subjects.attainment.figures.council import stage_name
from dashboards.subjects.attainment.figures.distribution import DISTANCES, LEVELS
from dashboards.subjects.attainment.figures.organisers import GAELIC
from dashboards.subjects.core.figures.attained import MEASURES, OF_SECTOR, ORGANISERS

WHOLE, STAGES = "attainment_by_school", "attainment_by_school_stage"
ASKED: Mapping[str, str] = {
    **ORGANISERS, **{f"gaelic_{organiser}": f"{ORGANISERS[organiser]} ({name})" for organiser, name in GAELIC.items()}
}  # fmt: skip
FORESEEN = tuple(
    f"{measure}_{part}" for measure in MEASURES for part in ("predicted", "predicted_share", "achieved", "cohort")
)
OF_LEVELS = tuple(organiser for organiser in ASKED if not organiser.endswith("literacy"))
SPREAD = tuple(f"{organiser}_{distance}" for organiser in OF_LEVELS for distance in DISTANCES)
FIGURES = tuple(f"{organiser}_{part}" for organiser in ASKED for part in ("achieved", "cohort", "share"))


def tables(connection: Connection, asked: PageRequest) -> tuple[Table, ...]:
    """The tables of the school's page: the year by stage, every year of the stages together, and predictions."""
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
    foreseen: list[Sequence[Cell]] = []
    for row in own_rows(connection, STAGES, asked, ("stage", *FORESEEN)):
        foreseen += _predicted(stage_name(row.stage), row)
    spread: list[Sequence[Cell]] = []
    for row in own_rows(connection, STAGES, asked, ("stage", *SPREAD, *FIGURES)):
        spread += _spread(row)
    columns = ("Organiser", "Achieved", "Pupils", "Share")
    return (
        own_table(f"Levels achieved by stage, {asked.academic_year}", ("Stage", *columns), rows),
        own_table(f"Levels achieved over the years, {stage_name(OF_SECTOR[sector])}", ("Year", *columns), years),
        own_table(
            f"Levels reached by stage, {asked.academic_year}",
            ("Stage and level", *(ASKED[organiser] for organiser in OF_LEVELS)),
            spread,
        ),
        own_table(
            f"Predictions and results by stage, {asked.academic_year}",
            ("Stage", "Measure", "Predicted to achieve", "Achieved", "Pupils"),
            foreseen,
        ),
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


def _spread(row: Row[Any]) -> list[Sequence[Cell]]:
    """A line for each level of a stage in which anybody has a judgement, the highest first."""
    values = row._mapping
    if not any(values[f"{organiser}_cohort"] for organiser in OF_LEVELS):
        return []
    return [
        (f"{stage_name(row.stage)}: {LEVELS[row.stage][distance]}",
         *(count(values[f"{organiser}_{distance}"]) for organiser in OF_LEVELS))
        for distance in reversed(DISTANCES)
        if distance in LEVELS[row.stage]
    ]  # fmt: skip


def _predicted(heading: str, row: Row[Any]) -> list[Sequence[Cell]]:
    """A line for each measure of which enough pupils were predicted something."""
    values = row._mapping
    return [
        (heading, ORGANISERS[measure],
         *(count(values[f"{measure}_{part}"]) for part in ("predicted", "achieved", "cohort")))
        for measure in MEASURES
        if values[f"{measure}_predicted_share"] is not None
    ]  # fmt: skip


OWN = OwnSchool(marts=(WHOLE, STAGES), tables=tables)
