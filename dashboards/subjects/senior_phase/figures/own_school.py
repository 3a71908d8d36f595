"""Own school: awards and destinations of leavers, and results of S4 rolls, exact, for its head."""

from collections.abc import Sequence

from sqlalchemy import Connection

from dashboards.kit.components import Cell, Table
from dashboards.kit.own_school import count, own_rows, own_table, rate
from dashboards.kit.page import OwnSchool, PageRequest
from dashboards.subjects.senior_phase.figures.council import earlier
from dashboards.subjects.senior_phase.figures.courses import QUALIFICATIONS
from dashboards.subjects.senior_phase.figures.measures import DESTINATIONS, EDITIONS, ENDS, FURTHER, OF_LEAVERS, in_full

AWARDS, WENT, RESULTS = "leaver_attainment_by_school", "leaver_destinations_by_school", "s4_roll_results_by_school"
COURSES = "course_results_by_school"
MEASURES = (*(measure for measures in OF_LEAVERS.values() for measure in measures), *FURTHER)
COLUMNS = ("Reached", "Leavers", "Share")


def tables(connection: Connection, asked: PageRequest) -> tuple[Table, ...]:
    """The tables of the school's page: leavers of the year and of every year, destinations, results of August."""
    if asked.school is None or asked.school[1] != "secondary":
        return ()
    return (
        *_awards(connection, asked), _destinations(connection, asked), _results(connection, asked),
        _courses(connection, asked),
    )  # fmt: skip


def _awards(connection: Connection, asked: PageRequest) -> tuple[Table, Table]:
    names = ("cohort", *MEASURES, *(f"{measure}_share" for measure in MEASURES))
    every = {
        str(row.academic_year): row._mapping
        for row in own_rows(connection, AWARDS, asked, ("academic_year", *names), every_year=True)
    }
    lines: dict[str, list[Sequence[Cell]]] = {
        year: [(in_full(one), count(row[one]), count(row["cohort"]), rate(row[f"{one}_share"])) for one in MEASURES]
        for year, row in every.items()
    }
    years = [(year, *line) for year, found in lines.items() for line in found]
    return (
        own_table(
            f"Awards of leavers, {asked.academic_year}", ("Awards", *COLUMNS), lines.get(asked.academic_year, [])
        ),
        own_table("Awards of leavers over the years", ("Leaver year", "Awards", *COLUMNS), years),
    )


def _destinations(connection: Connection, asked: PageRequest) -> Table:
    kinds = (*DESTINATIONS, "positive", "cohort")
    names = tuple(f"{edition}_{kind}" for edition in EDITIONS for kind in kinds)
    headings = {**DESTINATIONS, "positive": "All positive", "cohort": "All leavers asked"}
    rows: list[Sequence[Cell]] = []
    for row in own_rows(connection, WENT, asked, names):
        rows = [(headings[kind], *(count(row._mapping[f"{edition}_{kind}"]) for edition in EDITIONS)) for kind in kinds]
    columns = ("Destination", *(f"{name[:1].upper()}{name[1:]}" for name in EDITIONS.values()))
    return own_table(f"Destinations of leavers, {asked.academic_year}", columns, rows)


def _results(connection: Connection, asked: PageRequest) -> Table:
    wanted = [(end, f"by_{end.name}_{one}_{m}", one, m) for end in ENDS for one, ms in end.measures.items() for m in ms]
    names = dict.fromkeys(
        ("academic_year", *(name for end, measure, _, _ in wanted
                            for name in (f"by_{end.name}_cohort", measure, f"{measure}_share")))
    )  # fmt: skip
    rolls = {
        str(row.academic_year): row._mapping
        for row in own_rows(connection, RESULTS, asked, tuple(names), every_year=True)
    }
    rows: list[Sequence[Cell]] = []
    for end, measure, one, part in wanted:
        row = rolls.get(earlier(asked.academic_year, end.years))
        if row is not None:
            heading = f"{end.name.upper()}: {in_full(f'{one}_{part}')}"
            cells = (count(row[measure]), count(row[f"by_{end.name}_cohort"]), rate(row[f"{measure}_share"]))
            rows.append((heading, *cells))
    august = int(asked.academic_year[:4]) + 1
    return own_table(f"Results of August {august}", ("By the end of", "Reached", "S4 roll", "Share"), rows)


def _courses(connection: Connection, asked: PageRequest) -> Table:
    counts = ("resulted", "grade_a_to_c")
    found = own_rows(connection, COURSES, asked, ("qualification", "subject_group", *counts, "grade_a_to_c_share"))
    taken = {(str(row.qualification), str(row.subject_group)): row._mapping for row in found if row.resulted}
    rows: list[Sequence[Cell]] = [
        (QUALIFICATIONS[one], subject, *(count(row[name]) for name in counts), rate(row["grade_a_to_c_share"]))
        for one in QUALIFICATIONS
        for (of, subject), row in sorted(taken.items())
        if of == one
    ]
    columns = ("Qualification", "Subjects", "With a result", "A to C", "Share of A to C")
    return own_table(f"Courses, {asked.academic_year}", columns, rows)


OWN = OwnSchool(marts=(AWARDS, WENT, RESULTS, COURSES), tables=tables)
