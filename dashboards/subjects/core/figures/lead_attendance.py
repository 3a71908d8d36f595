"""What Today says of attendance and persistent absence: level, direction, for whom; like beside like alone."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit.charts import sentences
from dashboards.kit.components import Link
from dashboards.kit.formats import Figure, change, count, date, figure, month, plural
from dashboards.subjects.core.figures import attention
from dashboards.subjects.core.figures.beside import council_rates, groups_beside
from dashboards.subjects.core.figures.beside import sentence_of as beside_sentence
from dashboards.subjects.core.figures.codes import STAGES, stage_name
from dashboards.subjects.core.figures.made_of import sentence_of
from dashboards.subjects.core.figures.months import same_months
from dashboards.subjects.core.figures.morning import WHOLE, Lead, LeadState, Morning, to_school
from dashboards.subjects.core.figures.same_weeks import so_far
from dashboards.subjects.core.figures.thresholds import ATTENTION
from dashboards.subjects.core.queries import morning as queries
from dashboards.subjects.core.queries.cells import cells_by_month

OVER_FROM = (6, 1)  # month and day: data of a school year that reach June are of a whole one
STAGES_BY_CODE = {stage: stage_name(stage) for stage in STAGES}


def _moved(row: Row[Any]) -> Decimal | None:
    found = figure(row, "attendance_rate").minus(figure(row, "rate_same_weeks_last_year", "same_weeks")).value
    return None if found is None else Decimal(found)


def state_of(row: Row[Any], fall: Decimal) -> LeadState:
    """Whether attendance of a row needs attention: fallen by so much, or low; never clear where it is low."""
    rate, moved = figure(row, "attendance_rate"), _moved(row)
    if rate.value is None:
        return "unknown"
    if (moved is not None and moved <= -fall) or rate.value * 100 < ATTENTION.low_attendance:
        return "attention"
    return "clear" if moved is not None else "told"


def same_weeks(connection: Connection, morning: Morning) -> Lead:
    """Attendance so far, whether that is more than in the same weeks a year before, and for whom."""
    title = "Attendance"
    if morning.own:
        return _own_attendance(connection, title, morning)
    row = morning.authority.get(WHOLE) if morning.reads_authority else None
    if row is None:
        return _several(title, morning)
    text = f"{so_far(row, morning.asked.previous_year)}."
    return Lead(
        title,
        state_of(row, ATTENTION.fall_of_authority),
        f"{text} {for_whom(connection, morning)}".strip(),
        Link("For whom", "authority", {"part": "for_whom"}),
    )


def for_whom(connection: Connection, morning: Morning) -> str:
    """What the change is made of, by stage in the same whole months; empty where that cannot be said."""
    rows = cells_by_month(connection, morning.asked)
    asked = morning.asked
    same = same_months(rows, asked.academic_year, asked.previous_year, asked.release.data_as_at)
    made = same.made_of("stage", STAGES_BY_CODE)
    if made is None:
        return ""
    moved = change(made.change)
    return f"{same.called} together: {moved} from last year. {sentence_of(made)}"


def _own_attendance(connection: Connection, title: str, morning: Morning) -> Lead:
    row, school = morning.years[0], morning.own
    assert school is not None
    parts = [f"{so_far(row, morning.asked.previous_year)}."]
    around = morning.rate_of_sector(school.sector)
    rate = figure(row, "attendance_rate")
    if rate.is_shown and around.is_shown:
        parts.append(f"{sentences.comparison(rate, around, _all_of(school.sector))}.")
    week = _week(morning)
    if week:
        parts.append(week)
    parts.append(beside_council(connection, morning))
    link = to_school(school, "For whom")
    return Lead(title, state_of(row, ATTENTION.fall_from_last_year), " ".join(filter(None, parts)), link)


def beside_council(connection: Connection, morning: Morning) -> str:
    """Which stage of the own school is furthest below the authority's same stage; empty where none can be compared."""
    asked, school = morning.asked, morning.own
    assert school is not None
    rows = queries.stages_of_school(connection, asked, school.key)
    council = council_rates(cells_by_month(connection, asked), asked.academic_year, school.sector, "stage")
    return beside_sentence(groups_beside(rows, "stage", STAGES_BY_CODE, council), "stage")


def _all_of(sector: str) -> str:
    return f"the authority's {sector} schools"


def _week(morning: Morning) -> str:
    """The last whole week of the own school beside its own weeks before."""
    if morning.own is None or morning.last_week is None:
        return ""
    pair = attention.with_weeks_before(morning.own, morning.weeks[morning.own], morning.last_week)
    if pair is None or not pair.change.is_shown:
        return ""
    said = f"{change(pair.change)} from the {ATTENTION.weeks_before} weeks before"
    return f"In the week of {date(morning.last_week)} it was {pair.now.text}, {said}."


