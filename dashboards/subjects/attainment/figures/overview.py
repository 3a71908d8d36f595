"""Level, direction and for whom: literacy and numeracy beside Scotland, the published series and the aim."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.kit import formats
from dashboards.kit.charts import Category, Series, dots, sentences
from dashboards.kit.components import Card, Chart, Column, Table
from dashboards.kit.formats import Figure
from dashboards.subjects.attainment.figures.council import POOLED, QUINTILES, Council, stage_name
from dashboards.subjects.core.figures.attained import MEASURES, ORGANISERS, Attained
from dashboards.subjects.core.queries.published import PUBLISHED, Aim

IN_PRIMARY = ("P1", "P4", "P7")
WHOLE = "P1P4P7"
NO_AIM = Figure(None, "[z]", why="none")


@dataclass(frozen=True)
class Group:
    """Some pupils of the return: now, a year before, and the same group in Scotland."""

    name: str
    short: str
    is_stage: bool
    now: Attained
    before: Attained
    scotland: Figure

    @property
    def change(self) -> Figure:
        """Points since the year before."""
        return self.now.share.minus(self.before.share)

    @property
    def called(self) -> str:
        """Within a sentence: ``the most deprived fifth``."""
        return self.name if self.is_stage else sentences.in_sentence(self.name)


def cards(found: Council) -> tuple[Card, ...]:
    """Literacy and numeracy of the pooled primaries and of S3."""
    stages = [stage for stage in POOLED if stage in found.stages]
    return tuple(_card(found, stage, organiser) for stage in stages for organiser in MEASURES)


def _card(found: Council, stage: str, organiser: str) -> Card:
    now, nation = found.at(stage, organiser), found.nation(stage, organiser)
    lines = []
    if now.share.is_shown:
        lines.append(f"{now.achieved.text} of {now.cohort.text} pupils.")
        if found.before:
            before = found.at(stage, organiser, found.before).share
            lines.append(f"{sentences.changed(now.share, before, found.before)}.")
        lines.append(f"{sentences.comparison(now.share, nation.share, f'Scotland in {found.year}')}.")
    said, earlier = (found.said(stage, organiser, year).share for year in (found.year, found.year_before))
    if said.is_shown and earlier.is_shown:
        since = formats.change(said.minus(earlier))
        lines.append(f"As published: {said.text}, {since} from {found.year_before} ({earlier.text}).")
    elif said.is_shown:
        lines.append(f"As published: {said.text}.")
    for aim in found.aims:
        if stage == WHOLE and aim.organiser == organiser:
            lines.append(aim_sentence(now, aim))
    return Card(f"{ORGANISERS[organiser]}, {stage_name(stage)}", now.share, tuple(lines))


def aim_sentence(now: Attained, aim: Aim) -> str:
    """How many pupils are missing to a stretch aim, as in ``Aim for 2025/26: 76.0%, that is 56 pupils more``."""
    status = "" if aim.status == PUBLISHED else f" ({aim.status})"
    said = f"Aim for {aim.year}{status}: {aim.share.text}"
    if now.achieved.value is None or now.cohort.value is None or aim.share.value is None:
        return f"{said}."
    needed = math.ceil(Decimal(aim.share.value) * int(now.cohort.value)) - int(now.achieved.value)
    return f"{said}, that is {formats.plural(needed, 'pupil')} more." if needed > 0 else f"{said}, reached."


def without_aim(found: Council) -> str:
    """Said where no round of stretch aims runs; empty where one does."""
    return "" if found.aims else "There is no current round of stretch aims of this authority, so no aim is shown."


def groups_of(found: Council, organiser: str) -> tuple[Group, ...]:
    """Stages of primary schools, and fifths of areas over all of them."""
    nation = found.nation(WHOLE, organiser).by_quintile
    stages = [
        Group(
            stage_name(stage), stage, True, found.at(stage, organiser),
            found.at(stage, organiser, found.before or "none"), found.nation(stage, organiser).share,
        )
        for stage in IN_PRIMARY
        if stage in found.stages
    ]  # fmt: skip
    areas = [
        Group(
            QUINTILES[quintile], f"Fifth {quintile}", False, found.of(WHOLE, quintile, organiser),
            found.of(WHOLE, quintile, organiser, found.before or "none"), scotland,
        )
        for quintile, scotland in nation.items()
    ]  # fmt: skip
    return (*stages, *areas)


def for_whom(found: Council, organiser: str) -> Chart | None:
    """For which stages and areas a measure is low, and where it has moved; None where no figure is shown."""
    groups = groups_of(found, organiser)
    if WHOLE not in found.stages or not any(group.now.share.is_shown for group in groups):
        return None
    title = f"{ORGANISERS[organiser]}: for whom?"
    among = [Category(group.name, group.short) for group in groups]
    series = [Series(found.year, tuple(group.now.share for group in groups))]
    if found.before:
        series.append(Series(found.before, tuple(group.before.share for group in groups)))
    series.append(Series(f"Scotland, {found.year}", tuple(group.scotland for group in groups)))
    columns = [Column("Pupils of primary schools"), Column(found.year, numeric=True), Column("Cohort", numeric=True)]
    if found.before:
        columns += [Column(found.before, numeric=True), Column("Change", numeric=True, unit="points")]
    columns.append(Column("Scotland", numeric=True))
    return Chart(
        title=title,
        sentence=whom_sentence(groups, ORGANISERS[organiser], found.before),
        svg=dots(f"whom-{organiser}", title, among, series),
        table=Table(
            caption=f"{ORGANISERS[organiser]} by stage and deprivation of area, {found.year}",
            columns=tuple(columns),
            rows=[
                (
                    group.name, group.now.cell, group.now.cohort,
                    *((group.before.cell, _change(group)) if found.before else ()), group.scotland,
                )
                for group in groups
            ],
        ),
        notes=("Fifths of areas over all of P1, P4 and P7; where room is short fifth 1 is the most deprived.",),
    )  # fmt: skip


def whom_said(found: Council) -> str:
    """For whom literacy and numeracy are low and where they have moved, in one paragraph; empty without primaries."""
    if WHOLE not in found.stages:
        return ""
    said = [whom_sentence(groups_of(found, one), ORGANISERS[one], found.before) for one in MEASURES]
    return f"For whom? {' '.join(said)}"


def levels_table(found: Council) -> Table:
    """Literacy and numeracy of each stage: returned, published, in Scotland, and the aim."""
    rows = [
        (
            f"{stage_name(stage)}: {organiser}", found.at(stage, organiser).cell, found.at(stage, organiser).achieved,
            found.at(stage, organiser).cohort, found.said(stage, organiser).share,
            found.said(stage, organiser, found.year_before).share, found.nation(stage, organiser).share,
            next((aim.share for aim in found.aims if (WHOLE, organiser) == (stage, aim.organiser)), NO_AIM),
        )
        for stage in found.stages
        for organiser in MEASURES
    ]  # fmt: skip
    columns = ("Returned", "Achieved", "Pupils", "Published here", f"Published, {found.year_before}", "Scotland", "Aim")
    return Table(
        caption=f"Literacy and numeracy by stage, {found.year}",
        columns=(Column("Stage"), *(Column(name, numeric=True) for name in columns)),
        rows=rows,
        dense=True,
    )


def _change(group: Group) -> Figure:
    """Points; of a small cohort none, since one pupil is many of them."""
    if group.now.is_small or group.before.is_small:
        return Figure(None, "[z]", "points", "few pupils")
    return group.change


def whom_sentence(groups: Sequence[Group], subject: str, before: str) -> str:
    """Where the measure is lowest by stage and by area, and where it has moved most since the year before."""
    large = [group for group in groups if group.now.share.is_shown and not group.now.is_small]
    lowest = [f"{one.called} ({one.now.share.text})" for part in _parts(large) if (one := _lowest(part))]
    if not lowest:
        return f"{subject} of groups is not shown, or of few pupils."
    said = f"{subject} was lowest in {formats.listed(lowest)}."
    moved = [f"{one.called} ({formats.change(one.change)})" for part in _parts(large) if (one := _moved(part))]
    return f"{said} Since {before} it has moved most in {formats.listed(moved)}." if before and moved else said


def _parts(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    return [one for one in groups if one.is_stage], [one for one in groups if not one.is_stage]


def _lowest(groups: Sequence[Group]) -> Group | None:
    return min(groups, key=lambda one: one.now.share.value or 0) if len(groups) > 1 else None


def _moved(groups: Sequence[Group]) -> Group | None:
    known = [one for one in groups if one.change.value and not one.before.is_small]
    return max(known, key=lambda one: abs(float(one.change.value or 0))) if known else None
