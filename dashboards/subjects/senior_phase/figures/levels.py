"""Leavers by level: each set of awards in charts of its own, over the years, cut where grading was another."""

from collections.abc import Sequence

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, line, sentences
from dashboards.kit.components import Card, Cell, Chart, Column, Table
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.senior_phase.figures.council import Council
from dashboards.subjects.senior_phase.figures.measures import OF_LEAVERS, SETS, in_full, named
from dashboards.subjects.senior_phase.figures.words import EXAMS, breaks_of

HEADLINES = ("national_1_at_5", "national_1_at_6", "all_scqf_1_at_5", "all_scqf_1_at_6")
NARROWER = {"national": ("1",), "all_scqf": ("1", "5")}


def cards(found: Council) -> tuple[Card, ...]:
    """One or more at levels 5 and 6, of each set, and first destinations."""
    made = [_card(found, measure) for measure in HEADLINES]
    if found.destinations.get(found.year) is not None:
        made.append(_destinations_card(found))
    return tuple(made)


def _card(found: Council, measure: str) -> Card:
    now = found.at(measure)
    lines = []
    if now.share.is_shown:
        lines.append(f"{now.achieved.text} of {now.cohort.text} leavers.")
        lines += _since(found, now, found.at(measure, found.before or "none"))
        nation = found.scotland(measure)
        if nation.is_shown:
            lines.append(f"{sentences.comparison(now.share, nation, f'Scotland in {found.year}')}.")
    return Card(in_full(measure), now.text if now.is_small else now.share, tuple(lines))


def _since(found: Council, now: Attained, before: Attained) -> list[str]:
    """The change from the year before, where grading was the same in both and neither is of few leavers."""
    if not found.before or now.is_small or before.is_small:
        return []
    if found.year in EXAMS:  # such a year begins anew; years after the last of them are graded alike
        return [f"Not compared with {found.before}: {EXAMS[found.year]}."]
    return [f"{sentences.changed(now.share, before.share, found.before)}."]


def _destinations_card(found: Council) -> Card:
    now = found.went("initial")
    lines = [f"{now.achieved.text} of {now.cohort.text} leavers."] if now.share.is_shown else []
    return Card(
        "Positive destination, three months after leaving", now.text if now.is_small else now.share, tuple(lines)
    )


def trend_charts(found: Council) -> tuple[Chart, ...]:
    """One chart for each set of awards and number of them: a line for each level."""
    made = []
    for award_set, numbers in NARROWER.items():
        for number in numbers:
            of = [measure for measure in OF_LEAVERS[award_set] if f"_{number}_at_" in measure]
            if chart := _trend(found, award_set, of):
                made.append(chart)
    return tuple(made)


def _trend(found: Council, award_set: str, of: Sequence[str]) -> Chart | None:
    years = found.years
    each = {measure: [found.at(measure, year) for year in years] for measure in of}
    if not any(one.share.is_shown for ones in each.values() for one in ones):
        return None
    number = named(of[0]).partition(" at ")[0].lower()
    title = f"{SETS[award_set]}: {number}, by level"
    levels = {measure: f"Level {measure.rpartition('_at_')[2]}" for measure in of}
    return Chart(
        title=title,
        sentence=_trend_sentence(found, each),
        svg=line(
            f"leavers-{of[0].replace('_', '-')}",
            title,
            [Category(year, year[2:]) for year in years],
            [Series(levels[measure], tuple(one.share for one in ones)) for measure, ones in each.items()],
            breaks=breaks_of(years),
        ),
        table=Table(
            caption=f"{title}, by year",
            columns=(
                Column("Leaver year"), *(Column(levels[measure], numeric=True) for measure in of),
                Column("Leavers", numeric=True), Column("Break"),
            ),
            rows=[
                (year, *(ones[at].cell for ones in each.values()), each[of[0]][at].cohort, EXAMS.get(year, ""))
                for at, year in enumerate(years)
            ],
        ),
    )  # fmt: skip


def _trend_sentence(found: Council, each: dict[str, list[Attained]]) -> str:
    """The levels of the year that is shown; what may be compared says the table."""
    at = found.years.index(found.year) if found.year in found.years else len(found.years) - 1
    shown = [
        f"{ones[at].text} had {named(measure)[:1].lower()}{named(measure)[1:]}"
        for measure, ones in each.items()
        if ones[at].share.is_shown
    ]
    year = found.years[at]
    if not shown:
        return sentences.hidden([ones[at].share for ones in each.values()]) or f"Nothing is shown of {year}."
    return f"Of leavers of {year}, {formats.listed(shown)}."


def levels_table(found: Council, award_set: str) -> Table:
    """All measures of a set: leavers, how many reached it, and the year before."""
    rows: list[Sequence[Cell]] = []
    for measure in OF_LEAVERS[award_set]:
        now, before = found.at(measure), found.at(measure, found.before or "none")
        earlier = (before.cell,) if found.before else ()
        rows.append((named(measure), now.cell, now.achieved, now.cohort, *earlier))
    columns = [Column("Awards"), Column("Share", numeric=True), Column("Reached", numeric=True),
               Column("Leavers", numeric=True)]  # fmt: skip
    if found.before:
        columns.append(Column(found.before, numeric=True))
    return Table(caption=f"{SETS[award_set]} of leavers, {found.year}", columns=tuple(columns), rows=rows)
