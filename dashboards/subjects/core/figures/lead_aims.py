"""What Today says of stretch aims: how many are reached, and how far literacy is from its own."""

from sqlalchemy import Connection

from dashboards.kit.components import Link
from dashboards.kit.formats import plural
from dashboards.subjects.core.figures.aims import aimed_of, sentence_of
from dashboards.subjects.core.figures.morning import Lead, LeadState, Morning
from dashboards.subjects.core.queries.aims import aim_rows

NO_ROUND = "There is no current round of stretch aims of this authority."


def aims(connection: Connection, morning: Morning) -> Lead:
    """How many aims are reached of those that can be judged, and the first of them."""
    link = Link("Aims", "aims")
    every = aimed_of(aim_rows(connection, morning.asked))
    if not every:
        return Lead("Stretch aims", "told", NO_ROUND, link)
    judged = [one for one in every if one.is_reached is not None]
    reached = sum(1 for one in judged if one.is_reached)
    text = f"{reached} of {plural(len(judged), 'aim')} that can be judged {'is' if reached == 1 else 'are'} reached."
    first = next((one for one in every if one.aim.group == "all"), every[0])
    state: LeadState = "attention" if judged and reached < len(judged) else "told"
    return Lead("Stretch aims", state, f"{text} {sentence_of(first)}", link)
