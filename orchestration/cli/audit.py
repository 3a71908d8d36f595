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
    trial: Annotated[
        bool, typer.Option("--trial", help="Compare declarations on trial with what readers see today.")
    ] = False,
    authority: Annotated[
        list[str] | None,
        typer.Option("--authority", help="With --trial or --knows-school: codes of authorities; all without it."),
    ] = None,
    knows_school: Annotated[
        bool, typer.Option("--knows-school", help="Attack as one who knows a school exactly too, each in turn.")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Say which hidden figures anybody can work out, by subtraction and by linear programs: of a table, or of all.

    Without a table it attacks what stands released of every subject that declares itself. With --trial it judges the
    declarations that decide nothing yet, attacks what they would show, and sets it beside what stands, mart by mart.
    With --knows-school it has all that stands and besides, each school in turn, that one's exact figures, and those of
    each shared headship: what a head and an officer could work out together. The database gives both to nobody.
    Exit code 3 where anything is given away. Nothing is changed. docs/disclosure-control.md explains the structure.

    Examples:

        warehouse audit-disclosure

        warehouse audit-disclosure --csv table.csv --structure table.yml --json

        warehouse audit-disclosure --trial --authority S12000005

        warehouse audit-disclosure --knows-school --authority S12000005
    """
    if sum((trial, knows_school, csv is not None)) > 1 or (authority and not (trial or knows_school)):
        raise fail("--trial or --knows-school goes with --authority, and with no table", Exit.USAGE)
    if knows_school:
        _of_who_knows(authority or [], json_output)
        return
    if trial:
        _of_trials(authority or [], json_output)
        return
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


def _of_who_knows(authorities: list[str], json_output: bool) -> None:
    from orchestration.release.door.knowing import audit_knowing

    found = audit_knowing(load_settings(), authorities)
    rows = [
        {"authority": one.local_authority_code, "subject": one.subject, "who_knows": " and ".join(one.schools),
         "given_away": len(one.given_away), "figures": "; ".join(one.given_away[:LISTED])}
        for one in found
    ]  # fmt: skip
    print_rows(rows, "What is told to who knows a school, besides", "Nothing of another school.", json_output)
    if found:
        raise typer.Exit(Exit.ATTENTION)


def _of_trials(authorities: list[str], json_output: bool) -> None:
    from orchestration.release.door.trial import try_declarations

    tried = try_declarations(load_settings(), authorities)
    rows = [
        {"authority": one.local_authority_code, "mart": row.mart, "period": row.period, "measure": row.measure,
         "rows": row.rows, "shown": row.shown, "hidden": row.hidden, "only_today": row.lost, "only_on_trial": row.won,
         "not_available": row.missing, "of_1_to_4": row.few, "unlike": row.unlike}
        for one in tried
        for row in one.compared
    ]  # fmt: skip
    print_rows(rows, "What readers see, and would see", "Nothing on trial has been judged.", json_output)
    for one in tried if not json_output else ():
        said = one.problem or "; ".join(one.given_away[:LISTED]) or "nothing is given away"
        console.print(f"{one.subject} of {one.local_authority_code}: {said} ({one.seconds:.1f} s)", highlight=False)
    if any(one.problem or one.given_away for one in tried):
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