def _several(title: str, morning: Morning) -> Lead:
    """Schools of a reader who reads some: how many are below their own same weeks of last year."""
    known = [(row, moved) for row in morning.years if (moved := _moved(row)) is not None]
    if not known:
        return Lead(title, "unknown", "None of your schools can be compared with the same weeks of last year yet.")
    below = [(moved, row) for row, moved in known if moved < 0]
    verb = "is" if len(below) == 1 else "are"
    text = (
        f"{len(below)} of {plural(len(known), 'school')} that can be compared {verb} below the same weeks of last year"
    )
    if below:
        moved, row = min(below, key=lambda pair: pair[0])
        text += f", most {row.school_name} ({change(moved)})"
    is_bad = any(moved <= -ATTENTION.fall_from_last_year for moved, _ in below)
    return Lead(title, "attention" if is_bad else "told", f"{text}.", Link("Your schools", "schools"))


def persistent(connection: Connection, morning: Morning) -> Lead:
    """The level of persistent absence with its pupils, how it has moved, and Scotland's published figure beside it."""
    school = morning.own
    key = school.key if school else ("", WHOLE)
    title = "Persistent absence"
    row = morning.absence(*key)
    share = morning.share(*key)
    link = to_school(school, "How far, and when") if school else Link("By school", "schools")
    if row is None or not share.is_shown:
        if school is None and not morning.reads_authority:
            return _several_absent(title, morning, link)
        why = "has not been released for this year yet" if row is None else f"is not shown: {share.word}"
        return Lead(title, "unknown", f"How many pupils are persistently absent {why}.", link)
    high = share.value is not None and share.value * 100 >= ATTENTION.high_persistent_absence
    beyond = _rise(morning, key)
    parts = [_level(row, share)]
    if school and (around := morning.share("", school.sector)).is_shown:
        parts.append(f"{sentences.comparison(share, around, _all_of(school.sector))}.")
    before = morning.share(*key, months_ago=1)
    earlier = morning.absence(*key, months_ago=1)
    if before.is_shown and earlier is not None and earlier.month != row.month:
        parts.append(f"{sentences.changed(share, before, month(earlier.month))}.")
    if row.national_rate is not None:
        scotland = Figure(row.national_rate)
        parts.append(f"Scotland, in all of {row.national_rate_year}: {scotland.text}.")
    return Lead(title, "attention" if high or beyond else "clear", " ".join(parts), link)


def _level(row: Row[Any], share: Figure) -> str:
    known = row.persistently_absent is not None and row.pupils is not None
    of = f" ({count(row.persistently_absent)} of {plural(row.pupils, 'pupil')})" if known else ""
    return f"{share.text}{of} had missed 10% or more of their half days by {date(row.as_at)}."


def _rise(morning: Morning, key: tuple[str, str]) -> bool:
    now, before = morning.share(*key), morning.share(*key, months_ago=1)
    moved = now.minus(before)
    common = morning.common_rise if key[0] else Figure(Decimal(0), None, "points")
    if moved.value is None:
        return False
    allowed = max(Decimal(common.value or 0), Decimal(0))
    return Decimal(moved.value) >= ATTENTION.rise_of_persistent_absence + allowed and bool(key[0])


def _several_absent(title: str, morning: Morning, link: Link) -> Lead:
    known = [(morning.share(*school.key), school) for school in morning.schools.values()]
    shown = [(share, school) for share, school in known if share.value is not None]
    if not shown:
        return Lead(title, "unknown", "No school of yours has a figure that is shown.", link)
    high = [school for share, school in shown if (share.value or 0) * 100 >= ATTENTION.high_persistent_absence]
    limit = f"{ATTENTION.high_persistent_absence:.0f}%"
    most = max(shown, key=lambda pair: pair[0].value or 0)
    text = (
        f"At {len(high)} of {plural(len(shown), 'school')} with a figure {limit} of pupils or more are persistently "
        f"absent; most at {most[1].name} ({most[0].text})."
    )
    return Lead(title, "attention" if high else "clear", text, link)


def last_year(connection: Connection, morning: Morning) -> Lead | None:
    """Attendance of the whole year before; None where the warehouse has none that is whole."""
    year = morning.asked.previous_year
    if year is None:
        return None
    school = morning.own
    found = queries.year_of_school(connection, morning.asked, school.key, year) if school else None
    row = found if school else morning.authority_before.get(WHOLE)
    if row is None or row.data_as_at is None or (row.data_as_at.month, row.data_as_at.day) < OVER_FROM:
        return None
    rate = figure(row, "attendance_rate")
    shown = rate.text if rate.is_shown else f"not shown ({rate.word})"
    text = f"Attendance in all of {year} was {shown}, with data to {date(row.data_as_at)}; it is final on 31 August."
    if school:
        link = Link("The year in brief", "school_brief", {**to_school(school).values, "year": year})
    else:
        link = Link("The year in brief", "authority_brief", {"year": year})
    return Lead(f"Attendance, {year}", "told", text, link)
