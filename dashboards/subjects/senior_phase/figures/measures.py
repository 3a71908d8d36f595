"""Measures of the senior phase: their names, what they are part of, and a row's figure as screen and paper have it.

National Qualifications and All SCQF are two measures of the same leavers: each chart and table has one of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit.formats import Figure, figure
from dashboards.kit.labels import labels
from dashboards.subjects.core.figures.attained import NOBODY, Attained

SETS: Mapping[str, str] = labels("award_sets")
OF_LEAVERS: Mapping[str, tuple[str, ...]] = {
    "national": ("national_1_at_4", "national_1_at_5", "national_1_at_6"),
    "all_scqf": ("all_scqf_1_at_5", "all_scqf_1_at_6", "all_scqf_5_at_4", "all_scqf_5_at_5", "all_scqf_5_at_6"),
}
FURTHER = ("all_scqf_3_at_4", "all_scqf_3_at_5", "all_scqf_3_at_6", "all_scqf_1_at_7")
"""With those of All SCQF the measures of breadth and depth: one, three and five awards at levels 4 to 7."""
POSITIVE = {"initial": "initial_positive", "follow_up": "follow_up_positive"}
EDITIONS: Mapping[str, str] = labels("destination_editions")
DESTINATIONS: Mapping[str, str] = labels("leaver_destinations")
NOT_COME = "not yet"
"""Why there is no figure where its results or destinations have not come."""
NUMBERS = {"1": "One or more", "3": "Three or more", "5": "Five or more"}


@dataclass(frozen=True)
class End:
    """The end of a stage: how many years after S4 it is, and measures of results by then, by set of awards."""

    name: str
    years: int
    measures: Mapping[str, tuple[str, ...]]


ENDS = (
    End("s4", 0, {"national": ("1_at_4", "1_at_5", "5_at_5"), "all_scqf": ("1_at_5", "5_at_5")}),
    End("s5", 1, {"national": ("1_at_6", "3_at_6", "5_at_6"), "all_scqf": ("1_at_6", "3_at_6", "5_at_6")}),
    End("s6", 2, {"national": ("1_at_7",), "all_scqf": ("1_at_7",)}),
)


def named(measure: str) -> str:
    """A measure without its set, as on an axis: ``One or more at level 5``."""
    number, _, level = measure.rpartition("_at_")
    return f"{NUMBERS[number.rpartition('_')[2]]} at level {level}"


def in_full(measure: str) -> str:
    """A measure of leavers with its set: ``National Qualifications, one or more at level 5``."""
    award_set = "national" if measure.startswith("national") else "all_scqf"
    return f"{SETS[award_set]}, {named(measure)[:1].lower()}{named(measure)[1:]}"


def reached(row: Row[Any] | None, measure: str, cohort: str = "cohort") -> Attained:
    """Who reached a measure, of those asked, in a released row; none where the row or its results are not there."""
    if row is None:
        return NOBODY
    asked = figure(row, cohort, cohort, "count")
    if asked.value == 0:
        return Attained(asked, Figure(None, "[x]", "count", NOT_COME), Figure(None, "[x]", why=NOT_COME))
    return Attained(
        asked,
        figure(row, measure, measure, "count"),
        figure(row, f"{measure}_share", measure),
        row._mapping.get(f"{measure}_band"),
    )


def went(row: Row[Any] | None, edition: str) -> Attained:
    """Who was in a positive destination, in one of the two editions."""
    return reached(row, POSITIVE[edition], f"{edition}_cohort")


def by_end(row: Row[Any] | None, end: str, award_set: str, measure: str) -> Attained:
    """Who of an S4 roll reached a measure by the end of a stage."""
    return reached(row, f"by_{end}_{award_set}_{measure}", f"by_{end}_cohort")
