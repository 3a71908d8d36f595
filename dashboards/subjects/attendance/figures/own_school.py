"""Own school: attendance of the year by group and in time, and persistent absence, exact, for its head."""

from typing import Any

from sqlalchemy import Connection, Row

from dashboards.kit import formats
from dashboards.kit.components import Cell, Table
from dashboards.kit.own_school import count, own_rows, own_table, rate
from dashboards.kit.page import OwnSchool, PageRequest
from dashboards.subjects.core.figures import codes, own_roll

YEAR, MONTH, WEEK = "attendance_by_school_year", "attendance_by_school_month", "attendance_by_school_week"
STAGE, SEX = "attendance_by_school_stage", "attendance_by_school_sex"
AREA, WEEKDAY = "attendance_by_school_deprivation", "attendance_by_school_weekday"
PERSISTENT = "persistent_absence_by_school"
HALF_DAYS = {
    "pupils": "Pupils",
    "openings_possible": "Half days possible",
    "openings_attended": "Attended",
    "openings_authorised": "Absent, authorised",
    "openings_not_authorised": "Absent, not authorised",
    "openings_late": "Late",
    "attendance_rate": "Attendance",
    "completeness": "Marked",
}
OF_A_MONTH = tuple(name for name in HALF_DAYS if name != "pupils")
OF_A_WEEK = tuple(
    name for name in OF_A_MONTH if name not in ("openings_authorised", "openings_not_authorised", "openings_late")
)
BANDS = {
    "pupils_absent_under_5": "Absent under 5% of half days",
    "pupils_absent_5_to_10": "5% to under 10%",
    "pupils_absent_10_to_20": "10% to under 20%",
    "pupils_absent_20_and_over": "20% and over",
    "persistently_absent": "Persistently absent (10% and over)",
    "severely_absent": "Severely absent",
    "pupils": "All pupils",
}
EXCLUSIONS = "Absence that is not authorised includes exclusions, which are not shown apart."


def tables(connection: Connection, asked: PageRequest) -> tuple[Table, ...]:
    """The tables of the school's page, the groups first."""
    return (
        _groups(connection, asked),
        _persistent(connection, asked),
        _in_time(connection, asked, MONTH, "month", OF_A_MONTH),
        _in_time(connection, asked, WEEK, "week", OF_A_WEEK),
        _weekdays(connection, asked),
        *own_roll.tables(connection, asked),
    )


def _cells(row: Row[Any], names: tuple[str, ...]) -> tuple[Cell, ...]:
    values = row._mapping
    is_rate = {"attendance_rate", "completeness"}
    return tuple(rate(values[name]) if name in is_rate else count(values[name]) for name in names)


def _groups(connection: Connection, asked: PageRequest) -> Table:
    names = tuple(HALF_DAYS)
    rows: list[tuple[Cell, ...]] = [
        ("All pupils", *_cells(row, names)) for row in own_rows(connection, YEAR, asked, names)
    ]
    stages = {stage: codes.stage_name(stage) for stage in codes.STAGES}
    for mart, by, known in ((STAGE, "stage", stages), (SEX, "sex", codes.SEXES), (AREA, "deprivation_group",
                            codes.DEPRIVATION_GROUPS)):  # fmt: skip
        every = own_rows(connection, mart, asked, (by, *names))
        found = {str(row._mapping[by]): row for row in every if row.openings_possible or row.pupils}
        order = sorted(found, key=lambda value: codes.placed(value, tuple(known)))
        rows += [(known.get(value, value), *_cells(found[value], names)) for value in order]
    title = f"Attendance by group, {asked.academic_year}"
    return own_table(title, ("Group", *HALF_DAYS.values()), rows, (EXCLUSIONS,), dense=True)


def _in_time(connection: Connection, asked: PageRequest, mart: str, by: str, names: tuple[str, ...]) -> Table:
    write = formats.month if by == "month" else formats.date
    rows = [(write(row._mapping[by]), *_cells(row, names)) for row in own_rows(connection, mart, asked, (by, *names))]
    heading = "Month" if by == "month" else "Week from"
    title = f"Attendance by {by}, {asked.academic_year}"
    return own_table(title, (heading, *(HALF_DAYS[name] for name in names)), rows, dense=True)


def _weekdays(connection: Connection, asked: PageRequest) -> Table:
    names = OF_A_MONTH
    rows = [
        (
            f"{codes.WEEKDAYS[row.weekday][0]}, {codes.HALF_DAYS.get(row.opening, row.opening).lower()}",
            *_cells(row, names),
        )
        for row in own_rows(connection, WEEKDAY, asked, ("weekday", "opening", *names))
    ]
    title = f"Attendance by half day of the week, {asked.academic_year}"
    return own_table(title, ("Half day", *(HALF_DAYS[name] for name in names)), rows, dense=True)


def _persistent(connection: Connection, asked: PageRequest) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for row in own_rows(connection, PERSISTENT, asked, tuple(BANDS)):
        values = row._mapping
        rows = [
            (heading, count(values[name]), rate(values[name] / values["pupils"] if values["pupils"] else None))
            for name, heading in BANDS.items()
        ]
    return own_table(f"Pupils by absence, {asked.academic_year}", ("Absence", "Pupils", "Share"), rows)


OWN = OwnSchool(marts=(YEAR, MONTH, WEEK, STAGE, SEX, AREA, WEEKDAY, PERSISTENT, *own_roll.MARTS), tables=tables)
