"""The command that attacks what is published: what it gives away of the figures that it hides."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_rows
from orchestration.settings import load_settings

LISTED = 20
"""Figures named on the screen; `--json` has all."""


def audit_disclosure(
    csv: Annotated[
        Path | None, typer.Option("--csv", exists=True, dir_okay=False, help="A table as it is published.")
    ] = None,
    structure: Annotated[
        Path | None,
        typer.Option("--structure", exists=True, dir_okay=False, help="YAML: which columns add up to which."),
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Say which hidden figures anybody can work out, by subtraction and by linear programs: of a table, or of all.

    Without a table it attacks what stands released of every subject that declares itself. Exit code 3 where anything
    is given away. Nothing is changed. docs/disclosure-control.md explains the structure.

    Examples:

        warehouse audit-disclosure

        warehouse audit-disclosure --csv table.csv --structure table.yml --json
    """
    if csv is not None and structure is not None:
        _of_table(csv, structure, json_output)
        return
    if csv is not None or structure is not None:
        raise fail("--csv and --structure go together: a table, and which of its columns add up to which", Exit.USAGE)
    from orchestration.release.door.audit import audit_released

    audited = audit_released(load_settings())
    rows = [
        {"authority": one.local_authority_code, "subject": one.subject, "hidden": one.hidden,
         "given_away": len(one.given_away), "figures": "; ".join(one.given_away[:LISTED]) or None}
        for one in audited
    ]  # fmt: skip
    print_rows(rows, "What readers can work out", "No subject that declares itself has been released.", json_output)
    if any(one.given_away for one in audited):
        raise typer.Exit(Exit.ATTENTION)


def _of_table(csv: Path, structure: Path, json_output: bool) -> None:
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
