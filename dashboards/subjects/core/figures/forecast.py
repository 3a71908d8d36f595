"""What teachers predict of the return that is still open: raw, and less the error that last year's predictions had."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.components import Cell, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note
from dashboards.subjects.core.figures.aims import LEVELS, MEASURES, Aimed
from dashboards.subjects.core.queries.aims import AimRows

NO_FORECAST = (
    "There is no forecast: one rests on teachers' predictions for a year whose return is not closed, and none have "
    "been released for this authority."
)
UNCORRECTED = "nothing to correct it by"
CORRECTED = Note(
    "A forecast is the share of pupils with a prediction who are predicted to achieve, by the last prediction of each. "
    "Corrected, it is less the error that last year's predictions proved to have. Neither is a promise, and a "
    "correction is right only if teachers predict as they did.",
    "method",
)


@dataclass(frozen=True)
class Forecast:
    """A measure's forecast for a year: pupils with a prediction, those predicted to achieve, and last year's error.

    ``error`` is in points, above 0 too rosy, with the year that it is of; ``aim`` is a share.
    """

    measure: str
    year: str
    cohort: Figure
    predicted: Figure
    raw: Figure
    error: Figure
    error_year: str
    aim: Figure
    aim_year: str

    @property
    def corrected(self) -> Figure:
        """The forecast less last year's error, never beyond 0 to 1; not there without an error."""
        if self.raw.value is None or self.error.value is None:
            return Figure(None, self.raw.symbol or self.error.symbol or "[x]", "rate", UNCORRECTED)
        share = Decimal(str(self.raw.value)) - Decimal(str(self.error.value)) / 100
        return Figure(min(max(share, Decimal(0)), Decimal(1)))

    def needed(self, share: Figure) -> Figure:
        """Pupils who would have to achieve beyond a forecast for the aim to be reached; none where it is."""
        if share.value is None or self.cohort.value is None or self.aim.value is None:
            return Figure(None, share.symbol or self.cohort.symbol or "[x]", "count", share.why)
        cohort = int(self.cohort.value)
        missing = Decimal(str(self.aim.value)) * cohort - Decimal(str(share.value)) * cohort
        return Figure(max(math.ceil(missing - Decimal("0.001")), 0), None, "count")


def forecasts_of(row: Row[Any] | None, rows: AimRows, every: Sequence[Aimed]) -> tuple[Forecast, ...]:
    """A forecast for each aim of all pupils in literacy and numeracy; none without a released row of one."""
    if row is None:
        return ()
    error_year = rows.level_years[-1] if rows.level_years else ""
    before = rows.levels.get((error_year, "all"))
    found = []
    for one in every:
        measure = LEVELS.get(one.aim.measure, "")
        if not measure or one.aim.group != "all":
            continue
        name = f"{measure}_forecast"
        error = Figure(None, "[x]", "gap")
        if before is not None:
            error = figure(before, f"{measure}_prediction_error", f"{measure}_prediction_error", "gap")
        found.append(
            Forecast(
                one.aim.measure, str(row.academic_year), figure(row, f"{name}_cohort", f"{name}_cohort", "count"),
                figure(row, name, name, "count"), figure(row, f"{name}_share", name), error, error_year,
                one.aim.share, one.aim.year,
            )
        )  # fmt: skip
    return tuple(found)


def sentence_of(one: Forecast) -> str:
    """A forecast in words, raw, corrected, and what the aim still asks for."""
    name = MEASURES[one.measure]
    if one.raw.value is None:
        return f"{name}: a forecast for {one.year} is not shown: {one.raw.word}."
    said = f"{name}: teachers predict {one.raw.text} of {one.cohort.text} pupils for {one.year}"
    if one.corrected.value is None:
        return f"{said}; there is no error of last year to correct it by. {_asked(one, one.raw)}"
    error = Decimal(str(one.error.value))
    way = "too rosy" if error > 0 else "too low"
    points = formats.one_decimal(abs(error))
    return (
        f"{said}. Predictions of {one.error_year} were {points} points {way}: less that, {one.corrected.text}. "
        f"{_asked(one, one.corrected)}"
    )


def _asked(one: Forecast, share: Figure) -> str:
    needed = int(one.needed(share).value or 0)
    if not needed:
        return f"That would reach the aim of {one.aim.text} by {one.aim_year}."
    return f"The aim of {one.aim.text} by {one.aim_year} asks for {formats.plural(needed, 'pupil')} more."


def table_of(every: Sequence[Forecast]) -> Table:
    """Raw and corrected forecast beside the aim, each with the pupils needed."""
    rows: list[Sequence[Cell]] = [
        (
            MEASURES[one.measure], one.cohort, one.raw, one.needed(one.raw), one.error, one.corrected,
            one.needed(one.corrected), one.aim,
        )
        for one in every
    ]  # fmt: skip
    return Table(
        caption=f"Forecast for {every[0].year}",
        columns=(
            Column("Measure"), Column("Pupils with a prediction", numeric=True), Column("As predicted", numeric=True),
            Column("Pupils needed", numeric=True), Column("Last year's error, points", numeric=True),
            Column("Corrected by it", numeric=True), Column("Pupils needed then", numeric=True),
            Column("Aim", numeric=True),
        ),
        rows=rows,
        dense=True,
    )  # fmt: skip
