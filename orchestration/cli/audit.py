"""The command that attacks a table: what it gives away of the figures that it hides."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, print_rows

LISTED = 20
"""Figures named on the screen; `--json` has all."""


def audit_disclosure(
    csv: Annotated[Path, typer.Option("--csv", exists=True, dir_okay=False, help="A table as it is published.")],
    structure: Annotated[
        Path, typer.Option("--structure", exists=True, dir_okay=False, help="YAML: which columns add up to which.")
    ],
    json_output: JsonOption = False,
) -> None:
    """Say which hidden figures of a table anybody can work out, by subtraction and by linear programs.

    Exit code 3 where there are any. Nothing is changed. docs/disclosure-control.md explains the structure.

    Examples:

        warehouse audit-disclosure --csv tests/data/disclosure/school_table_2023.csv --structure tests/data/disclosure/school_table_2023.yml
    """  # noqa: E501
    from orchestration.release.attacker.subtraction import given_away
    from orchestration.release.attacker.table import read_puzzle, read_structure

    puzzle = read_puzzle(csv, read_structure(structure))
    given = given_away(puzzle)
    ways = {
        "by one subtraction": given.alone,
        "by a sum of two that is 2": given.of_two,
        "by programs, as 1 to 4": given.by_programs,
    }
    found = [{"figure": name, "how": how} for how, names in ways.items() for name in names]
    print_rows(found if json_output else found[:LISTED], "Given away", "Nothing is given away.", json_output)
    if not json_output:
        if len(found) > LISTED:
            console.print(f"and {len(found) - LISTED:,} more: --json names them all")
        counts = ", ".join(f"{len(names):,} {how}" for how, names in ways.items())
        console.print(f"{len(puzzle.hidden):,} figures are hidden; given away are {counts}.", highlight=False)
        if given.contradicting:
            console.print(
                f"{len(given.contradicting):,} stand in groups where no numbers fit: hidden with their zeros, it seems."
            )
    if found:
        raise typer.Exit(Exit.ATTENTION)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("audit-disclosure")(audit_disclosure)
