"""The topics that Today may lead with: each answers from released rows, or says where what it asks for is."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from dashboards.subjects.core.figures import lead_aims, lead_attainment, lead_attendance, lead_elsewhere, lead_results
from dashboards.subjects.core.figures.morning import Lead, Morning
from dashboards.subjects.core.figures.seasons import Season

Topic = Callable[[Connection, Morning], Lead | None]
TOPICS: Mapping[str, Topic] = {
    "aims": lead_aims.aims,
    "appeals": lead_results.appeals,
    "attendance_last_year": lead_attendance.last_year,
    "attendance_same_weeks": lead_attendance.same_weeks,
    "census_errors": lead_elsewhere.census_errors,
    "destinations": lead_results.destinations,
    "incoming_s1": lead_results.incoming_s1,
    "judgements_against_predictions": lead_elsewhere.judgements_against_predictions,
    "leavers": lead_results.leavers,
    "levels_returned": lead_attainment.levels_returned,
    "persistent_absence": lead_attendance.persistent,
    "predictions": lead_elsewhere.predictions,
    "predictions_missing": lead_elsewhere.predictions_missing,
    "published_beside_returned": lead_attainment.published_beside_returned,
    "results_by_stage": lead_results.results_by_stage,
    "returns_missing": lead_attainment.returns_missing,
    "study_leave": lead_elsewhere.study_leave,
    "years_brief": lead_elsewhere.years_brief,
}


def leads_of(connection: Connection, morning: Morning, season: Season) -> tuple[Lead, ...]:
    """What the season leads with, in its order. Raises KeyError naming a topic that nobody knows."""
    topics = season.topics
    if not morning.reads_authority and "levels_returned" not in topics:
        topics = (*topics, "levels_returned")  # a head and a cluster are asked for it the whole year
    made = (TOPICS[topic](connection, morning) for topic in topics)
    return tuple(lead for lead in made if lead is not None)
