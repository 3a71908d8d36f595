"""Absence: why half days are missed, how it is spread over pupils, and which of it is authorised."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, bars, sentences
from dashboards.kit.components import Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.subjects.core.figures import codes

BANDS = (
    ("pupils_absent_under_5", "Under 5%"),
    ("pupils_absent_5_to_10", "5% to under 10%"),
    ("pupils_absent_10_to_20", "10% to under 20%"),
    ("pupils_absent_20_and_over", "20% or more"),
)
REASONS_NOTE = (
    "Schools and authorities record reasons differently: do not compare them between schools or authorities, "
    "as the official publications say too."
)
HELD = (
    "Each figure changes when a month ends, and only where at least five pupils have moved since it was last shown, so "
    "that no single pupil shows in the difference between two releases."
)


def or_low(found: Figure) -> Figure:
    """A share above nothing that would be written as 0.0% is ``[low]``."""
    if found.value and formats.rounded(found.value) == 0:
        return Figure(None, "[low]", found.unit)
    return found


def reasons_chart(name: str, rows: Sequence[Row[Any]]) -> Chart | None:
    """Shares of possible half days missed for each reason, largest first; None where there are no rows.

    Reasons that are not shown stand in the table and are said in the sentence; the chart has those with a bar.
    """
    found = [
        (row.reason, or_low(figure(row, "share_of_possible")), row) for row in rows if row.openings_symbol != "[z]"
    ]
    if not found:
        return None
    found.sort(key=lambda one: (-(one[1].value or 0), one[1].symbol or "", codes.reason_name(one[0])[0]))
    drawn = [(reason, share) for reason, share, _ in found if share.is_shown]
    title = "Reasons for absence, share of possible half days"
    names = [Category(codes.reason_name(reason)[0], codes.REASON_SHORT.get(reason, "")) for reason, _ in drawn]
    shares = tuple(share for _, share in drawn)
    parts = []
    if drawn:
        parts.append(f"The most frequent reason was {_lower(names[0].name)}, {shares[0].text} of possible half days.")
    parts.append(sentences.hidden([share for _, share, _ in found], "reason"))
    table = Table(
        caption=title,
        columns=(
            Column("Reason"),
            Column("Kind"),
            Column("Share of possible half days", numeric=True),
            Column("Half days", numeric=True),
            Column("Pupils", numeric=True),
        ),
        rows=[
            (
                *codes.reason_name(reason),
                share,
                figure(row, "openings", "openings", "count"),
                figure(row, "pupils", "openings", "count"),
            )
            for reason, share, row in found
        ],
    )
    return Chart(
        title=title,
        sentence=" ".join(part for part in parts if part),
        svg=bars(name, title, names, [Series("Share of possible half days", shares)]) if drawn else Markup(),
        table=table,
        notes=(REASONS_NOTE,),
    )


def bands_chart(name: str, row: Row[Any] | None) -> Chart | None:
    """Pupils by how much of their year they have missed, with persistent and severe absence; None without a row."""
    if row is None:
        return None
    names = [Category(text) for _, text in BANDS]
    pupils = tuple(figure(row, column, "bands", "count") for column, _ in BANDS)
    total = row.pupils
    any_shown = any(one.is_shown for one in pupils)
    persistent = figure(row, "persistent_absence_rate", "bands")
    severe = or_low(figure(row, "severe_absence_rate", "bands"))
    title = "Pupils by share of half days missed"
    lines = [(text, number, _share(number, total)) for (_, text), number in zip(BANDS, pupils, strict=True)]
    lines += [
        ("Persistent: 10% or more", figure(row, "persistently_absent", "bands", "count"), persistent),
        ("Severe: 50% or more", figure(row, "severely_absent", "bands", "count"), severe),
    ]
    parts = [
        f"{persistent.text} of pupils missed 10% or more of their half days."
        if persistent.is_shown
        else f"Persistent absence is not shown: {persistent.word}.",
        _severe(row, severe),
        sentences.hidden(pupils, "band"),
    ]
    table = Table(
        caption=title,
        columns=(Column("Half days missed"), Column("Pupils", numeric=True), Column("Share of pupils", numeric=True)),
        rows=lines,
    )
    return Chart(
        title=title,
        sentence=" ".join(part for part in parts if part),
        svg=bars(name, title, names, [Series("Pupils", pupils)], "count") if any_shown else Markup(),
        table=table,
        notes=(f"Counted up to {formats.date(row.as_at)}, pupils with at least 20 possible half days. {HELD}",),
    )


def _severe(row: Row[Any], severe: Figure) -> str:
    if row.severely_absent == 0:
        return "No pupil missed half or more."
    return f"{severe.text} missed half or more." if severe.is_shown else ""


def _share(number: Figure, total: int | None) -> Figure:
    if number.value is None or not total:
        return Figure(None, number.symbol or "[x]")
    return or_low(Figure(Decimal(int(number.value)) / total))


def kinds_table(row: Row[Any], full: bool) -> Table:
    """Where the possible half days went: attended, authorised and not; ``full`` adds the categories of an authority."""
    found = [
        ("Attended", figure(row, "openings_attended", "openings", "count")),
        ("of these late, before half time", figure(row, "openings_late", "late", "count")),
        ("Authorised absence", figure(row, "openings_authorised", "absence", "count")),
        ("Absence not authorised", figure(row, "openings_not_authorised", "absence", "count")),
    ]
    if full:
        found += [
            ("of these unauthorised", figure(row, "openings_unauthorised", "categories", "count")),
            ("of these temporary exclusion", figure(row, "openings_excluded", "categories", "count")),
            ("of these of unknown reason", figure(row, "openings_unknown_reason", "categories", "count")),
        ]
    found.append(("Possible", figure(row, "openings_possible", "openings", "count")))
    return Table(
        caption="Possible half days, attended and missed",
        columns=(Column("Half days"), Column("Number", numeric=True), Column("Share of possible", numeric=True)),
        rows=[(text, number, _share(number, row.openings_possible)) for text, number in found],
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
