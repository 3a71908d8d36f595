"""Commands that give access in sets: a council's list of clusters, and the readers of a demonstration."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_json
from orchestration.settings import Settings, load_settings

AuthorityOption = Annotated[str | None, typer.Option("--authority", help="Name or GSS code of a council.")]


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


def import_clusters(
    file: Annotated[Path, typer.Argument(help="CSV file, or - for standard input.")],
    json_output: JsonOption = False,
) -> None:
    """Replace the clusters of the authorities in a file with columns authority, cluster_name, seed_code, sector.

    Example: `warehouse access import-clusters clusters.csv`
    """
    from orchestration.access import import_clusters as take_in

    if str(file) == "-":
        lines = sys.stdin.read().splitlines()
    elif file.is_file():
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    else:
        raise fail(f"there is no file {file}", Exit.USAGE)
    done = take_in(_ready(), lines)
    if json_output:
        print_json({"authorities": done.authorities, "clusters": done.clusters, "schools": done.schools,
                    "missing": done.missing})  # fmt: skip
    else:
        clusters = "1 cluster" if done.clusters == 1 else f"{done.clusters} clusters"
        schools = "1 school" if done.schools == 1 else f"{done.schools} schools"
        console.print(f"{clusters} with {schools}.", highlight=False)
    if done.missing:
        console.print(f"Scopes name clusters that are gone: {', '.join(done.missing)}", highlight=False)
        raise typer.Exit(Exit.ATTENTION)


def examples(authority: AuthorityOption = None) -> None:
    """Make the readers of a demonstration: an officer, heads of schools, the lead of a cluster. Never on live data.

    The dashboards' local sign-in offers them. Without a council they are made for each that has been released; one
    that was ever given a scope in a council stays as it is.

    Examples:

        warehouse access examples

        warehouse access examples --authority "Glasgow City"
    """
    from orchestration.access import authority_code, grant_example_set
    from orchestration.ledger import releases

    settings = _ready()
    released = sorted({str(row["local_authority_code"]) for row in releases(settings)})
    wanted = [authority_code(settings, authority)] if authority else released
    missing = [code for code in wanted if code not in released]
    if missing or not wanted:
        raise fail(f"nothing has been released{f' of {missing[0]}' if missing else ''} yet: run `warehouse run`")
    for code in wanted:
        made = grant_example_set(settings, code)
        console.print(f"{code}: {', '.join(made) or 'they are there already'}", highlight=False)


def add_to(access: typer.Typer) -> None:
    """Add the commands to those of access."""
    access.command("import-clusters")(import_clusters)
    access.command("examples")(examples)
