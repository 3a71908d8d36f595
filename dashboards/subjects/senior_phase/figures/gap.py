"""The gap between the most and the least deprived fifth of areas, both ends with their leavers."""

from collections.abc import Callable, Sequence

from dashboards.kit.charts import Category, Ends, dumbbell
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.core.figures.codes import SIMD_NOTE
from dashboards.subjects.senior_phase.figures.council import Council
from dashboards.subjects.senior_phase.figures.measures import EDITIONS, OF_LEAVERS, POSITIVE, SETS, named

MOST, LEAST = "1", "5"
QUINTILES = labels("quintiles")
NO_AREA = "No area here is among Scotland's most deprived fifth, so there is no gap of this kind."
NO_DESTINATIONS = "The gap in positive destinations is not shown: too few leavers stand behind one of its ends."
NOT_SHOWN = "The gap is not shown: too few leavers stand behind one of its ends."


def awards_chart(found: Council, award_set: str) -> Chart | None:
    """Measures of one set of awards; None where both ends of none are shown."""
    row = found.awards.get(found.year)
    names = {measure: named(measure) for measure in OF_LEAVERS[award_set]}
    gaps = {m: figure(row, f"{m}_gap", f"{m}_gap", "gap") for m in names} if row is not None else {}
    return _chart(found, f"{SETS[award_set]}: most and least deprived fifth, {found.year}", names, found.of, gaps)


def destinations_chart(found: Council) -> Chart | None:
    """Positive destinations three months after leaving; follow-up ones are another count, in a chart of their own."""
    row = found.destinations.get(found.year)
    gaps = {"initial": figure(row, f"{POSITIVE['initial']}_gap", f"{POSITIVE['initial']}_gap", "gap")} if row else {}
    title = f"Positive destinations {EDITIONS['initial']}: most and least deprived fifth, {found.year}"
    return _chart(found, title, {"initial": "A positive destination"}, found.went_from, gaps)


def _chart(
    found: Council, title: str, names: dict[str, str], of: Callable[[str, str], Attained], gaps: dict[str, Figure]
) -> Chart | None:
    pairs = [(of(MOST, one), of(LEAST, one)) for one in names]
    if not gaps or not any(most.share.is_shown and least.share.is_shown for most, least in pairs):
        return None
    svg = dumbbell(
        f"gap-{'-'.join(list(names)[:1]).replace('_', '-')}",
        title,
        [Category(name) for name in names.values()],
        [Ends(most.share, least.share) for most, least in pairs],
        (QUINTILES[MOST], QUINTILES[LEAST]),
    )
    return Chart(
        title=title,
        sentence=_sentence(names, pairs, gaps),
        svg=svg,
        table=Table(
            caption=f"{title}, as a table",
            columns=(
                Column("Measure"), Column(QUINTILES[MOST], numeric=True), Column("Leavers there", numeric=True),
                Column(QUINTILES[LEAST], numeric=True), Column("Leavers in it", numeric=True),
                Column("Gap", numeric=True, unit="points"),
            ),
            rows=[
                (name, most.cell, most.cohort, least.cell, least.cohort, _said(gaps[one]))
                for (one, name), (most, least) in zip(names.items(), pairs, strict=True)
            ],
        ),
        notes=(f"Areas by {found.edition}. {SIMD_NOTE}",),
    )  # fmt: skip


def _said(gap: Figure) -> Figure:
    return Figure(None, "[z]", "gap", "no such areas") if gap.symbol == "[z]" else gap


def _sentence(names: dict[str, str], pairs: Sequence[tuple[Attained, Attained]], gaps: dict[str, Figure]) -> str:
    said = [
        f"{name[:1].lower()}{name[1:]}: {most.text} and {least.text}, a gap of {gaps[one].text} points"
        for (one, name), (most, least) in zip(names.items(), pairs, strict=True)
        if gaps[one].is_shown
    ]
    if said:
        return f"Leavers from the most and from the least deprived fifth with {'; '.join(said)}."
    return NO_AREA if any(gap.symbol == "[z]" for gap in gaps.values()) else NOT_SHOWN


def why_not(found: Council) -> str:
    """Why no gap is shown: no area is among the most deprived fifth, or too few leavers stand behind an end."""
    row = found.awards.get(found.year)
    symbols = {row._mapping[f"{m}_gap_symbol"] for ones in OF_LEAVERS.values() for m in ones} if row is not None else {}
    return NO_AREA if symbols == {"[z]"} else NOT_SHOWN
