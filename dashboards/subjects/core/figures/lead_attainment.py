"""What Today says of levels: who is in the return, returned beside published, and reading of P7 for a cluster."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import tables_of_attainment
from dashboards.kit.charts import sentences
from dashboards.kit.components import Link
from dashboards.kit.formats import listed, plural
from dashboards.subjects.core.figures.attained import MEASURES, OF_SECTOR, attained, pooled
from dashboards.subjects.core.figures.morning import Lead, Morning, to_school
from dashboards.subjects.core.figures.thresholds import ATTENTION
from dashboards.subjects.core.queries import published
from dashboards.subjects.core.queries.rows import latest

NONE = "No levels of the curriculum have been released for this authority."
MOST_NAMED = 3
FEWEST_TO_SHARE = 3  # schools: a sum of fewer would be what one or two of them achieved
FEW_SCHOOLS = "Fewer than three primaries are shown, so what they achieved stands on the screen alone."


def _by_school(connection: Connection, morning: Morning) -> tuple[str, dict[tuple[str, str], Row[Any]]]:
    """The newest return that the reader sees something of, and its rows by school."""
    rows = latest(connection, tables_of_attainment.attainment_by_school, morning.asked)
    year = rows[0].academic_year if rows else ""
    return year, {(row.seed_code, row.sector): row for row in rows if row.academic_year == year}


def returns_missing(connection: Connection, morning: Morning) -> Lead:
    """Which schools are not in the newest return of levels; and that later ones are not counted before they close."""
    title = "The returns"
    year, rows = _by_school(connection, morning)
    expected = [school for school in morning.schools.values() if school.sector in OF_SECTOR]
    waiting = (
        "Levels of a return are counted here once it closes, on the last Friday of August; until then SEEMiS says who "
        "has not returned."
    )
    link = Link("Data quality", "data_quality")
    if not rows:
        return Lead(title, "unknown", f"{NONE} {waiting}", link)
    missing = [school.name for school in expected if school.key not in rows]
    if not missing:
        who = "Your school is" if morning.own else f"All {plural(len(expected), 'school')} are"
        return Lead(title, "told", f"{who} in the newest return, {year}. {waiting}", link)
    named = listed(
        [*missing[:MOST_NAMED], *([f"{len(missing) - MOST_NAMED} more"] if len(missing) > MOST_NAMED else [])]
    )
    return Lead(title, "attention", f"Not in the newest return, {year}: {named}. {waiting}", link)


def levels_returned(connection: Connection, morning: Morning) -> Lead | None:
    """The newest return of the own school, or reading of P7 of a cluster; None of a school without stages."""
    if morning.own is None:
        return p7_reading(connection, morning)
    if morning.own.sector not in OF_SECTOR:
        return None
    title = "Levels returned"
    year, rows = _by_school(connection, morning)
    row = rows.get(morning.own.key)
    if row is None:
        return Lead(title, "unknown", NONE)
    found = {measure: attained(row, measure) for measure in MEASURES}
    said, banded = (
        f"{year}: {listed([f'{measure} {one}' for measure, one in each.items()])}."
        for each in (
            {measure: one.of_cohort for measure, one in found.items()},
            {measure: one.band for measure, one in found.items()},
        )
    )
    return Lead(title, "told", said, to_school(morning.own, "By stage", "school_attainment"), banded)


def p7_reading(connection: Connection, morning: Morning) -> Lead:
    """How many pupils of P7 of the reader's primaries achieved second level in reading, added up from what is shown."""
    title = "Readers from our primaries"
    primaries = [school for school in morning.schools.values() if school.sector == "primary"]
    mart = tables_of_attainment.attainment_by_school_stage
    rows = [row for row in latest(connection, mart, morning.asked) if row.stage == "P7"]
    year = rows[0].academic_year if rows else ""
    of_year = {(row.seed_code, row.sector): row for row in rows if row.academic_year == year}
    found = {school: attained(of_year.get(school.key), "reading") for school in primaries}
    shown = {school: one for school, one in found.items() if one.share.is_shown and one.cohort.is_shown}
    link = Link("School by school", "attainment", {"part": "schools", "order": "cluster"})
    if not shown:
        return Lead(title, "unknown", "Reading of P7 is not shown for any of your primaries.", link)
    together = pooled(shown.values())
    text = f"{together.of_cohort} pupils of P7 achieved second level in reading in {year}"
    text += f", at {len(shown)} of {plural(len(primaries), 'primary', 'primaries')}"
    hidden = len(primaries) - len(shown)
    text += f" ({plural(hidden, 'other is', 'others are')} not shown)." if hidden else "."
    scotland = published.levels_of(connection, published.SCOTLAND).get((year, "P7", "reading"))
    if scotland and scotland.share.is_shown and together.share.is_shown and not together.is_small:
        text += f" {sentences.comparison(together.share, scotland.share, 'Scotland')}."
    return Lead(title, "told", text, link, "" if len(shown) >= FEWEST_TO_SHARE else FEW_SCHOOLS)


def published_beside_returned(connection: Connection, morning: Morning) -> Lead:
    """Literacy and numeracy of the newest return beside the published figures of the same year."""
    title = "Published beside returned"
    rows = [
        row
        for row in latest(connection, tables_of_attainment.attainment_by_sector, morning.asked)
        if row.sector == "primary"
    ]
    link = Link("Attainment", "attainment")
    if not rows:
        return Lead(title, "unknown", NONE)
    series = published.levels_of(connection, morning.asked.authority)
    year, said = rows[0].academic_year, []
    apart: list[Decimal] = []
    for measure in MEASURES:
        returned = attained(rows[0], measure).share
        known = series.get((year, OF_SECTOR["primary"], measure), published.NOTHING).share
        said.append(f"{measure} returned {returned.text}, published {known.text}")
        difference = returned.minus(known)
        apart += [abs(Decimal(difference.value))] if difference.value is not None else []
    if not apart:
        newest = max((key[0] for key in series), default="")
        text = f"The return of {year} is not published yet" + (
            f"; the newest published year is {newest}." if newest else "."
        )
        return Lead(title, "told", text, link)
    far = max(apart) >= ATTENTION.published_apart
    text = f"P1, P4 and P7 together, {year}: {'; '.join(said)}."
    return Lead(title, "attention" if far else "told", text, link)
