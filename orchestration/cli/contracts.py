"""The command that writes what is generated from the contracts."""

from typing import Annotated

import typer

from orchestration.cli.output import Exit, console
from orchestration.settings import load_settings


def contracts(
    check: Annotated[bool, typer.Option("--check", help="Only say what would change; exit code 3.")] = False,
) -> None:
    """Write raw tables, dbt sources and dictionary pages anew from the contracts of the feeds.

    Examples:

        warehouse contracts

        warehouse contracts --check
    """
    from orchestration.contracts import write_generated

    changed = write_generated(load_settings(), check=check)
    for path in changed:
        console.print(f"{'differs' if check else 'written'}: {path}", highlight=False, soft_wrap=True)
    if not changed:
        console.print("Everything that is generated from the contracts is up to date.")
    if check and changed:
        raise typer.Exit(Exit.ATTENTION)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(contracts)
