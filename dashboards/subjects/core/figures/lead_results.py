"""What Today says of the senior phase: results of August, appeals, leavers and where they went."""

from typing import Any

from sqlalchemy import Connection, Row, Table

from dashboards.kit import tables, tables_of_attainment
from dashboards.kit.components import Link
from dashboards.kit.formats import date, figure, listed
from dashboards.kit.labels import labels
from dashboards.subjects.core.figures.attained import Attained
from dashboards.subjects.core.figures.morning import Lead, Morning, to_school
from dashboards.subjects.core.queries.rows import latest

STATES = labels("results_states")
NOT_YET = ("not_yet", "incomplete")
STAGES = (
    ("s4", 0, "national_1_at_5", "one or more at level 5"),
    ("s5", 1, "national_1_at_6", "one or more at level 6"),
    ("s6", 2, "national_1_at_7", "one or more at level 7"),
)
"""Stage, years after S4, measure of the S4 roll by its end, and what that is called."""
NONE = "No results of the senior phase have been released here."
ON_SCREEN = (
    "What single schools achieved stands on the screen alone; paper has it in official bands, under Senior phase."
)
BY_SCHOOL = Link("Schools", "senior_phase", {"part": "schools"})
NO_LEAVERS = "No leavers have been released here: they follow from October on."


def _has_senior_phase(morning: Morning) -> bool:
    """Whether any school of the reader has a senior phase."""
    return any(school.sector != "primary" for school in morning.schools.values())


def _lead(morning: Morning, title: str, text: str, link: Link) -> Lead:
    """What is told of the authority as it is, of a single school on the screen alone."""
    return Lead(title, "told", text, link, ON_SCREEN if morning.own else "")


def _link(morning: Morning, part: str, text: str) -> Link:
    if morning.own:
        return to_school(morning.own, text, "school_senior_phase")
    return Link(text, "senior_phase", {"part": part})


def _rows(connection: Connection, morning: Morning, of_school: Table, of_authority: Table) -> list[Row[Any]] | None:
    """Rows of the own school or of the authority; None where the reader has several schools and not all."""
    if morning.own:
        return latest(connection, of_school, morning.asked, morning.own.key)
    return latest(connection, of_authority, morning.asked) if morning.reads_authority else None


def _attained(row: Row[Any], cohort: str, measure: str) -> Attained:
    return Attained(
        figure(row, cohort, cohort, "count"), figure(row, measure, measure, "count"),
        figure(row, f"{measure}_share", measure),
    )  # fmt: skip


def _said(one: Attained) -> str:
    """``77.2% of 491``; a small cohort as a count; else why it is not shown."""
    return str(one.of_cohort)


def _earlier(year: str, years: int) -> str:
    first = int(year[:4]) - years
    return f"{first}/{(first + 1) % 100:02}"


def results_by_stage(connection: Connection, morning: Morning) -> Lead | None:
    """The latest results of August by the end of S4, S5 and S6 in National Qualifications, with their state."""
    if not _has_senior_phase(morning):
        return None
    title = "Results by stage"
    rows = _rows(
        connection,
        morning,
        tables_of_attainment.s4_roll_results_by_school,
        tables_of_attainment.s4_roll_results_by_authority,
    )
    if rows is None:
        return Lead(title, "told", "Results stand school by school.", BY_SCHOOL)
    by_year = {str(row.academic_year): row for row in rows}
    year = next((row.academic_year for row in rows if row.by_s4_state not in NOT_YET), None)
    if year is None:
        return Lead(title, "unknown", NONE)
    said = []
    for stage, years, measure, called in STAGES:
        row = by_year.get(_earlier(year, years))
        if row is None or row._mapping[f"by_{stage}_state"] in NOT_YET:
            continue
        one = _attained(row, f"by_{stage}_cohort", f"by_{stage}_{measure}")
        said.append(f"{_said(one)} had {called} by the end of {stage.upper()}")
    state = STATES[str(by_year[year].by_s4_state)]
    text = (
        f"Results of August {int(year[:4]) + 1} ({state}): of the S4 roll {listed(said)}, in National Qualifications."
    )
    return _lead(morning, title, text, _link(morning, "results", "Results by stage"))


