"""The command line: ``warehouse``. Each command's help has examples; heavy parts are imported when needed."""

import datetime as dt
import gc
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli import (
    access,
    audit,
    backup,
    calendar,
    contracts,
    credentials,
    dashboards,
    database,
    dbt,
    delivering,
    demo,
    digest,
    export,
    ledger,
    project,
    published,
    running,
    synth,
)
from orchestration.cli.output import Exit, errors, say_error
from orchestration.derived import clear_way

LARGEST_LOG = 1_000_000  # bytes of errors.log
COLLECT_EVERY = (100_000, 20, 50)  # objects; Python's own (700, 10, 10) costs a night an eighth of its time in Python

app = typer.Typer(
    name="warehouse",
    help="A warehouse for school data: extracts in, reconciled and protected figures out.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from orchestration.settings import load_settings

        print(load_settings().code_version)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is, and stop."),
    ] = False,
) -> None:
    """A warehouse for school data: extracts in, reconciled and protected figures out."""


for part in (
    synth, delivering, running, ledger, calendar, backup, contracts, database, dbt, demo, access, project, credentials,
    export, dashboards, digest, audit, published,
):  # fmt: skip
    part.register(app)


def explained(error: BaseException) -> str:
    """One message for an error that nobody foresaw, without the values of a row; the trace goes to a file."""
    from orchestration.settings import load_settings
    from orchestration.transform import without_row_values

    name, text = type(error).__name__, without_row_values(str(error))
    trace = "".join(traceback.format_tb(error.__traceback__))
    try:
        where = load_settings().home / "errors.log"
        where.parent.mkdir(parents=True, exist_ok=True)
        clear_way(where)
        if where.exists() and where.stat().st_size > LARGEST_LOG:
            where.replace(where.with_suffix(".log.before"))
        with where.open("a", encoding="utf-8") as log:
            log.write(f"{dt.datetime.now(dt.UTC).isoformat()} {name}\n{trace}\n")
    except OSError as unwritable:
        return f"{text} ({name}; where it happened could not be written down: {unwritable.strerror})"
    return f"{text} ({name}; where it happened is in {where})"


def main() -> None:
    """Run the command line; an error ends with one clear message and its exit code, never a traceback."""
    from orchestration.errors import WarehouseError
    from orchestration.trouble import trouble_of

    gc.set_threshold(*COLLECT_EVERY)
    try:
        app()
    except WarehouseError as error:
        trouble = trouble_of(error)
        say_error(str(error))
        sys.exit(trouble.exit_code if trouble else Exit.FAILED)
    except (Exception, KeyboardInterrupt) as error:
        if _was_stopped(error):
            errors.print("Stopped. What was complete before is kept; run the command again to carry on.")
            sys.exit(130)
        trouble = trouble_of(error, _home())
        say_error(trouble.words if trouble else explained(error))
        sys.exit(trouble.exit_code if trouble else Exit.FAILED)


def _home() -> Path | None:
    from orchestration.settings import SettingsError, load_settings

    try:
        return load_settings().home
    except SettingsError:
        return None


def _was_stopped(error: BaseException | None) -> bool:
    """Whether it is Ctrl-C, or an error that a library made of it."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _was_stopped(error.__cause__))
