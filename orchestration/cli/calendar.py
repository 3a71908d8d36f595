"""Commands for an authority's list of days without school, and for what the warehouse takes for lost days."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from orchestration import calendars
from orchestration.cli.ledger import ReasonOption
from orchestration.cli.output import Exit, JsonOption, console, fail, print_json, print_rows
from orchestration.settings import Settings, load_settings

calendar = typer.Typer(
    name="calendar",
    help="Close days without school, open them again, and list days that are taken for lost.\n\n"
    'Example: `warehouse calendar close S12000005 2025-12-22..2026-01-02 --reason "Christmas holidays"`',
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
AuthorityArgument = Annotated[str, typer.Argument(help="Name or GSS code of the council.")]
DaysArgument = Annotated[str | None, typer.Argument(help="A day, or FROM..TO: 2025-12-22..2026-01-02.")]
SchoolOption = Annotated[str | None, typer.Option("--school", help="One school by SEED code; else all schools.")]
FileOption = Annotated[
    Path | None, typer.Option("--file", help="Days from a CSV file: from, and where wanted to, seed_code, reason.")
]


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


def _change(
    authority: str, days: str | None, school: str | None, file: Path | None, reason: str, *, is_closed: bool
) -> None:
    from orchestration.landing import closed_days

    if (days is None) == (file is None) or (file is not None and school is not None):
        raise fail("Give days, with --school where it is one school's, or a --file of them.", Exit.USAGE)
    entries = closed_days.read_days(file) if file else (closed_days.parse_days(days or "", school),)
    change = closed_days.close_days if is_closed else closed_days.open_days
    changed = change(_ready(), authority, entries, reason, getpass.getuser())
    what = "closed" if is_closed else "judged by calendar and marks again"
    console.print(f"{authority}: {changed} days are {what}. [bold]warehouse run[/] takes it into every layer.")


@calendar.command("close")
def close(
    authority: AuthorityArgument,
    reason: ReasonOption,
    days: DaysArgument = None,
    school: SchoolOption = None,
    file: FileOption = None,
) -> None:
    """Say that schools were closed on these days: nothing is expected then, also where a calendar had them open.

    A mark on such a day counts, with a warning. Days may be closed before or after deliveries speak of them.

    Examples:

        warehouse calendar close S12000005 2025-12-22..2026-01-02 --reason "Christmas holidays"

        warehouse calendar close S12000005 2025-11-14 --school 5702534 --reason "burst pipe"

        warehouse calendar close S12000005 --file holidays.csv --reason "list of 2025/26"
    """
    _change(authority, days, school, file, reason, is_closed=True)


@calendar.command("open")
def open_again(
    authority: AuthorityArgument,
    reason: ReasonOption,
    days: DaysArgument = None,
    school: SchoolOption = None,
    file: FileOption = None,
) -> None:
    """Take the closing of days back: calendar and marks decide again.

    Example: `warehouse calendar open S12000005 2025-11-14 --school 5702534 --reason "the school was open"`
    """
    _change(authority, days, school, file, reason, is_closed=False)


@calendar.command("list")
def list_days(
    authority: Annotated[str | None, typer.Argument(help="Name or GSS code of a council; else all.")] = None,
    json_output: JsonOption = False,
) -> None:
    """List the days that were closed, those taken for lost, and calendars that stop early.

    Exit code 3 where a day is taken for lost or a calendar stops.

    Examples:

        warehouse calendar list

        warehouse calendar list S12000005 --json
    """
    from orchestration.landing.closed_days import authority_code

    settings = _ready()
    authority = authority_code(settings, authority) if authority else None
    closed = calendars.closed_days(settings, authority)
    lost = calendars.lost_days(settings, authority)
    short = calendars.short_calendars(settings, authority)
    if json_output:
        print_json({"closed": closed, "lost": lost, "short_calendars": short})
    else:
        print_rows(closed, "List of closed days, the last entry counts", "No day has been closed.", False)
        print_rows(lost, "Days taken for lost: expected, not recorded", "No day is taken for lost.", False)
        if short:
            print_rows(short, "Calendars that stop early: what comes after is inferred", "", False)
    if lost or short:
        raise typer.Exit(Exit.ATTENTION)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(calendar)
