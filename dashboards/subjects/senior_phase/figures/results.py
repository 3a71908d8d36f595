"""Results of August: how many of the S4 roll have so many awards by the end of S4, S5 and S6, each set by itself."""

from collections.abc import Sequence

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, dots
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.senior_phase.figures.council import Council, earlier
from dashboards.subjects.senior_phase.figures.measures import ENDS, SETS, End, named
from dashboards.subjects.senior_phase.figures.words import EXAMS

Line = tuple[End, str]


def lines_of(award_set: str) -> list[Line]:
    """Ends of stages with the measures that results by then are told by."""
    return [(end, measure) for end in ENDS for measure in end.measures[award_set]]


def results_chart(found: Council, award_set: str) -> Chart | None:
    """The year beside the one before it, of stages whose results have come; None where nothing of it is shown."""
    lines = [
        (end, measure) for end, measure in lines_of(award_set)
        if found.by_end(end, award_set, measure).cohort.value != 0 and earlier(found.year, end.years) in found.rolls
    ]  # fmt: skip
    now = [found.by_end(end, award_set, measure) for end, measure in lines]
    if not any(one.share.is_shown for one in now):
        return None
    before = [found.by_end(end, award_set, measure, earlier(found.year, 1)) for end, measure in lines]
    has_before = any(one.share.is_shown for one in before)
    title = f"{SETS[award_set]}: results of August {int(found.year[:4]) + 1}"
    series = [Series(found.year, tuple(one.share for one in now))]
    if has_before:
        series.append(Series(earlier(found.year, 1), tuple(one.share for one in before)))
    among = [
        Category(f"{end.name.upper()}: {_lower(measure)}", f"{end.name.upper()}, {measure.replace('_at_', ' at ')}")
        for end, measure in lines
    ]
    return Chart(
        title=title,
        sentence=_sentence(lines, now),
        svg=dots(f"results-{award_set.replace('_', '-')}", title, among, series),
        table=_table(f"{title}, as a table", lines, now, before if has_before else None),
        notes=(f"Not compared with results before: {EXAMS[found.year]}.",) if found.year in EXAMS else (),
    )


def _table(caption: str, lines: Sequence[Line], now: Sequence[Attained], before: Sequence[Attained] | None) -> Table:
    rows: list[Sequence[Cell]] = []
    for at, (end, measure) in enumerate(lines):
        earlier_ = (before[at].cell,) if before else ()
        rows.append(
            (f"{end.name.upper()}: {_lower(measure)}", now[at].cell, now[at].achieved, now[at].cohort, *earlier_)
        )
    columns = [Column("By the end of"), Column("Share", numeric=True), Column("Reached", numeric=True),
               Column("S4 roll", numeric=True)]  # fmt: skip
    if before:
        columns.append(Column("Year before", numeric=True))
    return Table(caption=caption, columns=tuple(columns), rows=rows)


def _lower(measure: str) -> str:
    return f"{named(measure)[:1].lower()}{named(measure)[1:]}"


def _sentence(lines: Sequence[Line], now: Sequence[Attained]) -> str:
    """The first measure that is shown by the end of each stage."""
    said = []
    for end in ENDS:
        for (of, measure), one in zip(lines, now, strict=True):
            if of is end and one.share.is_shown:
                said.append(f"{one.text} had {_lower(measure)} by the end of {end.name.upper()}")
                break
    return f"Of their S4 rolls, {formats.listed(said)}." if said else "Nothing of these results is shown."
