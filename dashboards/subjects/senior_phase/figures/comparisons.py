"""A school beside its comparison group: what leavers like its own have reached elsewhere (RULES, comparison group)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.components import Cell, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.subjects.senior_phase.figures.measures import OF_LEAVERS, SETS, named, reached

BY_SET = {
    award_set: tuple(measure for measure in measures if measure.endswith(("1_at_5", "1_at_6", "5_at_6")))
    for award_set, measures in OF_LEAVERS.items()
}
COMPARED = tuple(measure for measures in BY_SET.values() for measure in measures)
GROUPS = {
    "own": (
        "The comparison group is ten leavers for each leaver of the school, of other authorities of this warehouse, "
        "alike in sex, support need, leaving stage and deprivation of the area."
    ),
    "insight": "The comparison values are those of Insight, as the authority has imported them.",
}
DRAWN = "The group was drawn ten times: within these draws a school may differ from its group by chance alone."
NO_GROUP = (
    "There is no comparison group: it needs three authorities in one warehouse, nine in ten leavers with others like "
    "them, or values of Insight that the authority imports."
)
ABOVE, WITHIN, BELOW = "above every draw", "within the draws", "below every draw"


def comparison_tables(row: Row[Any] | None, year: str) -> tuple[Table, ...]:
    """Shares of the school and of its group in the year, by set; none where it has no group, or none is shown."""
    if row is None or row.comparison_source is None:
        return ()
    every = (_of_set(row, award_set, year) for award_set in BY_SET)
    return tuple(table for table in every if table is not None)


def _of_set(row: Row[Any], award_set: str, year: str) -> Table | None:
    is_drawn = row.comparison_source == "own"
    lines = [_line(row, measure, is_drawn) for measure in BY_SET[award_set]]
    if not any(isinstance(line[2], Figure) and line[2].is_shown for line in lines):
        return None
    columns = [Column("Awards"), Column("This school", numeric=True), Column("Comparison group", numeric=True)]
    columns += [Column("Draws between", numeric=True), Column("The school lies")] if is_drawn else []
    notes = [GROUPS[str(row.comparison_source)]]
    notes += [f"Of the leavers {row.matched_band} have such a group.", DRAWN] if is_drawn else []
    caption = f"{SETS[award_set]}: leavers like these elsewhere, {year}"
    return Table(caption, tuple(columns), lines, notes=tuple(notes))


def _line(row: Row[Any], measure: str, is_drawn: bool) -> Sequence[Cell]:
    own, group = reached(row, measure), figure(row, f"{measure}_comparison", f"{measure}_comparison")
    found: list[Cell] = [named(measure), own.cell, group]
    if is_drawn:
        least, largest = (figure(row, f"{measure}_draws_{end}", f"{measure}_draws") for end in ("low", "high"))
        is_told = least.is_shown and largest.is_shown
        between = f"{formats.percentage(least.value)} to {formats.percentage(largest.value)}" if is_told else least
        found += [between, lies(own.share, least, largest)]
    return found


def lies(own: Figure, least: Figure, largest: Figure) -> str:
    """Where a share lies beside the draws; empty where one of them is not shown. Compared as they are written."""
    if not (own.is_shown and least.is_shown and largest.is_shown):
        return ""
    share = formats.rounded(own.value or 0)
    if share > formats.rounded(largest.value or 0):
        return ABOVE
    return BELOW if share < formats.rounded(least.value or 0) else WITHIN
