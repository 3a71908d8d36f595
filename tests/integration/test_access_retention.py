"""Who read what is kept for so many days and no longer; the number is data, and the steward's."""

import psycopg
import pytest

from orchestration.access import forget_page_reads
from orchestration.database import connect
from orchestration.settings import Settings
from tests.conftest import connect_as_admin


def days_left(settings: Settings) -> list[int]:
    """Ages in days of the lines of this test that are still there."""
    with connect(settings, "auditor") as connection:
        rows = connection.execute(
            "select extract(day from now() - at)::integer from control.page_reads where page = 'kept' order by at desc"
        ).fetchall()
    return [age for (age,) in rows]


def test_older_lines_are_forgotten_by_the_number_of_days_in_the_table(either: Settings) -> None:
    with connect_as_admin(either) as admin:
        admin.execute("update access.retention set keep_days = 400")
        for age in (0, 89, 91, 399, 401, 4000):
            admin.execute(
                "insert into control.page_reads (at, page, status) "
                "values (now() - make_interval(days => %s), 'kept', 200)",
                [age],
            )
    assert forget_page_reads(either) == 2
    assert days_left(either) == [0, 89, 91, 399]
    with connect(either, "steward") as connection:
        connection.execute("update access.retention set keep_days = 90")
    assert forget_page_reads(either) == 2
    assert days_left(either) == [0, 89]
    assert forget_page_reads(either) == 0
    with connect_as_admin(either) as admin:
        admin.execute("delete from control.page_reads where page = 'kept'")
        admin.execute("update access.retention set keep_days = 400")


def test_nobody_else_forgets_or_changes_the_number(either: Settings) -> None:
    for role in ("dashboard", "analyst", "steward", "auditor", "loader"):
        with connect(either, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select access.forget_page_reads()")
    for role in ("dashboard", "releaser", "auditor"):
        with connect(either, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update access.retention set keep_days = 30")
    for wrong in (0, 29, 3651):
        with connect(either, "steward") as connection, pytest.raises(psycopg.errors.CheckViolation):
            connection.execute("update access.retention set keep_days = %s", [wrong])


def test_the_pages_login_cannot_date_a_line_back(settings: Settings) -> None:
    with connect(settings, "dashboard", autocommit=True) as pages:
        pages.execute("insert into control.page_reads (at, page, status) values ('2001-01-01', 'dated back', 200)")
    with connect(settings, "admin", autocommit=True) as admin:
        lines = admin.execute(
            "delete from control.page_reads where page = 'dated back' returning at > now() - interval '1 hour'"
        ).fetchall()
    assert lines == [(True,)]
