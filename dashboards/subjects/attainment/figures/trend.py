"""Levels over the years: returned, published and of Scotland, with breaks drawn and nothing joined across them."""

from collections.abc import Sequence

from dashboards.kit import formats
from dashboards.kit.charts import Break, Category, Series, line, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.labels import labels
from dashboards.subjects.attainment.figures.council import Council, stage_name
from dashboards.subjects.core.figures.attained import ORGANISERS

BREAKS = labels("return_breaks")
NOT_ASKED = "2019/20"  # on the axis all the same, so that the gap is as long as it was
OF_STAGE = {"P1P4P7": ("2018/19", "2019/20", "2020/21"), "S3": ("2018/19", "2019/20", "2021/22"),
            "S3_fourth": ("2018/19", "2019/20", "2021/22")}  # fmt: skip
ENDS_AT = {"2020/21": "2021/22"}  # a break on both sides: the year after is not joined either


def years_of(found: Council) -> tuple[str, ...]:
    """Every year from the first to the last that is returned or published, those without a figure among them."""
    known = {*found.years, *(year for year, _, _ in found.own), *(year for year, _, _ in found.scotland)}
    first, last = (int(end(known)[:4]) for end in (min, max)) if known else (0, -1)
    return tuple(f"{year}/{(year + 1) % 100:02}" for year in range(first, last + 1))


def breaks_of(years: Sequence[str], stage: str) -> tuple[Break, ...]:
    """Breaks of a stage among these years, in their order."""
    return tuple(
        Break(years.index(year), BREAKS[year]) for year in OF_STAGE[stage] if year in years and years.index(year)
    )


def cuts_of(years: Sequence[str], stage: str) -> tuple[Break, ...]:
    """Where a line is cut: at each break, and after a year that stands alone."""
    found = breaks_of(years, stage)
    after = [Break(years.index(ENDS_AT[year]), BREAKS[year]) for year in OF_STAGE[stage]
             if year in ENDS_AT and ENDS_AT[year] in years]  # fmt: skip
    return (*found, *after)


def trend_chart(found: Council, stage: str, organiser: str) -> Chart | None:
    """A stage and organiser over the years; None where neither a return nor anything published is shown."""
    years = years_of(found)
    mine = tuple(found.at(stage, organiser, year).share for year in years)
    said = tuple(found.said(stage, organiser, year).share for year in years)
    nation = tuple(found.nation(stage, organiser, year).share for year in years)
    if not any(figure.is_shown for figure in (*mine, *said)):
        return None
    title = f"{ORGANISERS[organiser]}, {stage_name(stage)}"
    series = [Series("Published", said), Series("Returned", mine), Series("Scotland", nation)]
    if not any(figure.is_shown for figure in mine):
        series.pop(1)
    over = [Category(year, year[2:]) for year in years]
    return Chart(
        title=title,
        sentence=trend_sentence(years, said, mine, stage),
        svg=line(f"trend-{stage.lower()}-{organiser}", title, over, series, breaks=cuts_of(years, stage)),
        table=Table(
            caption=f"{title}, by year",
            columns=(
                Column("Year"), Column("Returned", numeric=True), Column("Pupils", numeric=True),
                Column("Published here", numeric=True), Column("Scotland", numeric=True), Column("Break"),
            ),
            rows=[
                (
                    year, found.at(stage, organiser, year).cell, found.at(stage, organiser, year).cohort, published,
                    scotland, BREAKS[year] if year in OF_STAGE[stage] else "",
                )
                for year, published, scotland in zip(years, said, nation, strict=True)
            ],
        ),
    )  # fmt: skip


def trend_sentence(years: Sequence[str], said: Sequence[Figure], mine: Sequence[Figure], stage: str) -> str:
    """From the first year after the last break to the newest: what may be compared and nothing else.

    The published series is spoken of where it has two such years, else the returned one.
    """
    since = max((one.at for one in cuts_of(years, stage)), default=0)
    for figures, which in ((said, "As published"), (mine, "As returned")):
        known = [(year, figure) for year, figure in list(zip(years, figures, strict=True))[since:] if figure.is_shown]
        if len(known) > 1:
            (first, start), (last, end) = known[0], known[-1]
            return (
                f"{which}: {start.text} in {first}, {end.text} in {last}, {formats.change(end.minus(start))}. "
                "Years before that may not be compared."
            )
    return sentences.hidden(mine) or "No two years that may be compared are shown."


def words_of(stage: str) -> tuple[str, ...]:
    """Where the series of a stage break, and what no return of the council shows yet."""
    said = "; ".join(BREAKS[year] for year in OF_STAGE[stage])
    fourth = "S3 at fourth level is as published: the council's own return of it has not been released yet."
    lines = f"Upright lines are breaks; nothing is joined across them: {said}."
    return (lines if stage == "P1P4P7" else f"{lines} {fourth}",)
