"""The command that writes released marts into files: export."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_json, print_rows
from orchestration.settings import load_settings


class Format(StrEnum):
    """Forms of a file."""

    parquet = "parquet"
    csv = "csv"
    workbook = "workbook"
    connections = "connections"


def export(
    marts: Annotated[list[str] | None, typer.Argument(help="Names, such as attendance_by_school_year.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every mart that the reader may read.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the files; made if it is not there.")] = None,
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="parquet, csv, workbook, connections; the first two unless named."),
    ] = None,
    role: Annotated[str, typer.Option("--role", help="Who reads: analyst or researcher.")] = "analyst",
    login: Annotated[
        str | None, typer.Option("--login", help="Or a person's login; its password is in WAREHOUSE_LOGIN_PASSWORD.")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the marts that there are, and write nothing.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Write released marts into files: Parquet, and CSV on the Web with its metadata.

    Each file says what it holds: title, description, types, units, key, licence, on which deliveries and release it
    rests and up to which day. What the reader may not see is in no file, and each reading is on record. The same
    release gives the same files; a file that is the same already is left as it is.

    `workbook` puts the marts into one workbook for Excel (marts.xlsx); `connections` writes files by which Power BI
    (warehouse.pbids) and Excel (MART.odc) open on the marts themselves, without a password in them.

    Examples:

        warehouse export attendance_by_school_year schools --out figures

        warehouse export --all --out figures --format parquet

        warehouse export --all --out figures --login a_smith

        warehouse export attendance_by_school_year schools --out figures --format workbook --format connections

        warehouse export --list
    """
    from orchestration.database import ensure_ready
    from orchestration.export import BY_DEFAULT, FORMATS, Reader, export_marts, list_marts

    settings = load_settings()
    reader = Reader(role, login)
    if not listing and (bool(marts) == everything or out is None):
        raise fail("name marts, or all with --all, and a folder with --out; `--list` says what there is", Exit.USAGE)
    if settings.target == "embedded":  # a server is used as it is: who exports need not be who runs it
        ensure_ready(settings)
    if listing:
        print_rows(list_marts(settings, reader), "Marts", "There is no mart yet.", json_output)
        return
    assert out is not None
    wanted = tuple(one for one in FORMATS if Format(one) in formats) if formats else BY_DEFAULT
    done = export_marts(settings, out, None if everything else marts, wanted, reader)
    if json_output:
        print_json([{"mart": one.mart, "rows": one.rows, "files": one.files, "written": one.written} for one in done])
        return
    rows = [{"mart": one.mart, "rows": one.rows, "files": len(one.files), "written": len(one.written)} for one in done]
    print_rows(rows, f"Exported to {out}", "Nothing.", json_output=False)
    if not any(one.written for one in done):
        console.print("Every file was as it should be.", highlight=False)


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(export)
