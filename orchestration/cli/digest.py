"""The command that sends Today as an e-mail: it finds the reader, and the dashboards make the text in their scope."""

import subprocess
import sys
from typing import Annotated

import typer

from orchestration.settings import load_settings


def digest(
    to: Annotated[list[str], typer.Option("--to", help="Short name of a reader who wants it; may be given again.")],
    show: Annotated[bool, typer.Option("--show", help="Print it and send nothing.")] = False,
) -> None:
    """Send Today as an e-mail to readers who want it, each in the own scope. Off until WAREHOUSE_DIGEST_URL is set.

    A weekly job of the machine calls it, with the names of those who asked for it.

    Examples:

        warehouse digest --to officer --show

        warehouse digest --to director --to head-alva
    """
    from orchestration.access import reader_address
    from orchestration.database import ensure_ready

    settings = load_settings()
    if settings.target == "embedded":
        ensure_ready(settings)
    failed = 0
    for name in to:
        found = reader_address(settings, name)
        command = [sys.executable, "-m", "dashboards.digest", "--reader-id", str(found.reader_id)]
        command += ["--show"] if show else []
        # by its input, since arguments of a process can be seen by everybody on the machine
        done = subprocess.run(command, check=False, text=True, input=found.email or "")  # our own module
        failed = max(failed, done.returncode)
    if failed:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(digest)
