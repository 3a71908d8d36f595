"""The command by which a council lets its heads see their own school exactly, or no longer."""

import getpass
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_rows
from orchestration.settings import load_settings


def own_school(
    state: Annotated[str | None, typer.Argument(help="on or off; left out, what councils have decided.")] = None,
    authority: Annotated[str | None, typer.Option("--authority", help="Name or GSS code of a council.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands on the ledger.")] = "",
    json_output: JsonOption = False,
) -> None:
    """Let a council's heads see their own school exactly, or no longer; off until a council says so.

    On: rows come with the next release, and are read by those who are named head (`grant --head-of`). Off: nothing is
    read from the next query on, and all rows go at once.

    Examples:

        warehouse access own-school on --authority Clackmannanshire --reason "decided by the council on 4 November"

        warehouse access own-school off --authority Clackmannanshire --reason "under review"

        warehouse access own-school
    """
    from orchestration.access import authority_code, own_school_decisions, turn_own_school
    from orchestration.database import ensure_ready
    from orchestration.release.own_school import empty_own_school

    settings = load_settings()
    ensure_ready(settings)
    if state is None:
        rows = own_school_decisions(settings)
        print_rows(rows, "Own school", "No council has turned it on.", json_output)
        return
    if state not in ("on", "off") or authority is None:
        raise fail("say on or off, and for which council with --authority", Exit.USAGE)
    code = authority_code(settings, authority)
    is_new = turn_own_school(settings, code, is_on=state == "on", reason=reason, actor=getpass.getuser())
    if state == "off":
        gone = empty_own_school(settings, code)
        console.print(f"Own school is off for {code}; {gone} rows are gone.", highlight=False)
    elif is_new:
        console.print(f"Own school is on for {code}. [bold]warehouse run[/] brings its rows.", highlight=False)
    else:
        console.print(f"Own school is on for {code} already.", highlight=False)


def add_to(access: typer.Typer) -> None:
    """Add the command to those of access."""
    access.command("own-school")(own_school)
