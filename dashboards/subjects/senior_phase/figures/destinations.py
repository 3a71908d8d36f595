"""Where leavers went: by kind, and positive destinations over the years; the two editions are never in one chart."""

from dashboards.kit.charts import Category, Series, bars, categories, line, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.subjects.senior_phase.figures.council import Council
from dashboards.subjects.senior_phase.figures.measures import DESTINATIONS, EDITIONS


def kinds_of(found: Council, edition: str) -> dict[str, Figure]:
    """How many leavers went where, by kind, in the year that is shown; empty where the edition has not come."""
    row = found.destinations.get(found.year)
    if row is None or found.went(edition).cohort.value == 0:
        return {}
    return {kind: figure(row, f"{edition}_{kind}", f"{edition}_{kind}", "count") for kind in DESTINATIONS}


def kinds_chart(found: Council, edition: str) -> Chart | None:
    """Leavers by kind of positive destination; None where the edition has not come or nothing of it is shown."""
    kinds = kinds_of(found, edition)
    if not any(one.is_shown for one in kinds.values()):
        return None
    title = f"Positive destinations {EDITIONS[edition]}, leavers of {found.year}"
    whole = found.went(edition)
    share = [
        Figure(int(one.value) / int(whole.cohort.value)) if one.value is not None and whole.cohort.value
        else Figure(None, one.symbol or whole.cohort.symbol)
        for one in kinds.values()
    ]  # fmt: skip
    return Chart(
        title=title,
        sentence=_sentence(found, edition),
        svg=bars(f"kinds-{edition.replace('_', '-')}", title, categories(DESTINATIONS.values()),
                 [Series("Leavers", tuple(kinds.values()))], unit="count"),
        table=Table(
            caption=f"{title}, as a table",
            columns=(Column("Destination"), Column("Leavers", numeric=True), Column("Share", numeric=True)),
            rows=[
                *((DESTINATIONS[kind], one, of) for (kind, one), of in zip(kinds.items(), share, strict=True)),
                ("All positive", whole.achieved, whole.share),
                ("All leavers", whole.cohort, ""),
            ],
        ),
    )  # fmt: skip


def _sentence(found: Council, edition: str) -> str:
    one = found.went(edition)
    if not one.share.is_shown:
        return f"How many leavers were in a positive destination {EDITIONS[edition]} is not shown: {one.share.word}."
    return (
        f"{one.achieved.text} of {one.cohort.text} leavers of {found.year} ({one.share.text}) were in a positive "
        f"destination {EDITIONS[edition]}."
    )


def trend_chart(found: Council, edition: str) -> Chart | None:
    """Positive destinations over the years in one edition; None with fewer than two years that are shown."""
    years = found.years
    each = [found.went(edition, year) for year in years]
    if sum(one.share.is_shown for one in each) < 2:
        return None
    title = f"Positive destinations {EDITIONS[edition]}, over the years"
    shares = tuple(one.share for one in each)
    return Chart(
        title=title,
        sentence=sentences.hidden(shares) or f"{_sentence(found, edition)}",
        svg=line(f"positive-{edition.replace('_', '-')}", title, [Category(year, year[2:]) for year in years],
                 [Series("Positive", shares)]),
        table=Table(
            caption=f"{title}, as a table",
            columns=(Column("Leaver year"), Column("Positive", numeric=True), Column("Leavers", numeric=True)),
            rows=[(year, one.cell, one.cohort) for year, one in zip(years, each, strict=True)],
        ),
    )  # fmt: skip
