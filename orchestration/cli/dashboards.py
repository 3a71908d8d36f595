"""The command that serves the dashboards, which are a package of their own: they know the warehouse, not it them."""

import os
import sys
from typing import Annotated

import typer

from orchestration.cli.output import console
from orchestration.settings import load_settings

DEFAULT_PORT = 8765


def dashboards(
    host: Annotated[
        str, typer.Option(help="Address to listen on; others than this one need TLS in front.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option(min=1, max=32, help="Processes that answer.")] = 2,
) -> None:
    """Serve the dashboards that leadership opens, until stopped with Ctrl-C.

    Examples:

        warehouse dashboards

        warehouse dashboards --port 8080 --workers 4
    """
    from orchestration.database import ensure_ready

    settings = load_settings()
    if settings.target == "embedded":
        ensure_ready(settings)
    console.print(f"Dashboards: http://{host}:{port}", soft_wrap=True)
    sys.stdout.flush()
    command = [sys.executable, "-m", "dashboards", "--host", host, "--port", str(port), "--workers", str(workers)]
    os.execv(sys.executable, command)  # noqa: S606  # this process becomes the server


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(dashboards)
