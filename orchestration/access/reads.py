"""Who read which mart by SQL: what queries noted, and what only the server's log has.

A query notes itself in ``control.sql_reads``, unless its transaction is read-only or is rolled back. The line in the
server's log stays in any case; the embedded server's log is read here, every night. On a server of a council the log
is the council's, and the line is there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from psycopg.rows import dict_row

from orchestration.database import connect
from orchestration.database.home import places
from orchestration.settings import Settings

# the server writes the login into the line's beginning; what follows "LOG:" anybody could say of themselves
LINE = re.compile(
    r"^(?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ UTC) \[(?P<backend>\d+)\] (?P<login_name>\w+) LOG:  "
    r"warehouse read (?P<read_key>[0-9a-f-]{36}) \w+ (?P<mart>\w+) (?P<authorities>[\w,-]+)$"
)


def collect_sql_reads(settings: Settings) -> int:
    """Add to ``control.sql_reads`` what only the embedded server's log has. Out: lines added."""
    if settings.target != "embedded":
        return 0
    lines = list(_lines(places(settings).logs))
    with connect(settings, "releaser") as connection:
        row = connection.execute("select access.take_in_reads(%s)", [json.dumps(lines)]).fetchone()
    return int(row[0]) if row else 0


def list_sql_reads(settings: Settings, login: str | None = None) -> list[dict[str, Any]]:
    """Readings, the newest first; of one login where one is named."""
    query = """
        select at, login_name as login, mart, authorities, noted_by
        from control.sql_reads where %(login)s::text is null or login_name = %(login)s
        order by at desc limit 1000
    """
    with (
        connect(settings, "auditor", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query, {"login": login}).fetchall()


def _lines(folder: Path) -> Iterator[dict[str, str | int]]:
    for path in sorted(folder.glob("*.log")):
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                found = LINE.match(line.rstrip("\n"))
                if found:
                    line_of = found.groupdict()
                    codes = "" if line_of["authorities"] == "-" else line_of["authorities"]
                    yield {**line_of, "authorities": codes, "backend": int(line_of["backend"])}
