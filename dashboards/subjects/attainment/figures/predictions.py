"""How far off predictions were: what teachers predicted last in the year, beside what the same pupils achieved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.charts import Category, Ends, dumbbell
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note
from dashboards.subjects.attainment.figures.council import Council, stage_name
from dashboards.subjects.core.figures.attained import MEASURES, NOBODY, ORGANISERS, Attained, attained

NO_PREDICTIONS = "not enough predictions"
ENDS = ("Predicted to achieve", "Achieved")
NONE_HERE = (
    "Predictions can be set against results where 19 of 20 pupils with a judgement had one. So many have not come "
    "here, or the figures are not shown."
)
LAST_PREDICTION = Note(
    "A pupil's last prediction of the year counts. Pupils with a judgement and no prediction were not predicted to "
    "achieve; where they are more than 1 in 20, nothing is set against anything.",
    "method",
)
NOT_OF_PUPILS = Note(
    "The difference is net: some pupils predicted to achieve did not, and others did who were not predicted to. May "
    "not be compared: one school's with another's where few pupils stand behind them.",
    "comparison",
)


@dataclass(frozen=True)
class Foreseen:
    """A cohort with how many of it were predicted to achieve, and the error in points: above 0 was too rosy."""

    attained: Attained
    predicted: Figure
    share: Figure
    error: Figure

    @property
    def is_shown(self) -> bool:
        """Whether prediction and result stand beside each other."""
        return self.error.is_shown

    @property
    def off(self) -> str:
        """``3 of 28 pupils too rosy``, ``7.9 points too rosy``, ``as predicted``, or in words why it is not said."""
        if self.error.value is None:
            return self.error.word
        pupils = int(self.predicted.value or 0) - int(self.attained.achieved.value or 0)
        if pupils == 0:
            return "as predicted"
        direction = "too rosy" if pupils > 0 else "too low"
        if self.attained.is_small:
            return f"{abs(pupils)} of {self.attained.cohort.text} pupils {direction}"
        return f"{formats.one_decimal(abs(Decimal(self.error.value)))} points {direction}"

    @property
    def cell(self) -> Figure | str:
        """What was predicted, as screens have it: of a small cohort the count."""
        if self.attained.is_small and self.predicted.is_shown:
            return f"{self.predicted.text} of {self.attained.cohort.text}"
        return self.share


def foreseen(row: Row[Any] | None, measure: str) -> Foreseen:
    """Prediction and result of a released row; none without a row."""
    if row is None:
        none = Figure(None, "[x]")
        return Foreseen(NOBODY, none, none, none)
    group, off = f"{measure}_predicted", f"{measure}_prediction_error"
    share, error = figure(row, f"{group}_share", off), figure(row, off, off, "gap")
    return Foreseen(
        attained(row, measure),
        figure(row, group, group, "count"),
        *(Figure(None, one.symbol, one.unit, NO_PREDICTIONS) if one.symbol == "[z]" else one for one in (share, error)),
    )


def predictions_chart(found: Council, measure: str) -> Chart | None:
    """Predicted and achieved of each stage of the year; None where they stand beside each other nowhere."""
    stages = found.stages
    each = [foreseen(found.rows.get((stage, found.year)), measure) for stage in stages]
    if not any(one.is_shown for one in each):
        return None
    title = f"{ORGANISERS[measure]}: predicted and achieved, {found.year}"
    return Chart(
        title=title,
        sentence=sentence_of(found, measure),
        svg=dumbbell(
            f"predictions-{measure}", title, [Category(stage_name(stage)) for stage in stages],
            [Ends(one.share, one.attained.share) for one in each], ENDS,
        ),
        table=_table(f"{title}, as a table", list(zip(map(stage_name, stages), each, strict=True))),
    )  # fmt: skip


def _table(caption: str, lines: Sequence[tuple[str, Foreseen]]) -> Table:
    rows: list[Sequence[Cell]] = [
        (name, one.cell, one.attained.cell, one.attained.cohort, one.off) for name, one in lines
    ]
    columns = (
        Column("Stage"), Column(ENDS[0], numeric=True), Column(ENDS[1], numeric=True), Column("Pupils", numeric=True),
        Column("How far off"),
    )  # fmt: skip
    return Table(caption=caption, columns=columns, rows=rows)


def sentence_of(found: Council, measure: str) -> str:
    """The first pooled stage that is shown, beside the year before; empty where none is."""
    for stage in ("P1P4P7", "S3"):
        one = foreseen(found.rows.get((stage, found.year)), measure)
        if not one.is_shown:
            continue
        before = foreseen(found.rows.get((stage, found.before or "none")), measure)
        beside = f" In {found.before} they were {before.off}." if before.is_shown else ""
        return (
            f"In {stage_name(stage)} {one.share.text} of {one.attained.cohort.text} pupils were predicted to achieve "
            f"{ORGANISERS[measure].lower()}, and {one.attained.share.text} did: predictions were {one.off}.{beside}"
        )
    return ""


def school_table(rows: Mapping[str, Row[Any]], year: str) -> Table | None:
    """Prediction and result by stage and measure of one school, for the screen; None where nothing was predicted.

    ``rows`` are its rows of the year by stage.
    """
    lines = [
        (f"{stage_name(stage)}, {ORGANISERS[measure].lower()}", foreseen(row, measure))
        for stage, row in rows.items()
        for measure in MEASURES
    ]
    if not any(one.is_shown or one.error.symbol == "[c]" for _, one in lines):
        return None
    return _table(f"How far off were our predictions, {year}", lines)


def school_sentence(rows: Mapping[str, Row[Any]]) -> str:
    """How far off predictions were at a school, stage by stage, where that is shown; empty where it nowhere is."""
    said = [
        f"{one.off} in {ORGANISERS[measure].lower()} in {stage_name(stage)}"
        for stage, row in rows.items()
        for measure in MEASURES
        if (one := foreseen(row, measure)).is_shown
    ]
    return f"Predictions of the year were {formats.listed(said)}." if said else ""
