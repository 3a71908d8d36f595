"""What a reader needs to know of levels before comparing them, and what is not released yet."""

from collections.abc import Sequence
from decimal import Decimal

from dashboards.kit.formats import Figure, percentage
from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.attainment.figures.council import Council

STATES = labels("return_states")
LEAST_APART = Decimal("0.01")  # a point: nothing is explained that rounding could make
NOTHING = (
    "No levels of the curriculum have been released for this authority. They are shown here from the first return on "
    "that is delivered and closed, on the last Friday of August; until then they stand in SEEMiS, in Progress and "
    "Achievement."
)
SINGLE_SCHOOLS = (
    "Figures of the whole authority are for readers of all its schools: whoever knows one school would have the others "
    "of a small authority by taking it away."
)
NO_RETURN = (
    "No return of this school has been released for this year. Levels stand in SEEMiS, in Progress and Achievement, "
    "until the return is delivered and closed, on the last Friday of August."
)
SPECIAL = (
    "Pupils of special schools and units have no stage in the return, so no share of them achieves a level expected of "
    "one. How far each of them has come stands in SEEMiS, in Progress and Achievement."
)
JUDGEMENT = Note("Levels are judgements of teachers, and councils differ in how strictly they record them.", "method")
COHORT = Note(
    "A cohort are pupils with a judgement: without those who could not be assessed, with those on individual "
    "milestones, who have not achieved. Literacy asks for reading, writing, and listening and talking.",
    "method",
)
NOT_COMPARED = Note(
    "May not be compared: S3 with P7, years on two sides of a break, one school with another by percentage alone.",
    "comparison",
)
SMALL = Note("Schools are listed by name or cluster and never by result.", "comparison")
NOT_RELEASED = (
    "How pupils of one school spread over levels (its head alone sees it), who of a school is on track, progress from "
    "P4 to P7 of one school, and groups by sex, support need or free meals.",
    "Each school finds its own in SEEMiS, in Progress and Achievement. The warehouse keeps them in a part that no "
    "reader sees until it is decided how small groups in them are protected.",
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
    """How much of a council's distance from Scotland comes from where its pupils live; empty where less than half does.

    Both are set against each other with as many pupils in each fifth of areas: the plain mean of the five shares.
    Nothing is said where one of the ten shares is not shown.
    """
    here, there = found.at("P1P4P7", "literacy").share, found.nation("P1P4P7", "literacy")
    own = _plain_mean([found.of("P1P4P7", fifth, "literacy").share for fifth in there.by_quintile])
    nation = _plain_mean(list(there.by_quintile.values()))
    if here.value is None or there.share.value is None or own is None or nation is None:
        return ""
    apart = Decimal(there.share.value) - Decimal(here.value)
    if apart < LEAST_APART or abs(nation - own) > apart / 2:
        return ""
    return (
        f"With as many pupils in each fifth of areas literacy would be {percentage(own)} here and "
        f"{percentage(nation)} in Scotland: most of the difference comes from where pupils live."
    )


def _plain_mean(shares: Sequence[Figure]) -> Decimal | None:
    values = [Decimal(share.value) for share in shares if share.value is not None]
    return sum(values, Decimal(0)) / len(values) if len(values) == len(shares) else None


def of_areas(found: Council) -> Note:
    """What deprivation is of, with the edition of the index."""
    return Note(
        f"Deprivation is that of the area a pupil lives in ({found.edition}), not of the pupil; pupils whose area is "
        "not known are in no fifth.",
        "method",
    )
