"""The gap between the least and the most deprived fifth of areas, both ends with their pupils."""

from collections.abc import Sequence

from dashboards.kit import formats
from dashboards.kit.charts import Category, Ends, dumbbell
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.subjects.attainment.figures.council import LEAST, MOST, QUINTILES, Council, stage_name
from dashboards.subjects.attainment.figures.trend import breaks_of, years_of
from dashboards.subjects.core.figures.attained import ORGANISERS
from dashboards.subjects.core.figures.codes import SIMD_NOTE

NO_AREA = "No area here is among Scotland's most deprived fifth, so there is no gap of this kind."


def gap_chart(found: Council, organiser: str) -> Chart | None:
    """Both ends of each stage; None where no end of any is shown."""
    stages = found.stages
    pairs = [(found.of(stage, MOST, organiser), found.of(stage, LEAST, organiser)) for stage in stages]
    if not any(one.share.is_shown for pair in pairs for one in pair):
        return None
    name = ORGANISERS[organiser]
    title = f"{name}: most and least deprived fifth, {found.year}"
    svg = dumbbell(
        f"gap-{organiser}",
        title,
        [Category(stage_name(stage)) for stage in stages],
        [Ends(most.share, least.share) for most, least in pairs],
        (QUINTILES[MOST], QUINTILES[LEAST]),
    )
    columns = (
        Column("Stage"), Column(QUINTILES[MOST], numeric=True), Column("Pupils there", numeric=True),
        Column(QUINTILES[LEAST], numeric=True), Column("Pupils in it", numeric=True),
        Column("Gap", numeric=True, unit="points"), Column("Gap in Scotland", numeric=True, unit="points"),
    )  # fmt: skip
    rows = [
        (
            stage_name(stage), most.cell, most.cohort, least.cell, least.cohort,
            _said(found.gap(stage, organiser)), found.nation(stage, organiser).gap,
        )
        for stage, (most, least) in zip(stages, pairs, strict=True)
    ]  # fmt: skip
    return Chart(
        title=title,
        sentence=gap_sentence(found, organiser),
        svg=svg,
        table=Table(caption=f"{title}, as a table", columns=columns, rows=rows),
        notes=(f"Areas by {found.edition}, for the council and for Scotland. {SIMD_NOTE}",),
    )


def _said(gap: Figure) -> Figure:
    """A gap that does not apply, in words."""
    return Figure(None, "[z]", "gap", "no such areas") if gap.symbol == "[z]" else gap


def gap_sentence(found: Council, organiser: str) -> str:
    """The gap of the first pooled stage that is shown, beside the year before and Scotland."""
    name = ORGANISERS[organiser]
    for stage in ("P1P4P7", "S3"):
        gap = found.gap(stage, organiser)
        most, least = found.of(stage, MOST, organiser), found.of(stage, LEAST, organiser)
        if gap.value is None:
            continue
        said = (
            f"In {stage_name(stage)} {most.share.text} of {most.cohort.text} pupils from the most deprived fifth of "
            f"areas achieved {name.lower()}, and {least.share.text} of {least.cohort.text} from the least deprived: a "
            f"gap of {gap.text} percentage points"
        )
        nation = found.nation(stage, organiser).gap
        before = found.gap(stage, organiser, found.before or "none")
        beside = [f"{before.text} in {found.before}"] if before.is_shown else []
        beside += [f"{nation.text} in Scotland"] if nation.is_shown else []
        return f"{said} ({formats.listed(beside)})." if beside else f"{said}."
    if any(found.gap(stage, organiser).symbol == "[z]" for stage in found.stages):
        return NO_AREA
    return f"The gap in {name.lower()} is not shown: too few pupils stand behind one of its ends."


def gap_over_years(found: Council) -> Table:
    """The gap of the pooled primaries in each year: returned, published, and in Scotland."""
    rows: list[Sequence[Cell]] = []
    for year in years_of(found):
        cells = [
            gap
            for organiser in ("literacy", "numeracy")
            for gap in (
                _said(found.gap("P1P4P7", organiser, year)),
                found.said("P1P4P7", organiser, year).gap,
                found.nation("P1P4P7", organiser, year).gap,
            )
        ]
        rows.append((year, *cells))
    columns = [Column("Year")]
    for name in ("Literacy", "Numeracy"):
        columns += [
            Column(f"{name}, returned", numeric=True), Column("published here", numeric=True),
            Column("Scotland", numeric=True),
        ]  # fmt: skip
    said = [f"{one.says}" for one in breaks_of(years_of(found), "P1P4P7")]
    return Table(
        caption="Gap in P1, P4 and P7 over the years, percentage points",
        columns=tuple(columns),
        rows=rows,
        notes=(f"Not to be compared across these breaks: {'; '.join(said)}.",) if said else (),
    )
