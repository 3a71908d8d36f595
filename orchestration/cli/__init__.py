"""The command line: ``warehouse``. Each command's help has examples; heavy parts are imported when needed."""

import sys

import typer

from orchestration.cli import contracts, database, demo, ledger, running, synth
from orchestration.cli.output import Exit, errors

app = typer.Typer(
    name="warehouse",
    help="A warehouse for school data: extracts in, reconciled and protected figures out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for part in (synth, running, ledger, contracts, database, demo):
    part.register(app)


def main() -> None:
    """Run the command line; an error ends with one clear message and exit code 1, never a traceback."""
    from orchestration.errors import WarehouseError

    try:
        app()
    except WarehouseError as error:
        errors.print(f"[bold red]Error:[/] {error}", highlight=False)
        sys.exit(Exit.FAILED)
    except KeyboardInterrupt:
        errors.print("Stopped. What was complete before is kept; run the command again to carry on.")
        sys.exit(130)
