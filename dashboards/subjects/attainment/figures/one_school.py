"""One school in the return: beside its council, by organiser and stage, over the years; on paper in official bands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.charts import Series, categories, dots, sentences
from dashboards.kit.components import Card, Cell, Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.attainment.figures.council import ORDER, stage_name
from dashboards.subjects.attainment.figures.organisers import OF_LITERACY, holds_back
from dashboards.subjects.attainment.figures.schools import BANDS, DESK
from dashboards.subjects.attainment.queries import returned
from dashboards.subjects.core.figures.attained import (
    MEASURES,
    NOBODY,
    OF_SECTOR,
    ORGANISERS,
    Attained,
    attained,
    pooled,
)
from dashboards.subjects.core.queries import published

YEARS_POOLED = 3
Rows = Mapping[tuple[str, str], Row[Any]]


@dataclass(frozen=True)
class School:
    """Rows of a school by (stage, year), of its council's schools of the sector by year; Scotland's as published.

    ``by_stage`` are those of single stages alone, which have what was predicted.
    """

    asked: PageRequest
    sector: str
    rows: Rows
    council: Mapping[str, Row[Any]]
    scotland: published.Series = field(default_factory=dict)
    by_stage: Rows = field(default_factory=dict)

    @property
    def whole(self) -> str:
        """The stages of the sector together: ``P1P4P7`` or ``S3``."""
        return OF_SECTOR[self.sector]

    @property
    def years(self) -> tuple[str, ...]:
        """Years of returns, the oldest first."""
        return tuple(sorted({year for stage, year in self.rows if stage == self.whole}))

    @property
    def stages(self) -> tuple[str, ...]:
        """Stages of the year that is shown, those of primaries pooled last."""
        single = [stage for stage in ("P1", "P4", "P7") if (stage, self.asked.academic_year) in self.rows]
        return (*single, self.whole)

    def at(self, stage: str, organiser: str, year: str = "") -> Attained:
        """The cohort of a stage, in the year that is shown unless another is named."""
        return attained(self.rows.get((stage, year or self.asked.academic_year)), organiser)

    @property
    def foreseen(self) -> dict[str, Row[Any]]:
        """Rows of single stages of the year that is shown, which say what was predicted, in the order of stages."""
        year = self.asked.academic_year
        return {stage: self.by_stage[stage, year] for stage in ORDER if (stage, year) in self.by_stage}

    def around(self, organiser: str) -> Figure:
        """The share of the council's schools of the sector in the year that is shown."""
        row = self.council.get(self.asked.academic_year)
        return attained(row, organiser).share if row is not None else NOBODY.share


def school_of(connection: Connection, asked: PageRequest) -> School | None:
    """The school's returns; None of a sector without stages, and where nothing is released of the year."""
    sector = (asked.school or ("", ""))[1]
    if sector not in OF_SECTOR:
        return None
    rows: dict[tuple[str, str], Row[Any]] = {
        (str(row.stage), str(row.academic_year)): row for row in connection.execute(returned.school_stages(asked))
    }
    by_stage = dict(rows)
    for row in connection.execute(returned.school(asked)):
        rows[OF_SECTOR[sector], row.academic_year] = row
    if (OF_SECTOR[sector], asked.academic_year) not in rows:
        return None
    council = {row.academic_year: row for row in connection.execute(returned.sectors(asked)) if row.sector == sector}
    return School(asked, sector, rows, council, published.levels_of(connection, published.SCOTLAND), by_stage)


def cards(found: School) -> tuple[Card, ...]:
    """Literacy and numeracy of the sector's stages together."""
    literacy = "gaelic_literacy" if teaches_in_gaelic(found) else "literacy"
    return tuple(_card(found, organiser) for organiser in (literacy, "numeracy"))


def teaches_in_gaelic(found: School) -> bool:
    """Whether the school's literacy is that of Gaelic: nobody of it has a judgement in English."""
    english, gaelic = (found.at(found.whole, f"{language}literacy").cohort.value for language in ("", "gaelic_"))
    return english == 0 and bool(gaelic)


def _card(found: School, organiser: str) -> Card:
    now, council = found.at(found.whole, organiser), found.around(organiser)
    name = "Literacy in Gaelic" if organiser == "gaelic_literacy" else ORGANISERS[organiser]
    heading = f"{name}, {stage_name(found.whole)}"
    whose = f"the authority's {found.sector} schools"
    if not now.share.is_shown:
        return Card(heading, now.share)
    if now.is_small:
        point = formats.one_decimal(100 / int(now.cohort.value or 1))
        lines = [f"One pupil is {point} percentage points, so no percentage and no direction is given."]
        lines += [f"In {whose} it was {council.text}."] if council.is_shown else []
    else:
        lines = [f"{now.achieved.text} of {now.cohort.text} pupils."]
        before = found.at(found.whole, organiser, found.asked.previous_year or "none")
        if before.share.is_shown and not before.is_small:
            lines.append(f"{sentences.changed(now.share, before.share, found.asked.previous_year or '')}.")
        lines.append(f"{sentences.comparison(now.share, council, whose)}.")
    over = over_years(found, organiser)
    if over:
        lines.append(f"{over}.")
    return Card(heading, now.text if now.is_small else now.share, tuple(lines))


