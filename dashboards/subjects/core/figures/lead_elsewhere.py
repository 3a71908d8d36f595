"""What a season asks for and stands elsewhere, here or in another system: named, with where it is, never invented."""

from sqlalchemy import Connection

from dashboards.kit.components import Link
from dashboards.kit.formats import plural
from dashboards.kit.labels import pairs
from dashboards.subjects.core.figures.morning import Lead, Morning, to_school
from dashboards.subjects.core.queries.morning import freshness

ELSEWHERE = pairs("held_elsewhere")
TRACKING = "cfe_tracking"


def named(topic: str) -> Lead:
    """The title of a topic, and where what it asks for is. Raises KeyError for a topic that has no such words."""
    title, text = ELSEWHERE[topic]
    return Lead(title, "elsewhere", text)


def census_errors(connection: Connection, morning: Morning) -> Lead:
    """Errors of the census by school: they stand in ProcXed."""
    return named("census_errors")


def predictions(connection: Connection, morning: Morning) -> Lead:
    """Predictions and their error: a part of the page of attainment."""
    return _of_predictions("predictions")


def study_leave(connection: Connection, morning: Morning) -> Lead | None:
    """Study leave: there is no list of its days; said to those who have secondaries."""
    if not any(school.sector == "secondary" for school in morning.schools.values()):
        return None
    return named("study_leave")


def judgements_against_predictions(connection: Connection, morning: Morning) -> Lead:
    """Judgements beside predictions: the same part, of the return that is closed."""
    return _of_predictions("judgements_against_predictions")


def _of_predictions(topic: str) -> Lead:
    title, text = ELSEWHERE[topic]
    return Lead(title, "told", text, Link("How far off were our predictions?", "attainment", {"part": "predictions"}))


def predictions_missing(connection: Connection, morning: Morning) -> Lead:
    """Which schools have not sent predictions, where the feed is followed by school; else that it is not."""
    mine = {school.seed_code for school in morning.schools.values()}
    rows = [row for row in freshness(connection, morning.asked) if row.feed == TRACKING and row.seed_code in mine]
    if not rows:
        return named("predictions_missing")
    title = ELSEWHERE["predictions_missing"][0]
    missing = {row.seed_code for row in rows if row.status != "fresh"}
    link = Link("Data quality", "data_quality")
    if not missing:
        return Lead(title, "told", f"All {plural(len(rows), 'school')} that are followed have sent predictions.", link)
    verb = "has" if len(missing) == 1 else "have"
    return Lead(
        title, "attention", f"{len(missing)} of {plural(len(rows), 'school')} {verb} not sent predictions.", link
    )


def years_brief(connection: Connection, morning: Morning) -> Lead:
    """One sheet of paper for the year: of the own school, or of the authority."""
    text = "One sheet of paper for a standards and quality report: level, persistent absence, for whom, beside others."
    if morning.own:
        return Lead("The year in brief", "told", text, to_school(morning.own, "Print the brief", "school_brief"))
    return Lead("The year in brief", "told", text, Link("Print the brief", "authority_brief"))
