"""Commands for published figures: add an edition to those that came with the project, list editions, take one back."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.ledger import ReasonOption
from orchestration.cli.output import JsonOption, console, print_json, print_rows
from orchestration.settings import Settings, load_settings

published = typer.Typer(
    name="published",
    help="List imported editions of published figures, or take one back. "
    "`warehouse import-published` adds one.\n\n"
    'Example: `warehouse published take-back 3 --reason "a draft of the table"`',
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
FileArgument = Annotated[Path, typer.Argument(help="CSV file with the columns of the data set, in any order.")]
IntoOption = Annotated[
    str | None, typer.Option("--into", help="Data set, such as stretch_aims; else the name of the file.")
]
SourceOption = Annotated[str, typer.Option("--source", help="Where it is published: title, date and table.")]
ImportArgument = Annotated[int, typer.Argument(help="Number of the import, as `warehouse published list` has it.")]


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


def import_published(file: FileArgument, source: SourceOption, into: IntoOption = None) -> None:
    """Add published figures, a council's own stretch aims or its comparison values to those that came with the project.

    The data sets are published_levels (achievement of levels by area, year, stage and organiser, as the Scottish
    Government publishes it in December), stretch_aims and comparison_values (Insight's, by school, leaver year and
    measure). The files of these names in seeds/ show the columns, the .yml beside each what may stand in them. Of an
    area, year and measure the edition imported last counts. All of a file, or nothing.

    Examples:

        warehouse import-published published_levels.csv --source "Achievement of CfE Levels 2025-26, tables 2 and 10"

        warehouse import-published our_aims.csv --into stretch_aims --source "Education plan 2026-2029, page 12"
    """
    from orchestration.landing import published as figures

    name = into or file.stem
    number, rows = figures.import_published(_ready(), file, name, source, getpass.getuser())
    console.print(f"Import {number}: {rows} rows of {name}. [bold]warehouse run[/] takes them into every layer.")


@published.command("list")
def list_editions(json_output: JsonOption = False) -> None:
    """List editions that were imported, newest first, and which of them are in force.

    Example: `warehouse published list --json`
    """
    from orchestration.landing import published as figures

    rows = figures.list_published(_ready())
    if json_output:
        print_json(rows)
        return
    print_rows(rows, "Imported editions of published figures, newest first", "Nothing has been imported.", False)


@published.command("take-back")
def take_back(number: ImportArgument, reason: ReasonOption) -> None:
    """Take an imported edition back: what stood before it counts again.

    Example: `warehouse published take-back 3 --reason "a draft of the table"`
    """
    from orchestration.landing import published as figures

    name = figures.take_back_published(_ready(), number, reason, getpass.getuser())
    console.print(f"Import {number} of {name} counts no more. [bold]warehouse run[/] takes it out of every layer.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command(name="import-published")(import_published)
    app.add_typer(published)
