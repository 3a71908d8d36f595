"""Who is on track in the year that is still open, of every stage that teachers follow: as they said last."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.components import Column, Table
from dashboards.kit.formats import Figure, figure
from dashboards.kit.page import Note
from dashboards.subjects.core.figures.attained import ORGANISERS

FOLLOWED = ("reading", "numeracy")
STAGES = {"primary": "P1 to P7", "secondary": "S1 to S3"}
SAID = Note(
    "On track is what teachers said last of each pupil: on track or ahead, of those of whom it is known. Of stages "
    "without a return there is no level to set it against, and no aim.",
    "method",
)


@dataclass(frozen=True)
class OnTrack:
    """Pupils of a sector of whom it is known whether they are on track in an organiser, and those who are."""

    stages: str
    organiser: str
    year: str
    cohort: Figure
    on_track: Figure
    share: Figure


def on_track_of(rows: Sequence[Row[Any]]) -> tuple[OnTrack, ...]:
    """Organisers of both sectors out of released rows of one year; those of whom nothing was said are left out."""
    found = [
        OnTrack(
            STAGES[str(row.sector)], organiser, str(row.academic_year),
            figure(row, f"{organiser}_on_track_cohort", f"{organiser}_on_track_cohort", "count"),
            figure(row, f"{organiser}_on_track", f"{organiser}_on_track", "count"),
            figure(row, f"{organiser}_on_track_share", f"{organiser}_on_track"),
        )
        for sector in STAGES
        for row in rows
        if row.sector == sector
        for organiser in FOLLOWED
    ]  # fmt: skip
    return tuple(one for one in found if one.cohort.value != 0)


def sentence_of(every: Sequence[OnTrack]) -> str:
    """Where the share is shown, sector by sector; empty where it nowhere is."""
    said = [
        f"{one.share.text} of {one.cohort.text} pupils of {one.stages} in {ORGANISERS[one.organiser].lower()}"
        for one in every
        if one.share.is_shown and one.cohort.is_shown
    ]
    return f"On track or ahead in {every[0].year}: {formats.listed(said)}." if said else ""


def table_of(every: Sequence[OnTrack]) -> Table:
    """A row for each sector and organiser."""
    return Table(
        caption=f"On track in {every[0].year}",
        columns=(
            Column("Stages and organiser"), Column("On track or ahead", numeric=True), Column("Share", numeric=True),
            Column("Pupils of whom it is known", numeric=True),
        ),
        rows=[
            (f"{one.stages}: {ORGANISERS[one.organiser].lower()}", one.on_track, one.share, one.cohort)
            for one in every
        ],
    )  # fmt: skip
