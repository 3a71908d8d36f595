"""Stretch aims beside the newest released figures: how far, how many pupils, and whether on a straight line.

An aim is compared with a return alone that counts what the aim counts. All SCQF asks for awards of every provider;
where those of others have not come, the figure stands beside the aim and no distance is worked out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from dashboards.kit import formats
from dashboards.kit.charts import Category, Marker, Series, line, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.labels import labels
from dashboards.subjects.core.figures.attained import Attained, attained
from dashboards.subjects.core.queries.aims import FIFTHS, AimRows
from dashboards.subjects.core.queries.published import NOTHING, GroupAim

MEASURES = labels("aim_measures")
GROUPS = labels("aim_groups")
LEVELS = {"bge_literacy": "literacy", "bge_numeracy": "numeracy"}
AWARDS = {"all_scqf_5": "all_scqf_1_at_5", "all_scqf_6": "all_scqf_1_at_6"}
STATES = labels("return_states")
AWARD_STATES = labels("results_states")
WHOLE_STAGE = "P1P4P7"
JOINED_FROM = "2021/22"  # the years since the last break of the return
OTHERS_MISSING = "other providers not counted"
COMPLETE = "complete"


@dataclass(frozen=True)
class Aimed:
    """An aim with the newest released figure of its group; ``year`` is that of the figure, empty where there is none.

    ``is_comparable`` is whether the figure counts what the aim counts. ``gap`` is set for the aim of a gap alone.
    """

    aim: GroupAim
    year: str
    latest: Attained
    gap: Figure
    state: str
    is_comparable: bool
    line: Figure

    @property
    def value(self) -> Figure:
        """The newest figure: a share, or a gap in points."""
        return self.gap if self.aim.group == "gap" else self.latest.share

    @property
    def away(self) -> Figure:
        """Points from the figure to the aim: above zero are still to go. Of a gap, points by which it is too wide."""
        if not self.is_comparable:
            return Figure(None, "[x]", "points", OTHERS_MISSING)
        if self.aim.group != "gap":
            return self.aim.share.minus(self.value)
        if self.value.value is None or self.aim.share.value is None:
            return Figure(None, self.value.symbol or "[x]", "points")
        ends = (Decimal(str(figure.value)).quantize(Decimal("0.1")) for figure in (self.value, self.aim.share))
        wide, aimed = ends
        return Figure(wide - aimed, None, "points")

    @property
    def is_reached(self) -> bool | None:
        """Whether the aim is reached as written; None where it cannot be said."""
        return None if self.away.value is None else self.away.value <= 0

    @property
    def needed(self) -> Figure:
        """Pupils (or leavers) who were missing in the newest year; of a gap none can be named."""
        if self.aim.group == "gap":
            return Figure(None, "[z]", "count")
        if not self.is_comparable:
            return Figure(None, "[z]", "count")
        cohort, achieved, share = self.latest.cohort.value, self.latest.achieved.value, self.aim.share.value
        if cohort is None or achieved is None or share is None:
            return Figure(None, self.latest.achieved.symbol or self.latest.cohort.symbol or "[x]", "count")
        return Figure(max(math.ceil(Decimal(share) * int(cohort)) - int(achieved), 0), None, "count")

    @property
    def is_on_line(self) -> bool | None:
        """Whether the figure has come as far as a straight line to the aim asks; None where there is no line."""
        apart = self.value.minus(self.line).value if self.aim.group != "gap" else None
        return None if apart is None or not self.is_comparable else apart >= 0

    @property
    def name(self) -> str:
        """``Literacy, most deprived fifth``."""
        return f"{MEASURES[self.aim.measure]}, {sentences.in_sentence(GROUPS[self.aim.group])}"


def aimed_of(rows: AimRows) -> tuple[Aimed, ...]:
    """Each aim with its figure, in the order of ``MEASURES`` and ``GROUPS``; a gap that has no aim has its ends'."""
    found = [*rows.aims]
    known = {(aim.measure, aim.group) for aim in found}
    for measure in MEASURES:
        ends = {aim.group: aim for aim in rows.aims if aim.measure == measure}
        if "gap" not in ends and {"q1", "q5"} <= ends.keys() and (measure, "gap") not in known:
            found.append(_gap_of(ends["q1"], ends["q5"]))
    order = {(measure, group): place for place, (measure, group) in enumerate(
        (measure, group) for measure in MEASURES for group in GROUPS)}  # fmt: skip
    held = [aim for aim in found if (aim.measure, aim.group) in order]
    return tuple(_aimed(rows, aim) for aim in sorted(held, key=lambda aim: (order[aim.measure, aim.group], aim.year)))


