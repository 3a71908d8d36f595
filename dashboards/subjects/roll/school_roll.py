"""Roll of one school: at the census and month by month, by stage, beside its capacity and the published censuses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.components import Card, Chart
from dashboards.kit.formats import Figure
from dashboards.kit.labels import labels
from dashboards.kit.page import (
    SECTOR_OF_SCHOOL,
    SEED_CODE,
    Note,
    NotFoundError,
    OwnSchool,
    Page,
    PageRequest,
    Parameter,
    Sheet,
)
from dashboards.subjects.core.figures import own_roll
from dashboards.subjects.core.figures.codes import school_name
from dashboards.subjects.roll.figures import beside, months
from dashboards.subjects.roll.figures import census as words
from dashboards.subjects.roll.queries import moments

PARTS = labels("parts_of_school_roll")
CENSUS = "census"
PART = Parameter(
    "part", "Part of the page; month by month where it is left out", choices=tuple(filter(None, PARTS)),
    examples=(CENSUS,),
)  # fmt: skip
NOT_YET = "The roll of this school at the census of {year} has not been released yet."


@dataclass(frozen=True)
class SchoolRollFigures:
    """Cards of the census, of now and of the building with months, or stages and published censuses, by part."""

    part: str
    parts: tuple[tuple[str, str], ...]
    name: str
    says: str
    cards: tuple[Card, ...]
    charts: tuple[Chart, ...]
    notes: Sequence[Note]


def figures(connection: Connection, asked: PageRequest) -> SchoolRollFigures:
    """Figures of the school. Raises NotFoundError where it is not among what the reader may see."""
    row = connection.execute(moments.profile(asked)).first()
    years = connection.execute(moments.school_years(asked)).all()
    if row is None and not years:
        raise NotFoundError(f"school {asked.school}")
    part = asked.value("part")
    name = school_name(None if row is None else row.school_name, (asked.school or ("", ""))[0])
    census = next((one for one in years if one.academic_year == asked.academic_year), None)
    if census is None:
        return SchoolRollFigures(part, (), name, NOT_YET.format(year=asked.academic_year), (), (), ())
    now = connection.execute(moments.now(asked)).all()
    latest = next((one for one in now if (one.seed_code, one.sector) == asked.school), None)
    published = connection.execute(moments.published_of_school(asked)).all()
    pupils, day = words.counted(census, "pupils"), formats.date(census.census_on)
    stages = {one.stage: words.counted(one, "pupils") for one in connection.execute(moments.school_stages(asked)).all()}
    if part == CENSUS:
        since = [one for one in years if one.academic_year in asked.academic_years]
        charts = (words.stage_chart(stages, name, asked.academic_year), beside.trend_chart(name, since, published))
    else:
        rows = connection.execute(moments.school_months(asked)).all()
        charts = (months.school_chart(name, pupils, day, rows, latest), None)
    return SchoolRollFigures(
        part=part,
        parts=tuple(PARTS.items()),
        name=name,
        says=_says(pupils, day, published, asked.academic_year),
        cards=() if part == CENSUS else _cards(census, pupils, latest),
        charts=tuple(replace(chart, level=2) for chart in charts if chart is not None),
        notes=(beside.PUBLISHED,) if part == CENSUS else (months.HELD, months.AS_KNOWN, beside.CAPACITY),
    )


def _says(pupils: Figure, day: str, published: Sequence[Row[Any]], year: str) -> str:
    there = next((one for one in published if one.academic_year == year), None)
    if pupils.value is None:
        return f"The roll at the census of {day} is not shown: {pupils.word}."
    said = f"{formats.plural(int(pupils.value), 'pupil')} were on roll at the census of {day}."
    if there is None:
        return f"{said} No roll of that census has been published yet that comes with this warehouse."
    word = "agrees with" if beside.agrees(int(pupils.value), there) else "differs from"
    return f"{said} That {word} the published roll of {there.roll:,}."


def _cards(census: Row[Any], pupils: Figure, latest: Row[Any] | None) -> tuple[Card, ...]:
    found = [Card("At the census", pupils)]
    if latest is not None:
        found.append(
            Card("At the latest register", words.counted(latest, "pupils"), (formats.date(latest.as_at) + ".",))
        )
    symbol = None if census.occupancy is not None else census.pupils_symbol or "[z]"
    places = (f"The building is planned for {census.capacity:,} pupils.",) if census.capacity else ()
    found.append(Card("Of the places taken, at the census", Figure(census.occupancy, symbol), places))
    return tuple(found)


def sheets(found: SchoolRollFigures, asked: PageRequest) -> tuple[Sheet, ...]:
    """The tables of the charts."""
    return tuple(chart.table.as_sheet(chart.id.replace("-", "_")[-31:].strip("_")) for chart in found.charts)


PAGE = Page(
    name="school_roll",
    path="/schools/{seed_code}/{sector}/roll",
    title="School roll",
    description=(
        "Pupils of one school at the census and month by month, by stage, beside capacity and what was published."
    ),
    template="pages/school_roll.html",
    figures=figures,
    sheets=sheets,
    heading=lambda found, asked: f"{found.name}: roll{' at the census' if found.part == CENSUS else ''}",
    parent="roll",
    parameters=(SEED_CODE, SECTOR_OF_SCHOOL, PART),
    in_navigation=False,
    own=OwnSchool(own_roll.MARTS, own_roll.tables),
    reads=(
        "schools",
        "roll_by_school",
        "roll_by_school_stage",
        "roll_by_school_month",
        "roll_by_school_now",
        "published_school_rolls",
    ),
)
