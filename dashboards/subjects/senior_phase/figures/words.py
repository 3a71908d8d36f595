"""What pages of the senior phase say beside figures: states, what may not be compared, and what is not released."""

from dashboards.kit.charts import Break
from dashboards.kit.labels import labels
from dashboards.kit.page import Note
from dashboards.subjects.senior_phase.figures.council import Council, earlier
from dashboards.subjects.senior_phase.figures.measures import ENDS

EXAMS = labels("exam_breaks")
RESULTS, LEAVERS = labels("results_states"), labels("leavers_states")
NOTHING = (
    "No leavers and no results of the senior phase have been released for this authority. Each school finds its own in "
    "SEEMiS and in Insight."
)
NO_LEAVERS = "Leavers of this year have not come: they follow from October on."
SINGLE_SCHOOLS = (
    "You read single schools: figures of the whole authority are for those who read all of it, because schools can be "
    "worked out of them."
)
TWO_MEASURES = Note(
    "National Qualifications and All SCQF count other awards of the same leavers, so they may not be compared. All "
    "SCQF lacks awards of other providers that do not reach SEEMiS, so it is not set against an aim.",
    "comparison",
)
INCOMPLETE = Note(
    "May not be compared with National Qualifications, nor set against an aim: All SCQF lacks awards of other "
    "providers that do not reach SEEMiS.",
    "comparison",
)
LATEST_AND_BEST = Note(
    "Each subject counts once, by its latest and best award: a National 5 and a Higher in one subject are one award at "
    "level 5 and one at level 6.",
    "method",
)
EDITIONS = Note(
    "Initial and follow-up destinations are two counts at different times and may not be compared. Who has no known "
    "destination is counted as not positive.",
    "comparison",
)
GRADING = Note(
    "Results of 2020 to 2023 rest on other grading or on fewer parts of courses, so they are not joined to others.",
    "comparison",
)
BY_NAME = Note("Schools are listed by name and never by result.", "comparison")
ROLL = Note(
    "By the end of S4, S5 and S6: of all who were in S4 at the census, whether they stayed on or not.", "method"
)
NOT_RELEASED = (
    "More than five awards, single destinations that few leavers have, and groups by sex, support need or looked-after "
    "status.",
    "Each school finds its own in Insight. The warehouse keeps them in a part that no reader sees until it is decided "
    "how small groups in them are protected.",
)


def state_of(found: Council) -> str:
    """What state leavers and their awards of the year have."""
    said = []
    awards, destinations = found.awards.get(found.year), found.destinations.get(found.year)
    if destinations is not None:
        said.append(f"Leavers of {found.year}: {LEAVERS[str(destinations.state)]}.")
    else:
        said.append(NO_LEAVERS)
    if awards is not None:
        said.append(f"Their awards: {RESULTS[str(awards.state)]}.")
    return " ".join(said)


def state_of_results(found: Council) -> str:
    """What state the results have by the end of each stage: ``By the end of S4: after review. ...``."""
    said = []
    for end in ENDS:
        row = found.rolls.get(earlier(found.year, end.years))
        state = "not_yet" if row is None else str(row._mapping[f"by_{end.name}_state"])
        said.append(f"By the end of {end.name.upper()}: {RESULTS[state]}.")
    return f"Results of August {int(found.year[:4]) + 1}. {' '.join(said)}"


def of_areas(found: Council) -> Note:
    """What deprivation is of, with the edition of the index."""
    return Note(
        f"Deprivation is that of the area a leaver lives in ({found.edition}), not of the leaver; without a known area "
        "it is that of the school.",
        "method",
    )


def breaks_of(years: tuple[str, ...]) -> tuple[Break, ...]:
    """Where a line is cut: at the years whose grading was another, and at the first after them."""
    return tuple(Break(years.index(year), EXAMS[year]) for year in EXAMS if year in years and years.index(year))