def over_years(found: School, organiser: str) -> str:
    """The last three years as one, where all of them are shown: ``Three years together: 88 of 130 pupils (67.7%)``."""
    years = [year for year in found.years if year <= found.asked.academic_year][-YEARS_POOLED:]
    every = pooled(found.at(found.whole, organiser, year) for year in years)
    if len(years) < YEARS_POOLED or not every.share.is_shown:
        return ""
    share = "" if every.is_small else f" ({every.share.text})"
    return f"Three years together: {every.achieved.text} of {every.cohort.text} pupils{share}"


def organisers_chart(found: School) -> Chart | None:
    """Organisers of all stages beside the council; None of a cohort that is small or not shown: it has the table."""
    each = {organiser: found.at(found.whole, organiser) for organiser in ORGANISERS}
    if any(one.is_small for one in each.values()) or not any(one.share.is_shown for one in each.values()):
        return None
    title = f"Organisers, {stage_name(found.whole)}, {found.asked.academic_year}"
    among = categories(ORGANISERS.values())
    series = [
        Series("This school", tuple(one.share for one in each.values())),
        Series(f"Authority, {found.sector}", tuple(found.around(organiser) for organiser in ORGANISERS)),
        Series("Scotland", tuple(_nation(found, organiser) for organiser in ORGANISERS)),
    ]
    return Chart(
        title=title,
        sentence=" ".join(said_of(found)),
        svg=dots("organisers", title, among, series),
        table=Table(
            caption=f"{title}, as a table",
            columns=(
                Column("Organiser"), Column("This school", numeric=True), Column("Pupils", numeric=True),
                Column("Authority", numeric=True), Column("Scotland", numeric=True),
            ),
            rows=[
                (name, each[organiser].cell, each[organiser].cohort, found.around(organiser), _nation(found, organiser))
                for organiser, name in ORGANISERS.items()
            ],
        ),
    )  # fmt: skip


def _nation(found: School, organiser: str) -> Figure:
    key = (found.asked.academic_year, found.whole, organiser)
    return found.scotland.get(key, published.NOTHING).share


def said_of(found: School) -> list[str]:
    """Which organiser holds literacy back, of the stages together."""
    return holds_back(
        {found.whole: {organiser: found.at(found.whole, organiser) for organiser in (*OF_LITERACY, "literacy")}}
    )


def stages_table(found: School, on_paper: bool = False) -> Table:
    """Each organiser by stage; ``on_paper`` in official bands."""
    rows: list[Sequence[Cell]] = []
    for stage in found.stages:
        each = [found.at(stage, organiser) for organiser in ORGANISERS]
        rows.append((stage_name(stage), *(one.band if on_paper else one.of_cohort for one in each)))
    year, edition = found.asked.academic_year, ", in official bands" if on_paper else ""
    return Table(
        caption=f"Organisers by stage, {year}{edition}",
        columns=(
            Column("Stage"),
            *(Column(name, numeric=not on_paper) for name in ORGANISERS.values()),
        ),
        rows=rows,
        notes=(BANDS if on_paper else DESK,),
    )


def years_table(found: School, on_paper: bool = False) -> Table:
    """Literacy and numeracy in each year, with their pupils; ``on_paper`` in official bands."""
    rows: list[Sequence[Cell]] = []
    for year in found.years:
        cells = [found.at(found.whole, organiser, year) for organiser in MEASURES]
        each = [(one.band, one.cohort_to_share) if on_paper else (one.cell, one.cohort) for one in cells]
        rows.append((year, *(cell for pair in each for cell in pair)))
    return Table(
        caption=f"Over the years, {stage_name(found.whole)}{', in official bands' if on_paper else ''}",
        columns=(
            Column("Year"), Column("Literacy", numeric=not on_paper), Column("Pupils in literacy", numeric=True),
            Column("Numeracy", numeric=not on_paper), Column("Pupils in numeracy", numeric=True),
        ),
        rows=rows,
    )  # fmt: skip


def named(row: Row[Any] | None, asked: PageRequest) -> str:
    """Name of the school out of its profile."""
    return str(row.school_name) if row is not None and row.school_name else f"School {(asked.school or ('', ''))[0]}"


def not_shown(found: School) -> int:
    """How many of the figures of the year are not shown so that nobody can be recognised."""
    every = [found.at(stage, organiser).share for stage in found.stages for organiser in ORGANISERS]
    return sum(1 for one in every if one.symbol == "[c]")
