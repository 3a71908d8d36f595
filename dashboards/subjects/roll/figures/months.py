"""The roll at month ends in a reader's words: how many, by sector and stage, and who came and who left."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Series, bars, line, sentences
from dashboards.kit.charts.data import Category
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import SECTORS, Figure
from dashboards.kit.page import Note
from dashboards.subjects.roll.figures.census import NONE, STAGES, counted, summed

HELD = Note(
    "A figure of a month's end or of today moves once five or more pupils have come or gone since it last moved; until "
    "then it stays as it was shown. So the months of schools do not add up to those of the authority, and a difference "
    "between two of them is not one to four children's.",
    "held",
)
AS_KNOWN = Note(
    "A month's end is read from the first register that came after it, and stays as it was shown: what is corrected "
    "later counts from the month in which it came. Months of one school year can be compared; not those of two years, "
    "since a whole stage leaves and another comes in between.",
    "comparison",
)
MOVEMENTS = Note(
    "Entries are pupils on roll at a month's end who were not on roll at any school of the authority the month before, "
    "leavers the reverse. Who comes and leaves within a month is in neither. Where one to four came or one to four "
    "left, both are hidden, since the rolls tell their difference; and all are where a roll they lie between is held.",
    "hidden",
)
KINDS = {"entry": "Came", "leaver": "Left", "move": "Moved to another school of the authority"}


def month_category(month: dt.date) -> Category:
    """A month on an axis."""
    return Category(formats.month(month), formats.short_month(month))


def authority_chart(
    every: Sequence[Row[Any]], sectors: Sequence[Row[Any]], total: Figure, census: Mapping[str, Figure], day: str
) -> Chart | None:
    """The authority and its sectors, at the census and at each month's end; None before the first."""
    if not every:
        return None
    months = [row.month for row in every]
    by_sector: dict[str, dict[dt.date, Figure]] = {}
    for row in sectors:
        by_sector.setdefault(row.sector, {})[row.month] = counted(row, "pupils")
    over = (Category(f"the census of {day}", "census"), *(month_category(month) for month in months))
    series = [Series("All pupils", (total, *(counted(row, "pupils") for row in every)))]
    series += [
        Series(SECTORS[sector], (census.get(sector, NONE), *(found.get(month, NONE) for month in months)))
        for sector in SECTORS
        if (found := by_sector.get(sector))
    ]
    title = "Pupils on roll, month by month"
    return Chart(
        title,
        sentences.trend("The roll of the authority", over, series[0].figures),
        line("months", title, over, series, unit="count"),
        over_time(f"{title}, as a table", over, series),
    )


def school_chart(name: str, census: Figure, day: str, rows: Sequence[Row[Any]], now: Row[Any] | None) -> Chart | None:
    """One school at the census, at each month's end, and at the latest register; None where nothing else is there."""
    if not rows and now is None:
        return None
    over = [Category(f"the census of {day}", "census"), *(month_category(row.month) for row in rows)]
    figures = [census, *(counted(row, "pupils") for row in rows)]
    if now is not None:
        over.append(Category(f"the latest register, {formats.date(now.as_at)}", "latest"))
        figures.append(counted(now, "pupils"))
    title = f"Pupils on roll of {name}, month by month"
    series = [Series("Pupils", tuple(figures))]
    return Chart(
        title,
        sentences.trend("The roll", over, figures),
        line("months", title, over, series, unit="count"),
        over_time(f"{title}, as a table", over, series),
    )


def over_time(caption: str, over: Sequence[Category], series: Sequence[Series]) -> Table:
    """Points in time down the side, a column for each series."""
    return Table(
        caption=caption,
        columns=(Column("When"), *(Column(one.name, numeric=True) for one in series)),
        rows=[(point.name, *(one.figures[at] for one in series)) for at, point in enumerate(over)],
    )


def stages_table(rows: Sequence[Row[Any]], census: Mapping[tuple[str, str], Figure]) -> Table | None:
    """Stages of each sector at the census and at the latest month's end; None before the first."""
    if not rows:
        return None
    last = max(row.month for row in rows)
    latest = {(row.sector, row.stage): counted(row, "pupils") for row in rows if row.month == last}
    lines: list[tuple[Cell, ...]] = [
        (f"{stage}, {SECTORS[sector].lower()}", census.get((sector, stage), NONE), latest[sector, stage])
        for sector in SECTORS
        for stage in (*STAGES, "unknown")
        if (sector, stage) in latest and {latest[sector, stage].value, census.get((sector, stage), NONE).value} != {0}
    ]
    return Table(
        caption=f"Stages at the census and at the end of {formats.month(last)}",
        columns=(Column("Stage"), Column("At the census", numeric=True), Column(formats.month(last), numeric=True)),
        rows=lines,
    )


def movements_chart(rows: Sequence[Row[Any]]) -> Chart | None:
    """Who came and who left, by month, with who moved in the table; None before the first month's end."""
    if not rows:
        return None
    months = sorted({row.month for row in rows})
    found = {(row.month, row.movement): counted(row, "pupils") for row in rows}
    by_kind = {kind: [found.get((month, kind), NONE) for month in months] for kind in KINDS}
    over = tuple(month_category(month) for month in months)
    title = "Who came and who left, month by month"
    series = [Series(KINDS[kind], tuple(by_kind[kind])) for kind in ("entry", "leaver")]
    lines: list[tuple[Cell, ...]] = [
        (point.name, *(by_kind[kind][at] for kind in KINDS)) for at, point in enumerate(over)
    ]
    lines.append((f"All {len(months)} months", *(summed(by_kind[kind]) for kind in KINDS)))
    return Chart(
        title,
        _came_and_left(over, by_kind),
        bars("movements", title, over, series, "count"),
        Table(
            caption=f"{title}, as a table",
            columns=(Column("Month"), *(Column(name, numeric=True) for name in KINDS.values())),
            rows=lines,
            notes=("All months are added up where every one of them is shown.",),
        ),
    )


def _came_and_left(over: Sequence[Category], by_kind: Mapping[str, Sequence[Figure]]) -> str:
    shown = [at for at in range(len(over)) if by_kind["entry"][at].is_shown and by_kind["leaver"][at].is_shown]
    hidden = len(over) - len(shown)
    parts = []
    if shown:
        at = shown[-1]
        came, left = by_kind["entry"][at], by_kind["leaver"][at]
        parts.append(
            f"In {over[at].name} {came.text} pupils came to the authority's schools and {left.text} left them."
        )
    if hidden:
        verb = "is" if hidden == 1 else "are"
        parts.append(f"{formats.plural(hidden, 'month')} {verb} not shown, because few pupils came or left.")
    return " ".join(parts)