def _gap_of(most: GroupAim, least: GroupAim) -> GroupAim:
    """The gap that two aims leave between the fifths."""
    points = 100 * (Decimal(least.share.value or 0) - Decimal(most.share.value or 0))
    none = Figure(None, "[z]", "gap")
    return GroupAim(
        most.measure, "gap", most.year, Figure(points, None, "gap"), none, none, most.round, most.status, most.source
    )


def _aimed(rows: AimRows, aim: GroupAim) -> Aimed:
    if aim.measure in LEVELS:
        return _of_levels(rows, aim)
    measure = AWARDS.get(aim.measure, "")
    year = rows.leaver_years[-1] if rows.leaver_years and measure else ""
    row = rows.leavers.get((year, "all"))
    group = "all" if aim.group == "gap" else aim.group
    gap = Figure(None, "[x]", "gap")
    if row is not None and measure:
        gap = formats.figure(row, f"{measure}_gap", f"{measure}_gap", "gap")
    return Aimed(
        aim, year, rows.awards(year, group, measure) if year else attained(None, ""), gap,
        AWARD_STATES.get(str(row.state), "") if row is not None else "",
        row is not None and row.other_providers == COMPLETE, Figure(None, "[z]"),
    )  # fmt: skip


def _of_levels(rows: AimRows, aim: GroupAim) -> Aimed:
    organiser = LEVELS[aim.measure]
    year = rows.level_years[-1] if rows.level_years else ""
    row = rows.levels.get((year, "all"))
    group = "all" if aim.group == "gap" else aim.group
    if row is None:  # a reader of single schools has what is published
        return _as_published(rows, aim, organiser)
    gap = formats.figure(row, f"{organiser}_gap", f"{organiser}_gap", "gap")
    return Aimed(
        aim, year, rows.level(year, group, organiser), gap, STATES.get(str(row.state), ""), True,
        straight_line(rows, aim, year),
    )  # fmt: skip


def _as_published(rows: AimRows, aim: GroupAim, organiser: str) -> Aimed:
    years = [year for year, stage, of in rows.own if (stage, of) == (WHOLE_STAGE, organiser)]
    year = max(years, default="")
    none = attained(None, organiser)
    share = series_value(rows, organiser, aim.group, year) if year and aim.group != "gap" else Figure(None, "[x]")
    gap = rows.own[year, WHOLE_STAGE, organiser].gap if year else Figure(None, "[x]", "gap")
    return Aimed(
        aim, year, Attained(none.cohort, none.achieved, share), gap, "published", True, straight_line(rows, aim, year)
    )


def series_value(rows: AimRows, organiser: str, group: str, year: str) -> Figure:
    """The published share of the authority, of all or a fifth of areas, in a year."""
    known = rows.own.get((year, WHOLE_STAGE, organiser), NOTHING)
    return known.share if group == "all" else known.by_quintile[FIFTHS[group]]


def straight_line(rows: AimRows, aim: GroupAim, year: str) -> Figure:
    """Where a straight line from the published figure of the year before the round to the aim stands in a year.

    ``[z]`` where the round names no first year, or nothing of the year before it is published.
    """
    first = aim.round[:7]
    if aim.group == "gap" or not year or aim.share.value is None or not first[:4].isdigit():
        return Figure(None, "[z]")
    start_year = int(first[:4]) - 1
    start = series_value(rows, LEVELS[aim.measure], aim.group, f"{start_year}/{(start_year + 1) % 100:02}")
    span, gone = int(aim.year[:4]) - start_year, int(year[:4]) - start_year
    if start.value is None or not 0 <= gone <= span:
        return Figure(None, "[z]")
    return Figure(Decimal(start.value) + (Decimal(aim.share.value) - Decimal(start.value)) * gone / span)