def appeals(connection: Connection, morning: Morning) -> Lead | None:
    """Whether the results that are shown are those after review."""
    if not _has_senior_phase(morning):
        return None
    title = "Appeals"
    rows = _rows(
        connection,
        morning,
        tables_of_attainment.s4_roll_results_by_school,
        tables_of_attainment.s4_roll_results_by_authority,
    )
    if rows is None:
        return Lead(title, "told", "Results stand school by school.", BY_SCHOOL)
    row = next((row for row in rows if row.by_s4_state not in NOT_YET), None)
    if row is None:
        return Lead(title, "unknown", NONE)
    after = row.by_s4_state == "post_review"
    text = f"Results of August {int(row.academic_year[:4]) + 1} by the end of S4 are those {STATES[row.by_s4_state]}."
    more = "" if after else " Outcomes of appeals come in September and October."
    return Lead(title, "told", f"{text}{more}", _link(morning, "results", "Results by stage"))


def destinations(connection: Connection, morning: Morning) -> Lead | None:
    """Where the latest leavers were three months after leaving, beside the leavers before them."""
    if not _has_senior_phase(morning):
        return None
    title = "Destinations of leavers"
    rows = _rows(
        connection,
        morning,
        tables_of_attainment.leaver_destinations_by_school,
        tables_of_attainment.leaver_destinations_by_authority,
    )
    if rows is None:
        return Lead(title, "told", "Destinations stand school by school.", BY_SCHOOL)
    if not rows:
        return Lead(title, "unknown", NO_LEAVERS)
    now = _attained(rows[0], "initial_cohort", "initial_positive")
    if not now.share.is_shown:
        text = f"Positive destinations of leavers of {rows[0].academic_year} are not shown: {now.share.word}."
        return Lead(title, "unknown", text, _link(morning, "destinations", "Destinations"))
    text = (
        f"{_said(now)} leavers of {rows[0].academic_year} were in a positive destination about three months after "
        "leaving."
    )
    if len(rows) > 1 and rows[1].academic_year == _earlier(rows[0].academic_year, 1) and not now.is_small:
        before = _attained(rows[1], "initial_cohort", "initial_positive")
        if before.share.is_shown:
            text += f" The year before it was {before.share.text}."
    return _lead(morning, title, text, _link(morning, "destinations", "Destinations"))


def leavers(connection: Connection, morning: Morning) -> Lead | None:
    """Awards of the latest leavers in National Qualifications, with the state of their results."""
    if not _has_senior_phase(morning):
        return None
    title = "Leavers"
    rows = _rows(
        connection,
        morning,
        tables_of_attainment.leaver_attainment_by_school,
        tables_of_attainment.leaver_attainment_by_authority,
    )
    if rows is None:
        return Lead(title, "told", "Leavers stand school by school.", BY_SCHOOL)
    if not rows:
        return Lead(title, "unknown", NO_LEAVERS)
    said = [
        f"{_said(_attained(rows[0], 'cohort', f'national_1_at_{level}'))} had one or more at level {level}"
        for level in (5, 6)
    ]
    state = STATES[str(rows[0].state)]
    text = f"Leavers of {rows[0].academic_year}, in National Qualifications ({state}): {listed(said)}."
    return _lead(morning, title, text, _link(morning, "levels", "Leavers by level"))


def incoming_s1(connection: Connection, morning: Morning) -> Lead | None:
    """How many pupils were in P7 and S1 at the latest census; which primary sends whom is not released."""
    title = "Incoming S1"
    own = morning.own
    if own and own.sector == "special":
        return None
    stage_rows = latest(
        connection, tables.roll_by_school_stage if own else tables.roll_by_sector_stage, morning.asked,
        own.key if own else None,
    )  # fmt: skip
    year = next((row.academic_year for row in stage_rows), None)
    counts = {row.stage: figure(row, "pupils", "pupils", "count") for row in stage_rows if row.academic_year == year}
    census = next((row.census_on for row in stage_rows if row.academic_year == year), None)
    said = [f"{counts[stage].text} in {stage}" for stage in ("P7", "S1") if stage in counts]
    where = "Which primary they come from is not released: secondaries have the transfer lists in SEEMiS."
    if not said:
        return Lead(title, "elsewhere", f"No census by stage has been released here. {where}")
    text = f"At the census of {date(census)} there were {listed(said)}. {where}"
    return Lead(title, "told", text, Link("Roll", "roll"))
