"""Many schools beside each other: a table, and small multiples by week, in the order of their names."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.kit import formats
from dashboards.kit.charts import Category, Marker, Panel, multiples, sentences
from dashboards.kit.components import Column, Link, Multiples, Table
from dashboards.kit.formats import NO_SCHOOLS, SECTORS, Figure
from dashboards.subjects.attendance.figures.headline import Beside

SchoolKey = tuple[str, str]
ORDERS = {
    "name": "Name",
    "cluster": "Cluster",
    "pupils": "Pupils, most first",
    "attendance": "Attendance, highest first",
    "change": "Change from last year, largest rise first",
}


@dataclass(frozen=True)
class SchoolLine:
    """A school with its figures of the year so far. ``alike`` is the median of schools like it."""

    seed_code: str
    sector: str
    name: str
    cluster: str
    pupils: Figure
    rate: Figure
    before: Figure
    alike: Figure
    persistent: Figure

    @property
    def key(self) -> SchoolKey:
        """SEED code and sector."""
        return (self.seed_code, self.sector)

    @property
    def link(self) -> Link:
        """To the page of the school."""
        return Link(self.name, "school", {"seed_code": self.seed_code, "sector": self.sector})

    @property
    def change(self) -> Figure:
        """Change from the same weeks of the year before, in percentage points."""
        return self.rate.minus(self.before)


@dataclass(frozen=True)
class Weekly:
    """Attendance of a school by week, the days being Mondays."""

    rates: Mapping[dt.date, Figure]


def in_order(lines: Sequence[SchoolLine], order: str) -> list[SchoolLine]:
    """Schools in one of ``ORDERS``; those without the figure come last, equals by name."""

    def largest(figure: Figure) -> float:
        return float("inf") if figure.value is None else -float(figure.value)

    by_name = sorted(lines, key=lambda line: (line.name, line.key))
    if order == "cluster":
        return sorted(by_name, key=lambda line: (line.cluster == "", line.cluster))
    if order == "pupils":
        return sorted(by_name, key=lambda line: largest(line.pupils))
    if order == "attendance":
        return sorted(by_name, key=lambda line: largest(line.rate))
    if order == "change":
        return sorted(by_name, key=lambda line: largest(line.change))
    return by_name


def schools_table(
    lines: Sequence[SchoolLine],
    council: Mapping[str, Beside],
    nation: Mapping[str, Beside],
    before: str | None,
    year: str,
) -> Table:
    """One row for each school; authority, Scotland and schools like it as differences in percentage points."""
    missing = Beside("", Figure(None, "[x]", why=NO_SCHOOLS))
    has_clusters = any(line.cluster for line in lines)
    columns = [Column("School"), Column("Attendance", numeric=True)]
    columns += [Column(f"Change from {before}", numeric=True, unit="points")] if before else []
    columns += [
        Column("Against authority", numeric=True, unit="points"),
        Column("Against Scotland", numeric=True, unit="points"),
        Column("Against schools like it", numeric=True, unit="points"),
        Column("Persistently absent", numeric=True),
        Column("Pupils", numeric=True),
        Column("Sector"),
    ]
    columns += [Column("Cluster")] if has_clusters else []
    rows = [
        (
            line.link,
            line.rate,
            *((line.change,) if before else ()),
            line.rate.minus(council.get(line.sector, missing).figure),
            line.rate.minus(nation.get(line.sector, missing).figure),
            line.rate.minus(line.alike),
            line.persistent,
            line.pupils,
            SECTORS[line.sector],
            *((line.cluster or "None",) if has_clusters else ()),
        )
        for line in lines
    ]
    return Table(
        caption=f"Attendance of schools, year to date, {year}",
        columns=tuple(columns),
        rows=rows,
        in_window=len(lines) > 1,
        sortable=True,
        dense=True,
        searchable=len(lines) > 1,
        notes=("Points are percentage points: +1.0 means one percentage point above.",),
        empty="No school matches this choice.",
    )


def beside_table(council: Mapping[str, Beside], nation: Mapping[str, Beside]) -> Table:
    """What schools of each sector are compared with."""
    return Table(
        caption="Rates that schools are compared with",
        columns=(
            Column("Sector"), Column("Authority", numeric=True), Column("Scotland", numeric=True),
            Column("Year of Scotland"),
        ),
        rows=[
            (
                SECTORS[sector],
                council[sector].figure if sector in council else Figure(None, "[x]", why=NO_SCHOOLS),
                nation[sector].figure,
                nation[sector].name.removeprefix("Scotland in "),
            )
            for sector in SECTORS
            if sector in nation
        ],
    )  # fmt: skip


def by_week(
    lines: Sequence[SchoolLine],
    weekly: Mapping[SchoolKey, Weekly],
    sector: str,
    beside: tuple[Beside | None, Beside | None],
    year: str,
) -> Multiples | None:
    """Small multiples of one sector, all on one scale, in the order of names; None without weeks.

    ``beside`` are the authority's and the nation's schools of the sector.
    """
    council, nation = beside
    found = [line for line in lines if line.sector == sector]
    days = sorted({day for line in found if line.key in weekly for day in weekly[line.key].rates})
    if not found or not days:
        return None
    over = [Category(formats.date(day), formats.short_date(day)) for day in days]
    none = Figure(None, "[x]")
    figures = {
        line.key: tuple(weekly[line.key].rates.get(day, none) if line.key in weekly else none for day in days)
        for line in found
    }
    markers = [Marker(council.label, council.figure)] if council and council.figure.is_shown else []
    drawn = multiples(f"weeks-{sector}", over, [Panel(line.name, figures[line.key]) for line in found], markers)
    title = f"{SECTORS[sector]} schools by week"
    return Multiples(
        title=title,
        sentence=" ".join(part for part in (_sentence(found, sector, council), _nation(nation)) if part),
        panels=tuple((line.link, svg) for line, svg in zip(found, drawn, strict=True)),
        table=Table(
            caption=f"{title}, {year}, weeks by their Monday",
            columns=(Column("School"), *(Column(formats.short_date(day), numeric=True) for day in days)),
            rows=[(line.name, *figures[line.key]) for line in found],
            dense=True,
        ),
        notes=("All on one scale that does not begin at zero, in the order of names.",),
        level=2,
        captions=tuple(f"Year so far {line.rate.text}, schools like it {line.alike.text}" for line in found),
    )


def _nation(nation: Beside | None) -> str:
    return f"{nation.name}: {nation.figure.text}." if nation and nation.figure.is_shown else ""


def _beside(rate: Figure, council: Beside) -> str:
    said = sentences.comparison(rate, council.figure, council.name)
    return f"{said[:1].lower()}{said[1:]}, the dashed line"


def _sentence(found: Sequence[SchoolLine], sector: str, council: Beside | None) -> str:
    shown = [line for line in found if line.rate.is_shown]
    number = formats.plural(len(found), f"{sector} school")
    if council is None or not council.figure.is_shown or not shown:
        return f"{number}, each with its attendance by week."
    if len(found) == 1:
        return f"{found[0].name}: {found[0].rate.text} in the year so far, {_beside(found[0].rate, council)}."
    level = formats.rounded(council.figure.value or 0)
    above = sum(1 for line in shown if formats.rounded(line.rate.value or 0) >= level)
    return (
        f"{number}, each beside {council.name} in the year so far ({council.figure.text}, dashed). Over the year so "
        f"far {above} of {len(shown)} with a figure {'is' if above == 1 else 'are'} at or above it."
    )
