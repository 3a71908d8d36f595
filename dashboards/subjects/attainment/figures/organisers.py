"""Organisers on one scale, literacy last, with the one that holds literacy back; Gaelic beside, as its own language."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from dashboards.kit import formats
from dashboards.kit.charts import Category, Compared, panels
from dashboards.kit.components import Cell, Column, Multiples, Table, Words
from dashboards.kit.formats import Figure
from dashboards.kit.labels import labels
from dashboards.subjects.attainment.figures.council import Council, stage_name
from dashboards.subjects.core.figures.attained import ORGANISERS, Attained

OF_LITERACY = ("reading", "writing", "listening_and_talking")
GAELIC = labels("organisers_gaelic")
IN_PANEL = {"P1P4P7": "All", "S3": "S3"}
TOGETHER = {"P1P4P7": "the three stages together"}


def organisers(found: Council) -> Multiples | None:
    """One panel for each organiser, the stages in it beside Scotland; None where no figure is shown."""
    stages = found.stages
    each = {organiser: [found.at(stage, organiser) for stage in stages] for organiser in ORGANISERS}
    if not any(one.share.is_shown for found_ in each.values() for one in found_):
        return None
    among = [Category(stage_name(stage), IN_PANEL.get(stage, stage)) for stage in stages]
    drawn = panels(
        "organisers",
        among,
        [
            Compared(
                ORGANISERS[organiser],
                tuple(one.share for one in each[organiser]),
                tuple(found.nation(stage, organiser).share for stage in stages),
            )
            for organiser in ORGANISERS
        ],
        (found.asked.authority_name, "Scotland"),
    )
    title = f"Organisers by stage, {found.year}"
    return Multiples(
        title=title,
        sentence=" ".join(holds_back({stage: _of_literacy(found, stage) for stage in stages})),
        panels=tuple(zip(ORGANISERS.values(), drawn, strict=True)),
        table=organisers_table(found),
        notes=(
            f"Filled dots are {found.asked.authority_name}, hollow triangles Scotland in the same year, on one scale "
            "that does not begin at zero. 'All' are P1, P4 and P7 pooled; S3 is at third level or better.",
        ),
    )


def _of_literacy(found: Council, stage: str) -> Mapping[str, Attained]:
    return {organiser: found.at(stage, organiser) for organiser in (*OF_LITERACY, "literacy")}


def holds_back(by_stage: Mapping[str, Mapping[str, Attained]]) -> list[str]:
    """Sentences: for each stage which of the three organisers is lowest, and so holds literacy back most.

    Only stages of which all three and literacy are shown are spoken of; those with one organiser share a sentence.
    """
    lowest: dict[str, list[str]] = {}
    for stage, each in by_stage.items():
        shares = {organiser: each[organiser].share for organiser in OF_LITERACY}
        if not each["literacy"].share.is_shown or not all(share.is_shown for share in shares.values()):
            continue
        least = min(formats.rounded(share.value or 0) for share in shares.values())
        names = [name for name, share in shares.items() if formats.rounded(share.value or 0) == least]
        if len(names) == 1:
            said = f"{TOGETHER.get(stage, stage_name(stage))} ({each[names[0]].text}, literacy {each['literacy'].text})"
            lowest.setdefault(names[0], []).append(said)
    if not lowest:
        return ["Which organiser holds literacy back is not shown."]
    return [
        f"{ORGANISERS[organiser]} is the lowest of the three and holds literacy back most in {_listed(said)}."
        for organiser, said in lowest.items()
    ]


def _listed(said: list[str]) -> str:
    """Parts that hold commas themselves, parted by semicolons."""
    return "; ".join(said[:-1]) + f"; and {said[-1]}" if len(said) > 1 else said[0]


def organisers_table(found: Council) -> Table:
    """Each stage and organiser: who achieved, the cohort, the year before, and Scotland."""
    columns = [Column("Stage and organiser"), Column("Achieved", numeric=True), Column("Cohort", numeric=True)]
    columns += [Column(found.before, numeric=True)] if found.before else []
    columns += [Column("Published here", numeric=True), Column("Scotland", numeric=True)]
    rows = []
    for stage in found.stages:
        for organiser, name in ORGANISERS.items():
            now = found.at(stage, organiser)
            before = (found.at(stage, organiser, found.before).cell,) if found.before else ()
            rows.append(
                (
                    f"{stage_name(stage)}: {name.lower()}", now.cell, now.cohort, *before,
                    found.said(stage, organiser).share, found.nation(stage, organiser).share,
                )
            )  # fmt: skip
    return Table(
        caption=f"Organisers by stage, {found.year}, as a table", columns=tuple(columns), rows=rows, dense=True
    )


def gaelic_table(
    year: str, stages: Sequence[str], at: Callable[[str, str], Attained], on_paper: bool = False
) -> Table | None:
    """Organisers of pupils who learn in Gaelic, named in both languages; None where no cohort of them is shown.

    ``at`` gives the cohort of a stage and organiser, such as ``gaelic_reading``; ``on_paper`` in official bands.
    """
    rows: list[Sequence[Cell]] = []
    for stage, (organiser, name) in product(stages, GAELIC.items()):
        now = at(stage, f"gaelic_{organiser}")
        if now.cohort.value == 0:
            continue
        named = Words(f"{stage_name(stage)}: {ORGANISERS[organiser].lower()}", name, "gd")
        rows.append((named, now.band if on_paper else now.cell, now.cohort_to_share if on_paper else now.cohort))
    if not any(isinstance(row[-1], Figure) and row[-1].is_shown for row in rows):
        return None
    return Table(
        caption=f"Gaelic medium education, {year}{', in official bands' if on_paper else ''}",
        columns=(
            Column("Stage and organiser"),
            Column("Achieved", numeric=not on_paper),
            Column("Cohort", numeric=True),
        ),
        rows=rows,
        notes=("Literacy in Gaelic is of pupils with a judgement in all three; it is mixed into no English figure.",),
    )
