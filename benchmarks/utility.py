"""What heads get an answer to, by size of school, and what it costs to protect (``python -m benchmarks.utility``).

With ``--home`` it reads a released warehouse: by question the share of rows with anybody in them that show a figure, on
released marts, on paper (the *to share* edition) and of the own school, and how far shown figures are from exact ones.
With ``--councils`` it makes rolls, results and leavers of councils without files and counts what the engine hides.
Printed as the tables of docs/disclosure-control.md; figures of no single school are printed.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.council_answers import (
    Answers,
    Asked,
    declared_questions,
    engine_answers,
    half_day_answers,
    roll_questions,
)
from orchestration.database import connect
from orchestration.release.declared.figures import figures_of
from orchestration.release.declared.reading import read_declaration
from orchestration.release.engine.cells import system_of
from orchestration.release.engine.model import Model, Persons
from orchestration.release.engine.protect import primary, protect, wanted_of
from orchestration.release.thresholds import BREAKDOWNS_FROM, SMALL_COHORT
from orchestration.settings import load_settings
from tests.support.made_up_leavers import SENIOR_PHASE, leavers_columns
from tests.support.made_up_leavers import persons_of as persons_of_leavers
from tests.support.made_up_levels import ATTAINMENT, levels_columns
from tests.support.made_up_levels import persons_of as persons_of_levels
from tests.support.made_up_rolls import persons_of, published_roll, roll_model

SIZES = ((20, "under 20"), (50, "20 to 49"), (100, "50 to 99"), (200, "100 to 199"), (10**6, "200 or more"))
NAMES = tuple(name for _, name in SIZES)


@dataclass(frozen=True)
class Question:
    """What a head asks: the mart and measure that answer, by which column; on paper another ``band`` and its cohort."""

    name: str
    mart: str
    measure: str
    by: str | None = None
    band: str | None = None
    cohort: str | None = None


QUESTIONS = (
    Question("attendance", "attendance_by_school_year", "attendance_rate"),
    Question("persistent absence", "persistent_absence_by_school", "persistent_absence_rate"),
    Question("attendance by stage", "attendance_by_school_stage", "attendance_rate", "stage"),
    Question("attendance by deprivation", "attendance_by_school_deprivation", "attendance_rate", "deprivation_group"),
    Question("roll by stage", "roll_by_school_stage", "pupils", "stage"),
    Question("literacy", "attainment_by_school", "literacy_share", None, "literacy_band", "literacy_cohort"),
    Question("numeracy", "attainment_by_school", "numeracy_share", None, "numeracy_band", "numeracy_cohort"),
    Question("leavers", "leaver_attainment_by_school", "national_1_at_5_share", None, "national_1_at_5_band", "cohort"),
)
HELD = ("attendance_by_school_week", "attendance_by_school_month", "attendance_by_school_year")


def size_of(pupils: int) -> str:
    """The name of a size of school."""
    return next(name for limit, name in SIZES if pupils < limit)


def _rows(connection: psycopg.Connection, schema: str, mart: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    query = sql.SQL("select {} from {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, mart)
    )
    return connection.execute(query).fetchall()


def _has(connection: psycopg.Connection, schema: str, mart: str, column: str) -> bool:
    found = connection.execute(
        "select 1 from information_schema.columns where table_schema = %s and table_name = %s and column_name = %s",
        [schema, mart, column],
    ).fetchone()
    return found is not None


def sizes(connection: psycopg.Connection) -> dict[tuple[str, str, str], str]:
    """The size of each school, sector and year, by its roll at the census."""
    rows = _rows(connection, "aggregated_exact", "roll_by_school", ("seed_code", "sector", "academic_year", "pupils"))
    return {(seed, sector, year): size_of(int(pupils or 0)) for seed, sector, year, pupils in rows if pupils}


def answers(connection: psycopg.Connection, question: Question) -> dict[str, list[int]]:
    """By size of school: rows with a figure, those released, on paper, and of the own school."""
    keys = ["seed_code", "sector", "academic_year", *([question.by] if question.by else [])]
    withheld = [n for n in ("withheld",) if _has(connection, "aggregated_exact", question.mart, n)]
    exact = _rows(connection, "aggregated_exact", question.mart, [*keys, question.measure, *withheld])
    shown = {row[: len(keys)]: row[len(keys) :] for row in _rows(
        connection, "released", question.mart,
        [*keys, question.measure, *([question.band, question.cohort] if question.band and question.cohort else [])],
    )}  # fmt: skip
    own = {row[:-1]: row[-1] for row in _rows(connection, "own_school", question.mart, [*keys, question.measure])}
    of_school, found = sizes(connection), defaultdict(lambda: [0, 0, 0, 0])
    for row in exact:
        key, figure = row[: len(keys)], row[len(keys)]
        if not figure or (withheld and row[-1] is not None) or key[:3] not in of_school:
            continue
        line = found[of_school[key[:3]]]
        released = shown.get(key, (None,))
        on_paper = released[0] is not None
        if question.band and question.cohort:
            on_paper = len(released) == 3 and released[1] is not None and (released[2] or 0) > SMALL_COHORT
        line[0] += 1
        line[1] += released[0] is not None
        line[2] += on_paper
        line[3] += own.get(key) is not None
    return found


def held(connection: psycopg.Connection, mart: str) -> dict[str, tuple[int, int, float]]:
    """By size of school: rows shown, those that differ from exact ones, and the largest difference in points."""
    time_of = next((name for name in ("week_start", "month", "week") if _has(connection, "released", mart, name)), None)
    keys = ["seed_code", "sector", "academic_year", *([time_of] if time_of else [])]
    columns = [*keys, "attendance_rate"]
    exact = {row[:-1]: row[-1] for row in _rows(connection, "aggregated_exact", mart, columns)}
    of_school = sizes(connection)
    found: dict[str, tuple[int, int, float]] = {}
    for row in _rows(connection, "released", mart, columns):
        figure, true = row[-1], exact.get(row[:-1])
        size = of_school.get(row[:3])
        if figure is None or true is None or size is None:
            continue
        points = abs(float(figure) - float(true)) * 100
        rows, differ, most = found.get(size, (0, 0, 0.0))
        found[size] = (rows + 1, differ + (points > 1e-6), max(most, points))
    return found


def worlds(council: str) -> Iterator[tuple[str, Model, Persons, Asked]]:
    """The roll at the census, results of one year, and leavers of one year, as they are declared; made up.

    With each what is asked of it, by question.
    """
    roll = published_roll(council)
    model = roll_model(roll.schools)
    yield "roll", model, persons_of(model, roll), roll_questions(roll)
    units, columns = levels_columns(council)
    figures = figures_of(read_declaration(ATTAINMENT), "returned", units, 20)
    shares = {"literacy": "literacy_share", "numeracy": "numeracy_share"}
    asked = declared_questions(figures, "attainment_by_school", shares, units)
    yield "attainment", figures.model, persons_of_levels(figures.model, columns), asked
    units, columns = leavers_columns(council)
    figures = figures_of(read_declaration(SENIOR_PHASE), "leavers", units, BREAKDOWNS_FROM)
    asked = declared_questions(figures, "leaver_attainment_by_school", {"leavers": "national_1_at_5_share"}, units)
    yield "leavers", figures.model, persons_of_leavers(figures.model, columns), asked


def print_councils(councils: Sequence[str]) -> None:
    """What is hidden of made-up councils, in how many seconds of a processor, and what heads get of them."""
    print("| council | subject | figures | protected, remainders too | hidden | seconds |\n|---|---|---|---|---|---|")
    answered: dict[str, Answers] = {}
    for council in councils:
        roll = published_roll(council)
        start = time.process_time()
        answered[council] = half_day_answers(roll, size_of)
        lines = [line for found in answered[council].values() for line in found.values()]
        rows, told = sum(line[0] for line in lines), sum(line[1] for line in lines)
        print(f"| {council} | half days of schools | {rows} | | {rows - told} | {time.process_time() - start:.0f} |")
        for subject, model, persons, asked in worlds(council):
            start = time.process_time()
            system = system_of(model, persons)
            first = primary(system)
            found = protect(system, wanted_of(system, first))
            seconds = time.process_time() - start
            shown = int(system.is_shown.sum())
            few = int(first.sum())
            print(f"| {council} | {subject} | {shown} | {few} | {found.count(system)} | {seconds:.0f} |", flush=True)
            answered[council] |= engine_answers(system, found.cells, roll, size_of, asked)
    for council, answers_of in answered.items():
        print(f"\n{council}, percent of rows with a figure (rows)\n")
        print("| question | " + " | ".join(NAMES) + " |\n|---" + "|---" * len(NAMES) + "|")
        for question, lines in answers_of.items():
            cells = [f"{100 * lines[n][1] / lines[n][0]:.0f} ({lines[n][0]})" if n in lines else "-" for n in NAMES]
            print(f"| {question} | " + " | ".join(cells) + " |")


def print_home(home: Path) -> None:
    """What heads get of a released warehouse."""
    with connect(load_settings(home=home), "releaser") as connection:
        print("Released marts / to share / own school, percent of rows with a figure (rows)\n")
        print("| question | " + " | ".join(NAMES) + " |\n|---" + "|---" * len(NAMES) + "|")
        for question in QUESTIONS:
            found = answers(connection, question)
            cells = [
                " / ".join(f"{100 * n / found[name][0]:.0f}" for n in found[name][1:]) + f" ({found[name][0]})"
                if name in found
                else "-"
                for name in NAMES
            ]
            print(f"| {question.name} | " + " | ".join(cells) + " |")
        print("\nShown rows / differing from exact / largest difference in points\n")
        print("| rows | " + " | ".join(NAMES) + " |\n|---" + "|---" * len(NAMES) + "|")
        for mart in HELD:
            lines = held(connection, mart)
            cells = [" / ".join((str(a), str(b), f"{c:.2f}")) for a, b, c in (lines.get(n, (0, 0, 0.0)) for n in NAMES)]
            print(f"| {mart.removeprefix('attendance_by_school_')} | " + " | ".join(cells) + " |")


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="home of a released warehouse")
    parser.add_argument("--councils", nargs="*", default=[], help="Orkney, Clackmannanshire, Highland, Glasgow")
    asked = parser.parse_args()
    if asked.home:
        print_home(asked.home)
    if asked.councils:
        print_councils(asked.councils)


if __name__ == "__main__":
    main()
