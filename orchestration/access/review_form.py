"""The review as a form: what was found on which day, and room for who has gone through it."""

import datetime as dt

from orchestration.access.listing import Rows
from orchestration.settings import Settings


def review_form(settings: Settings, rows: Rows) -> str:
    """A page of Markdown with readers, roles and differences, and lines to be signed."""
    now = dt.datetime.now(dt.UTC)
    readers = [row for row in rows if row["kind"] in ("person", "login")]
    roles = [row for row in rows if row["kind"] == "role"]
    differences = [row for row in rows if row["kind"] == "difference"]
    return "\n".join(
        [
            "# Review of access",
            "",
            f"Database {settings.pg_database} ({settings.environment}), as at {now:%d %B %Y, %H:%M} UTC, read by "
            f"version {settings.code_version} from the database's own catalogue.",
            "",
            f"## Readers ({len(readers)})",
            "",
            "| reader | kind | name | sees | through | until | last read | keep? |",
            "|---|---|---|---|---|---|---|---|",
            *(
                f"| {row['who']} | {row['kind']} | {row['name']} | {row['sees']} | {row['through'] or ''} "
                f"| {row['until'] or ''} | {_day(row['last_read_at'])} | |"
                for row in readers
            ),
            "",
            f"## Logins with a reach of their own ({len(roles)})",
            "",
            *(f"- {row['who']}: {row['sees']}" for row in roles),
            "",
            f"## What differs from what is declared ({len(differences)})",
            "",
            *([f"- {row['sees']}" for row in differences] or ["Nothing."]),
            "",
            "Gone through by: ______________________________   on: ______________   signed: ______________",
            "",
            "To be taken back: ____________________________________________________________________________",
        ]
    )


def _day(at: dt.datetime | None) -> str:
    return f"{at:%d %B %Y}" if at else "never"
