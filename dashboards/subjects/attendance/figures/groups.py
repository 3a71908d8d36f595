"""Attendance of groups of pupils beside each other, and by weekday and half day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Marker, Series, bars, dots, heat, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.subjects.attendance.figures.year_before import NOTHING_BEFORE, YearBefore, moved
from dashboards.subjects.core.figures import codes

MOST_HIDDEN = Decimal("0.5")
FEW = 3


@dataclass(frozen=True)
class Group:
    """A group of pupils: ``value`` is its code. ``persistent`` is the share absent in 10% or more, where known."""

    value: str
    name: str
    rate: Figure
    pupils: Figure
    persistent: Figure | None = None
    hidden: int = 0
    cells: int = 0


@dataclass(frozen=True)
class Cells:
    """Cells of a table added up: openings of those that are shown, and how many there are and are not shown."""

    possible: int = 0
    attended: int = 0
    cells: int = 0
    suppressed: int = 0
    missing: int = 0

    def plus(self, other: "Cells") -> "Cells":
        """Both together."""
        return Cells(
            self.possible + other.possible, self.attended + other.attended, self.cells + other.cells,
            self.suppressed + other.suppressed, self.missing + other.missing,
        )  # fmt: skip

    @property
    def hidden(self) -> int:
        """Cells that are not shown."""
        return self.suppressed + self.missing

    @property
    def rate(self) -> Figure:
        """Attendance over the cells that are shown; a symbol where more than half of them are not."""
        if self.cells and Decimal(self.hidden) / self.cells > MOST_HIDDEN:
            return Figure(None, "[c]" if self.suppressed else "[x]")
        return Figure(Decimal(self.attended) / self.possible) if self.possible else Figure(None, "[z]")


def summed(rows: Iterable[Row[Any]], column: str) -> dict[str, Cells]:
    """Cells by the values of a column; rows have ``possible``, ``attended``, ``cells``, ``suppressed``, ``missing``."""
    found: dict[str, Cells] = {}
    for row in rows:
        value = row._mapping[column]
        cells = Cells(int(row.possible or 0), int(row.attended or 0), row.cells, row.suppressed, row.missing)
        found[value] = found.get(value, Cells()).plus(cells)
    return found


def released(rows: Iterable[Row[Any]], names: dict[str, str], column: str = "value") -> tuple[Group, ...]:
    """Groups as released, in the order of ``names``; a group that nobody is in is left out."""
    found = [
        Group(
            row._mapping[column],
            names.get(row._mapping[column], row._mapping[column]),
            figure(row, "attendance_rate"),
            figure(row, "pupils", "pupils", "count"),
        )
        for row in rows
        if row.openings_symbol != "[z]"
    ]
    order = tuple(names)
    return tuple(sorted(found, key=lambda group: codes.placed(group.value, order)))


def all_hidden(groups: Sequence[Group]) -> bool:
    """Whether there are groups and none has a figure."""
    return bool(groups) and not any(group.rate.is_shown for group in groups)


def mostly_hidden(groups: Sequence[Group]) -> bool:
    """Whether more than half of the groups have no figure."""
    return sum(1 for group in groups if not group.rate.is_shown) * 2 > len(groups)


def groups_chart(
    name: str,
    title: str,
    heading: str,
    groups: Sequence[Group],
    markers: Sequence[Marker] = (),
    sentence: str = "",
    notes: tuple[str, ...] = (),
    before: YearBefore = NOTHING_BEFORE,
) -> Chart | None:
    """Attendance of groups as dots, with the pupils and persistent absence of each in the table; None without any.

    Two groups are said in a sentence and not drawn: an axis that does not begin at zero makes much of little.
    ``name`` is the kind of group among rates of the year ``before``, which stand beside where there are any.
    """
    if not groups:
        return None
    among = [Category(group.name, codes.SHORT_NAMES.get(group.name, "")) for group in groups]
    rates = tuple(group.rate for group in groups)
    has_pupils = any(group.pupils.symbol != "[z]" for group in groups)
    has_persistent = any(group.persistent is not None for group in groups)
    has_hidden = any(group.cells for group in groups)
    then = tuple(before.rates.get((name, group.value), Figure(None, "[x]")) for group in groups)
    has_before = any(rate.is_shown for rate in then)
    columns = [Column(heading), Column("Attendance", numeric=True)]
    columns += [Column(before.year, numeric=True), Column("Change", numeric=True, unit="points")] if has_before else []
    columns += [Column("Pupils", numeric=True)] if has_pupils else []
    columns += [Column("Persistently absent", numeric=True)] if has_persistent else []
    columns += [Column("Figures left out", numeric=True)] if has_hidden else []
    rows = [
        (
            group.name,
            group.rate,
            *((old, group.rate.minus(old)) if has_before else ()),
            *((group.pupils,) if has_pupils else ()),
            *((group.persistent or Figure(None, "[z]"),) if has_persistent else ()),
            *((f"{group.hidden} of {group.cells}",) if has_hidden else ()),
        )
        for group, old in zip(groups, then, strict=True)
    ]
    sentence = sentence or each(groups) or sentences.extremes("Attendance", among, rates)
    parts = (sentence, moved([group.name for group in groups], rates, then), sentences.hidden(rates, "group"))
    is_drawn = len(groups) > 2 and not all_hidden(groups)  # of two the sentence says it all
    series = [Series("Attendance", rates), *([Series(before.year, then)] if has_before else [])]
    drawn = dots(name, title, among, series, markers) if is_drawn else Markup()
    return Chart(
        title=title,
        sentence=" ".join(part for part in parts if part),
        svg=drawn,
        table=Table(caption=title, columns=tuple(columns), rows=rows),
        notes=notes,
    )


def each(groups: Sequence[Group]) -> str:
    """A sentence for two or three groups: ``Attendance was 92.3% for girls and 92.1% for boys.`` Empty for more."""
    shown = [f"{group.rate.text} for {sentences.in_sentence(group.name)}" for group in groups if group.rate.is_shown]
    return f"Attendance was {formats.listed(shown)}." if shown and len(groups) <= FEW else ""


def pupils_chart(name: str, title: str, heading: str, groups: Sequence[Group]) -> Chart | None:
    """How many pupils there are in each group, as bars; None without any."""
    if not groups:
        return None
    among = [Category(group.name, codes.SHORT_NAMES.get(group.name, "")) for group in groups]
    pupils = tuple(group.pupils for group in groups)
    shown = [(group.name, group.pupils) for group in groups if group.pupils.is_shown]
    sentence = ""
    if shown:
        number = max((figure for _, figure in shown), key=lambda one: one.value or 0)
        most = [sentences.in_sentence(group) for group, figure in shown if figure.value == number.value]
        which = f"The largest group{'s' if len(most) > 1 else ''}"
        that_is_shown = "" if len(shown) == len(groups) else f" that {'are' if len(most) > 1 else 'is'} shown"
        each_of = " each" if len(most) > 1 else ""
        pupils_of = formats.plural(int(number.value or 0), "pupil")
        sentence = (
            f"{which}{that_is_shown} {'are' if len(most) > 1 else 'is'} {formats.listed(most)} ({pupils_of}{each_of})."
        )
    return Chart(
        title=title,
        sentence=" ".join(part for part in (sentence, sentences.hidden(pupils, "group")) if part),
        svg=bars(name, title, among, [Series("Pupils", pupils)], "count") if shown else Markup(),
        table=Table(
            caption=title,
            columns=(Column(heading), Column("Pupils", numeric=True)),
            rows=[(group.name, group.pupils) for group in groups],
        ),
    )


def weekday_chart(name: str, rows: Sequence[Row[Any]]) -> Chart | None:
    """Attendance by weekday and half day as a heat map; half days on which no school opens are left out."""
    found = {(int(row.weekday), row.opening): figure(row, "attendance_rate") for row in rows}
    open_at = {key: value for key, value in found.items() if value.symbol != "[z]"}
    days = [day for day in codes.WEEKDAYS if any(key[0] == day for key in open_at)]
    halves = [half for half in codes.HALF_DAYS if any(key[1] == half for key in open_at)]
    if not days:
        return None
    closed = Figure(None, "[z]")
    grid = [[found.get((day, half), closed) for day in days] for half in halves]
    along = [Category(codes.HALF_DAYS[half]) for half in halves]
    across = [Category(*codes.WEEKDAYS[day]) for day in days]
    flat = [
        (f"{column.name} {row.name.lower()}", value)
        for row, line in zip(along, grid, strict=True)
        for column, value in zip(across, line, strict=True)
        if value.symbol != "[z]"
    ]
    title = "Attendance by weekday and half day"
    rates = [value for _, value in flat]
    parts = (
        sentences.extremes("Attendance", [Category(text) for text, _ in flat], rates),
        sentences.hidden(rates, "half day"),
    )
    table = Table(
        caption=title,
        columns=(Column("Half day"), *(Column(column.name, numeric=True) for column in across)),
        rows=[(row.name, *line) for row, line in zip(along, grid, strict=True)],
    )
    return Chart(
        title=title,
        sentence=" ".join(part for part in parts if part),
        svg=heat(name, title, along, across, grid),
        table=table,
    )
