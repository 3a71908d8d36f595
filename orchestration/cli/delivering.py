"""Commands for whoever writes a council's export: look at a delivery before it is sent, and write its manifest."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, print_json, print_rows
from orchestration.settings import load_settings

FolderArgument = Annotated[Path, typer.Argument(help="Folder of a delivery, such as export/S12000005/2025-09-01.")]
WOULD = {
    "landed": "would land",
    "quarantined": "would be held back",
    "refused": "would be refused",
    "set_aside": "would wait",
    "unchanged": "is loaded already",
}


def check_delivery(folder: FolderArgument, json_output: JsonOption = False) -> None:
    """Read a delivery as landing would, load nothing, and say what would happen.

    The folder may lie anywhere; its name and its parent's are those of a delivery. Exit codes: 0 all of it would land,
    3 something would be held back or rows kept apart, 1 the delivery would be refused.

    Examples:

        warehouse check-delivery export/S12000005/2025-09-01

        warehouse check-delivery export/S12000005/2025-09-01 --json
    """
    from orchestration import calendars
    from orchestration.database import ensure_ready
    from orchestration.landing import check_delivery as check

    settings = load_settings()
    ensure_ready(settings)
    result = check(settings, folder)
    rejects = [
        {"feed": file.feed, "column": one.column, "reason": one.reason, "rows": one.row_count, "row": one.example_row}
        for file in result.files
        for one in file.rejects
    ]
    warnings = [
        {"feed": feed, "column": one.column, "kind": one.kind, "rows": one.row_count, "row": one.example_row,
         "detail": one.detail}
        for feed, found in [("", result.warnings), *((file.feed, file.warnings) for file in result.files)]
        for one in found
    ]  # fmt: skip
    files = [
        {"feed": file.feed, "file": file.file_name, "outcome": WOULD[file.status], "reason": file.reason,
         "rows": file.rows_file, "accepted": file.rows_accepted, "kept apart": file.rows_rejected + file.rows_duplicate}
        for file in result.files
    ]  # fmt: skip
    held = [file.message for file in result.files if file.status != "landed" and file.message]
    authority = folder.absolute().parent.name
    asks = result.outcome == "landed" and not any(file.feed == "calendar" for file in result.files)
    question = None
    if asks and not calendars.closed_days(settings, authority):
        question = (
            f"No calendar comes with it, and {authority} has given no list of closed days: a missing day would be "
            f"expected. `warehouse calendar close {authority} FROM..TO --reason ...` takes holidays, in-service days."
        )
    if json_output:
        print_json(
            {"delivery": result.delivery_key, "outcome": WOULD[result.outcome], "message": result.message,
             "files": files, "rejects": rejects, "warnings": warnings, "question": question}
        )  # fmt: skip
    else:
        print_rows(files, f"{result.delivery_key} {WOULD[result.outcome]}", "", False)
        if rejects:
            print_rows(rejects, "Rows that would be kept apart, with one of them", "", False)
        if warnings:
            print_rows(warnings, "Warnings", "", False)
        for line in [
            *held,
            *([result.message] if result.outcome != "landed" else []),
            *([question] if question else []),
        ]:
            console.print(line, highlight=False, markup=False)
        console.print("Nothing was loaded.")
    if result.outcome == "refused":
        raise typer.Exit(Exit.FAILED)
    raise typer.Exit(Exit.ATTENTION if held or rejects else Exit.OK)


def make_delivery(
    folder: FolderArgument,
    extracted_at: Annotated[
        dt.datetime | None,
        typer.Option("--extracted-at", help="When the data were read from SEEMiS; else when each file was written."),
    ] = None,
    supersedes: Annotated[
        str | None, typer.Option("--supersedes", help="Earlier delivery that this one replaces whole.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Write a manifest anew that is there already.")] = False,
) -> None:
    """Write the manifest of a delivery, with hashes and counts, for files that are named after their feeds.

    Write the files first. The manifest is written in one go, so that nothing reads half of it.

    Examples:

        warehouse make-delivery export/S12000005/2025-09-01

        warehouse make-delivery export/S12000005/2025-09-01 --extracted-at 2025-09-01T18:00:00
    """
    from zoneinfo import ZoneInfo

    from orchestration.landing import make_manifest

    if extracted_at is not None and extracted_at.tzinfo is None:
        extracted_at = extracted_at.replace(tzinfo=ZoneInfo("Europe/London"))
    made = make_manifest(load_settings(), folder, extracted_at, supersedes, again)
    for file in made["files"]:
        console.print(f"{file['name']}: {file['rows']:,} rows, {file['bytes']:,} bytes", highlight=False, markup=False)
    console.print(
        f"Written: {folder / 'manifest.json'} ({made['environment']} data). "
        f"What would become of it: warehouse check-delivery {folder}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("check-delivery")(check_delivery)
    app.command("make-delivery")(make_delivery)