def sentence_of(one: Aimed) -> str:
    """How an aim stands, as in ``Literacy: 72.2% in 2024/25, aim 76.0% by 2025/26: 3.8 points to go, 57 pupils``."""
    said = f"{one.name}: {one.value.text}{f' in {one.year}' if one.value.is_shown else ''}"
    said += f", aim {one.aim.share.text} by {one.aim.year}"
    if one.is_reached is None:
        why = OTHERS_MISSING if not one.is_comparable else "not shown"
        return f"{said}; not set against it: {why}."
    if one.is_reached:
        return f"{said}: reached."
    points = formats.change(one.away).removeprefix("up ")
    more = f", {formats.plural(int(one.needed.value), 'pupil')}" if one.needed.value else ""
    return f"{said}: {points} to go{more}."


def table_of(every: Sequence[Aimed]) -> Table:
    """A row for each aim: figure with its year and state, the aim, what is still to go, and the straight line."""
    rows = [
        (
            one.name, one.latest.of_cohort if one.aim.group != "gap" else one.gap, one.year or "None", one.aim.share,
            _standing(one), one.needed if one.needed.symbol != "[z]" else "", _on_line(one),
        )
        for one in every
    ]  # fmt: skip
    return Table(
        caption="Each aim beside the newest figure",
        columns=(
            Column("Measure and group"), Column("Newest", numeric=True), Column("Year"), Column("Aim", numeric=True),
            Column("Standing"), Column("Pupils to go", numeric=True), Column("Straight line"),
        ),
        rows=rows,
        dense=True,
    )  # fmt: skip


def _standing(one: Aimed) -> str:
    if one.is_reached is None:
        return "Not comparable" if not one.is_comparable else "Not shown"
    if one.is_reached:
        return "Reached"
    return f"{abs(Decimal(one.away.value or 0))} points to go"


def _on_line(one: Aimed) -> str:
    if one.is_on_line is None:
        return ""
    return f"{'On' if one.is_on_line else 'Below'} it ({one.line.text})"


def path_chart(rows: AimRows, every: Sequence[Aimed], measure: str) -> Chart | None:
    """The published series since the last break with the newest return, all and both ends, and the aim across."""
    organiser = LEVELS[measure]
    mine = {one.aim.group: one for one in every if one.aim.measure == measure}
    years = sorted({year for year, stage, of in rows.own if (stage, of) == (WHOLE_STAGE, organiser)})
    years = [year for year in years if year >= JOINED_FROM]
    if "all" not in mine or not years:
        return None
    groups = [group for group in ("all", "q1", "q5") if group in mine]
    title = f"{MEASURES[measure]} on the way to its aim"
    series = [
        Series(GROUPS[group], tuple(series_value(rows, organiser, group, year) for year in years)) for group in groups
    ]
    return Chart(
        title=title,
        sentence=sentence_of(mine["all"]),
        svg=line(
            f"aim-{organiser}", title, [Category(year, year[2:]) for year in years], series,
            (Marker("Aim, all", mine["all"].aim.share),),
        ),
        table=Table(
            caption=f"{title}, as published",
            columns=(Column("Year"), *(Column(GROUPS[group], numeric=True) for group in groups)),
            rows=[
                (year, *(series_value(rows, organiser, group, year) for group in groups)) for year in years
            ],
        ),
        level=2,
    )  # fmt: skip


def pace(rows: AimRows, one: Aimed) -> str:
    """How many years are left, beside the largest rise of a year that is published since the series was last broken.

    ``1 year is left; the largest rise in a year since 2021/22 was 6.2 percentage points (2022/23).`` Empty where the
    aim is reached, or it cannot be said.
    """
    if one.is_reached in (None, True) or one.aim.measure not in LEVELS or one.aim.group == "gap":
        return ""
    organiser = LEVELS[one.aim.measure]
    known = sorted(
        year for year, stage, of in rows.own if (stage, of) == (WHOLE_STAGE, organiser) and year >= JOINED_FROM
    )
    rises = [
        (now.minus(before).value or Decimal(0), year)
        for earlier, year in pairwise(known)
        if int(year[:4]) - int(earlier[:4]) == 1
        and (now := series_value(rows, organiser, one.aim.group, year)).is_shown
        and (before := series_value(rows, organiser, one.aim.group, earlier)).is_shown
    ]
    left = int(one.aim.year[:4]) - int(one.year[:4])
    if left < 1 or not rises:
        return ""
    largest, when = max(rises)
    beside = f"was {formats.change(largest).removeprefix('up ')} ({when})" if largest > 0 else "was none"
    remain = formats.plural(left, "year is", "years are")
    return f"{remain} left; the largest rise in a year since {JOINED_FROM} {beside}."
