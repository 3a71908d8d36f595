"""How the command line prints: tables for people, JSON for scripts, one exit code for each kind of ending."""

import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.errors import MarkupError
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from orchestration.settings import Settings


class _Console(Console):
    """Prints a text that is no markup, such as a name with square brackets in it, as it is."""

    def render_str(self, text: str, **options: Any) -> Text:
        try:
            return super().render_str(text, **options)
        except MarkupError:
            return super().render_str(text, **{**options, "markup": False})


console = _Console(width=None if sys.stdout.isatty() else 160, emoji=False)
errors = _Console(stderr=True, emoji=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts instead of a table.")]


class Exit(IntEnum):
    """Exit codes that a script can use."""

    OK = 0
    FAILED = 1  # something did not work; the message says what to do next
    USAGE = 2  # the command was called in a way it cannot be
    ATTENTION = 3  # it worked, and a person should look: rejects above the limit, a quarantined file, a late school
    BLOCKED = 4  # a release was refused; readers keep the last good one
    DISK_FULL = 5  # from here on as in orchestration.trouble: what lies outside the warehouse, each with its own code
    DATABASE_LOST = 6
    OUT_OF_MEMORY = 7
    TOO_MANY_CONNECTIONS = 8
    LOCKED = 9
    NO_LANDING = 10  # there is no landing folder


def as_json(value: object) -> object:
    """Turn dates, decimals and the like into what JSON has."""
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    return str(value)


def print_json(value: object) -> None:
    """Print ``value`` as indented JSON on standard output."""
    typer.echo(json.dumps(value, indent=2, default=as_json, ensure_ascii=False))


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def print_rows(
    rows: Sequence[Mapping[str, Any]], title: str, empty: str, json_output: bool, plain: Iterable[str] = ()
) -> None:
    """Print rows as a table with a title, or as a JSON list.

    ``plain`` names whole-number columns that are names, not amounts (a SEED code has no thousands).
    """
    if json_output:
        print_json([dict(row) for row in rows])
        return
    if not rows:
        console.print(escape(empty))
        return
    names = set(plain)
    table = Table(
        title=escape(title), title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False
    )
    first = rows[0]
    for column in first:
        amount = column not in names and all(
            isinstance(r[column], int | float | Decimal | None) and not isinstance(r[column], bool) for r in rows
        )
        table.add_column(column.replace("_", " "), justify="right" if amount else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(v) if c in names and v is not None else _text(v)) for c, v in row.items()))
    console.print(table)


def say_error(message: str, word: str = "Error") -> None:
    """Print an error on standard error as it is: square brackets in it are text, not markup."""
    errors.print(f"[bold red]{word}:[/] {escape(message)}", highlight=False, soft_wrap=not sys.stderr.isatty())


def say_unread_folders(settings: Settings) -> None:
    """Say which deliveries nobody reads: a folder that is not there, or is a link, or is there twice."""
    from orchestration.landing import left_aside

    if not settings.landing.is_dir():
        say_error(f"there is no folder {settings.landing}: check WAREHOUSE_LANDING", "Look")
    for line in left_aside(settings):
        say_error(line, "Look")


def fail(message: str, code: Exit = Exit.FAILED) -> typer.Exit:
    """Print an error on standard error and return the exception to raise."""
    say_error(message)
    return typer.Exit(code)
