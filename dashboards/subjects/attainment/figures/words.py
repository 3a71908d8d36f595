"""What a reader needs to know of levels before comparing them, and what is not released yet."""

from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.attainment.figures.council import Council

STATES = labels("return_states")
NOTHING = (
    "No levels of the curriculum have been released for this authority. They are shown here from the first return on "
    "that is delivered and closed, on the last Friday of August; until then they stand in SEEMiS, in Progress and "
    "Achievement."
)
SPECIAL = (
    "Pupils of special schools and units have no stage in the return, so no share of them achieves a level expected of "
    "one. How far each of them has come stands in SEEMiS, in Progress and Achievement."
)
JUDGEMENT = Note(
    "Levels are judgements of teachers. A council that records more strictly than another has a lower figure.", "method"
)
COHORT = Note(
    "The cohort of an organiser are pupils with a judgement in it. Those who could not be assessed are not in it; those "
    "on individual milestones, or not yet at early level, are in it and have not achieved. Literacy asks for all three "
    "of reading, writing, and listening and talking.",
    "method",
)
NOT_COMPARED = Note(
    "May not be compared: S3 at third level with P7 at second; years on two sides of a break; literacy with numeracy, "
    "since their pupils differ where some learn in Gaelic; one school with another by its percentage alone.",
    "comparison",
)
SMALL = Note("Schools are listed by name or cluster and never by result.", "comparison")
NOT_RELEASED = (
    "How pupils spread over all levels, S3 at fourth level by the council's own return, on track or not, predictions, "
    "progress from P4 to P7, and groups by sex, support need or free meals.",
    "Each school finds its own in SEEMiS, in Progress and Achievement. The warehouse has worked them out, in a part that "
    "no reader sees, until it is decided how small groups in them are protected. S3 at fourth level as published stands "
    "under Trend.",
)


def return_of(year: str) -> str:
    """When a year's levels were returned: ``June 2025`` for 2024/25."""
    return f"June {int(year[:4]) + 1}"


def state_of(found: Council) -> str:
    """What state the figures have and which year is the newest that is published, as sentences."""
    newest = max((year for year, _, _ in found.own), default="")
    said = f"Judgements of {return_of(found.year)}: {STATES.get(found.state, found.state)}."
    return f"{said} The newest published year is {newest}." if newest else f"{said} None of it is published yet."


def composition(found: Council) -> str:
    """Why a council can lie below Scotland though its fifths of areas do not; empty where that is not so."""
    here, there = found.at("P1P4P7", "literacy").share, found.nation("P1P4P7", "literacy").share
    if here.value is None or there.value is None or here.value >= there.value:
        return ""
    nation = found.nation("P1P4P7", "literacy").by_quintile
    pairs = [(found.of("P1P4P7", quintile, "literacy").share, nation[quintile]) for quintile in nation]
    known = [(own.value, other.value) for own, other in pairs if own.value is not None and other.value is not None]
    above = sum(1 for own, other in known if float(own) >= float(other))
    if len(known) < len(pairs) or above < 3:
        return ""
    return (
        f"In {above} of the five fifths of areas literacy is at or above that of the same fifth in Scotland: the whole "
        "lies lower because more pupils here live in areas with much deprivation."
    )


def notes(found: Council) -> tuple[Note, ...]:
    """Notes below every page of a council."""
    areas = Note(
        f"Deprivation is that of the area a pupil lives in (SIMD {found.edition}), not of the pupil. Pupils whose area "
        "is not known are in the total and in no fifth.",
        "method",
    )
    return (JUDGEMENT, COHORT, areas, NOT_COMPARED)
