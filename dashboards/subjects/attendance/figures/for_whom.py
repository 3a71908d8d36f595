"""For whom: each group of an authority beside its own same months of last year, and what the change is made of.

Stages and fifths of areas are added up from cells by stage, fifth and month that are shown in both years, whole months
alone, so like stands beside like. Where nothing of last year can be had, groups stand as they are, and that is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, dots, sentences
from dashboards.kit.components import Cell, Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.kit.page import Note, PageRequest
from dashboards.subjects.attendance.figures import groups
from dashboards.subjects.attendance.figures.of_authority import AuthorityRows, quintiles_of, stages_of
from dashboards.subjects.attendance.figures.year_before import YearBefore
from dashboards.subjects.core.figures import codes
from dashboards.subjects.core.figures.made_of import MadeOf, Move, Part, made_of, sentence_of
from dashboards.subjects.core.figures.months import SameMonths, same_months
from dashboards.subjects.core.queries.cells import cells_by_month

SEX_ALONE = "By sex no state of the same time of last year has been kept: girls and boys stand beside each other alone."
NO_YEAR = "No month of this year is over that is also shown of last year, so no group can be set beside itself."
STAGES = {stage: codes.stage_name(stage) for stage in codes.STAGES}


@dataclass(frozen=True)
class ForWhom:
    """Sentences, what to know before using them, and charts by the names of their downloads."""

    says: tuple[str, ...]
    notes: tuple[Note, ...]
    charts: tuple[tuple[str, Chart], ...]


def for_whom_of(connection: Connection, rows: AuthorityRows, asked: PageRequest, then: YearBefore) -> ForWhom:
    """Stages and fifths of areas of the sector beside the same months of last year; girls and boys beside ``then``."""
    cells = cells_by_month(connection, asked)
    same = same_months(cells, asked.academic_year, asked.previous_year, rows.year.data_as_at)
    stages, areas = same.by("stage", STAGES, rows.sector), same.by("quintile", codes.QUINTILES, rows.sector)
    persistent = {
        "stage": {group.value: group.persistent for group in stages_of(rows)},
        "deprivation": {group.value: group.persistent for group in quintiles_of(rows)},
    }
    by_stage = group_chart("stage", "Attendance by stage", "Stage", stages, STAGES, persistent["stage"], same, asked)
    by_area = group_chart(
        "deprivation", "Attendance by deprivation of the area (SIMD 2020v2)", "Areas", areas, codes.QUINTILES,
        persistent["deprivation"], same, asked,
    )  # fmt: skip
    by_sex = sex_chart(rows, then) if then.until is not None else None  # else as it stands without last year
    charts = [("by_stage", by_stage), ("by_deprivation", by_area), ("by_sex", by_sex)]
    of_sex = SEX_ALONE
    if then.until is not None:
        of_sex = f"By sex {then.year} is as it was shown when data went up to {formats.date(then.until)}."
    notes = tuple(Note(text, "comparison") for text in (same.note, of_sex, codes.SIMD_NOTE) if text)
    return ForWhom(_says(same, stages, areas, asked), notes, tuple((name, chart) for name, chart in charts if chart))


def sex_chart(rows: AuthorityRows, then: YearBefore) -> Chart | None:
    """Girls and boys beside the same time of last year."""
    found = groups.released(rows.sexes, codes.SEXES, "sex")
    return groups.groups_chart("sex", "Attendance by sex", "Sex", found, before=then)


def _says(same: SameMonths, stages: Sequence[Part], areas: Sequence[Part], asked: PageRequest) -> tuple[str, ...]:
    whole = made_of(stages)
    if whole is None:
        return (NO_YEAR,)
    moved = formats.change(whole.change)
    said = [
        f"{same.called} together, attendance is {whole.now.text}, {moved} {_since(moved)} the same months of "
        f"{asked.previous_year} ({whole.before.text}).",
        f"By stage: {lowered(sentence_of(whole))}",
    ]
    by_area = made_of(areas)
    if by_area is not None:
        said.append(f"By area: {lowered(sentence_of(by_area))}")
    return (" ".join(said),)


def _since(moved: str) -> str:
    return "since" if moved == "no change" else "from"


def lowered(sentence: str) -> str:
    """A sentence after a colon; a stage such as S3 keeps its capital."""
    return sentence if sentence[1:2].isdigit() else f"{sentence[:1].lower()}{sentence[1:]}"


def group_chart(
    name: str, title: str, heading: str, parts: Sequence[Part], names: Mapping[str, str],
    persistent: Mapping[str, Figure | None], same: SameMonths, asked: PageRequest,
) -> Chart | None:  # fmt: skip
    """Groups in this year and in the same months of last year, with what each adds to the change; None without any."""
    made = made_of(parts)
    if made is None:
        return None
    value_of = {text: value for value, text in names.items()}
    years = (asked.academic_year, asked.previous_year or "")
    among = [Category(move.part.name, codes.SHORT_NAMES.get(move.part.name, "")) for move in made.moves]
    series = [
        Series(years[0], tuple(move.part.now for move in made.moves)),
        Series(years[1], tuple(move.part.before for move in made.moves)),
    ]
    shares = [persistent.get(value_of[move.part.name]) for move in made.moves]
    has_shares = any(share is not None for share in shares)
    rows: list[Sequence[Cell]] = [
        (
            move.part.name, move.part.now, move.part.before, move.part.now.minus(move.part.before), _adds(move),
            *((share or Figure(None, "[z]"),) if has_shares else ()),
        )
        for move, share in zip(made.moves, shares, strict=True)
    ]  # fmt: skip
    columns = [
        Column(heading), Column(years[0], numeric=True), Column(years[1], numeric=True),
        Column("Change", numeric=True, unit="points"), Column("Adds to the change", numeric=True, unit="points"),
    ]  # fmt: skip
    columns += [Column("Persistently absent so far", numeric=True)] if has_shares else []
    return Chart(
        title=title,
        sentence=_sentence(made),
        svg=dots(f"whom-{name}", title, among, series),
        table=Table(
            caption=f"{title}, {same.called}",
            columns=tuple(columns),
            rows=rows,
            notes=(
                "What a group adds is its own change times its share of half days; the rest of the change is in who is "
                "at school.",
            ),
        ),
    )


def _adds(move: Move) -> Figure:
    return Figure(move.points, None, "points")


def _sentence(made: MadeOf) -> str:
    """Which groups have moved furthest themselves, and which is lowest."""
    among = [Category(move.part.name) for move in made.moves]
    changes = [(move.part.now.minus(move.part.before).value or 0, move.part.name) for move in made.moves]
    low, high = min(changes), max(changes)
    said = []
    if low[0] < 0:
        said.append(f"{sentences.in_sentence(low[1])} is {formats.change(low[0])}")
    if high[0] > 0:
        said.append(f"{sentences.in_sentence(high[1])} is {formats.change(high[0])}")
    moved = f" From last year {formats.listed(said)}." if said else " No group has changed from last year."
    return f"{sentences.extremes('Attendance', among, [move.part.now for move in made.moves])}{moved}"
