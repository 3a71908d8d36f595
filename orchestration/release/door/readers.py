"""What access has to know of an authority before readers see its release."""

import psycopg

from orchestration.access import count_schools, give_shared_logins
from orchestration.settings import Settings

COUNTED = "aggregated_exact.attendance_by_authority_year"


def prepare_readers(connection: psycopg.Connection, settings: Settings, local_authority_code: str) -> None:
    """Give the shared logins their scope where they get one, and say how many schools each sector has.

    Part of the release's transaction. The number is the smallest of any year: totals of that year are seen too.
    """
    give_shared_logins(connection, settings, local_authority_code)
    found = connection.execute("select to_regclass(%s) is not null", [COUNTED]).fetchone()
    if found and found[0]:
        rows = connection.execute(
            "select sector, min(schools_counted) from aggregated_exact.attendance_by_authority_year "
            "where local_authority_code = %s and sector <> 'all' and schools_counted > 0 group by sector",
            [local_authority_code],
        ).fetchall()
        count_schools(connection, local_authority_code, {str(sector): int(count) for sector, count in rows})
