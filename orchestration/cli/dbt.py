"""The command for dbt by hand."""

from contextlib import nullcontext, suppress
from typing import Annotated

import typer

from orchestration.settings import load_settings


def dbt(
    arguments: Annotated[list[str], typer.Argument(help="A dbt command and its options.")],
) -> None:
    """Run dbt by hand as the transformer, on the layers only: readers see nothing of it until a release.

    What builds waits for a run that is building, and what it makes by an edited model the next `warehouse run` makes
    again, with all that stands on it.

    Examples:

        warehouse dbt build --select canonical

        warehouse dbt source freshness

        warehouse dbt docs generate
    """
    from orchestration.database import ensure_ready
    from orchestration.model_rules import alone_with_the_layers
    from orchestration.release.tables.project import check_manifest
    from orchestration.transform import (
        BUILDING,
        clean_run_results,
        command_in,
        dbt_by_hand,
        ensure_manifest,
        target_path,
    )

    settings = load_settings()
    ensure_ready(settings)
    command = command_in(arguments)
    if command in BUILDING:
        with suppress(RuntimeError):  # a project that cannot be parsed: dbt says why, below
            check_manifest(ensure_manifest(settings))
    with alone_with_the_layers(settings) if command in BUILDING else nullcontext():
        code = dbt_by_hand(settings, arguments)
    clean_run_results(settings)
    if code == 0 and command == "parse":
        check_manifest(target_path(settings) / "manifest.json")
    raise typer.Exit(code)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(context_settings={"ignore_unknown_options": True})(dbt)  # options that are not ours are dbt's
