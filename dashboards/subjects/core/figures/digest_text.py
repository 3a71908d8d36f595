"""Today as the text of an e-mail: the sentences of the page, in its order, as they may leave the council."""

from collections.abc import Sequence

from dashboards.kit.formats import date
from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.morning import Lead
from dashboards.subjects.core.figures.to_call import ToCall

STATES = labels("states_of_today")


def subject_of(asked: PageRequest) -> str:
    """The subject line: authority and date of the data."""
    return f"School figures, {asked.authority_name}: this week, data as at {date(asked.release.data_as_at)}"


def text_of(
    asked: PageRequest, summary: str, season: str, leads: Sequence[Lead], to_call: Sequence[ToCall], late: str
) -> str:
    """The whole text: the first sentence, what the season leads with, schools to call, what is late, and the source."""
    lines = [summary, "", season]
    lines += [f"- {lead.title} ({STATES[lead.state].lower()}): {lead.shared}" for lead in leads]
    if to_call:
        lines += ["", "Schools to call, and why"]
        lines += [f"{number}. {one.school.name}: {one.why}" for number, one in enumerate(to_call, 1)]
    lines += ["", late, "", _source(asked)]
    return "\n".join(lines)


def _source(asked: PageRequest) -> str:
    return (
        f"Source: School figures, {asked.authority_name}, data as at {date(asked.release.data_as_at)}, released "
        f"{date(asked.release.released_at)} (release {asked.release.release_id}). Figures are protected so that no "
        "child can be recognised in them. More stands on the page Today."
    )
