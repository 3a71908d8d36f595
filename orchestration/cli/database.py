"""Commands about the database: up, down, status, dsn, psql."""

import os
import shutil
import stat
from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_json, print_rows, say_unread_folders
from orchestration.settings import Settings, load_settings

RoleOption = Annotated[str, typer.Option("--role", help="Login role, such as analyst, researcher or steward.")]


def up(
    services: Annotated[
        bool, typer.Option("--services", help="Start the dashboards and Dagster as well, in the background.")
    ] = False,
    superuser_sql: Annotated[
        bool, typer.Option("--superuser-sql", help="Print what a superuser of the server runs once, and do nothing.")
    ] = False,
) -> None:
    """Start the embedded database, make it ready, put right what was changed by hand, and say how to connect.

    With `--services` one that runs is left alone, unless its code, templates or models have changed since it started:
    then it is started again, at the same address.

    Roles, grants, policies, settings and passwords are compared with what is declared, and what differed is named.
    On a server whose admin is no superuser it checks that values of pupils cannot reach the server's log;
    `--superuser-sql` prints what a superuser has to run there once.

    Examples:

        warehouse up

        warehouse up --services
    """
    from orchestration.database import dsn, start, statements_for_superuser
    from orchestration.services import dagster_home

    settings = load_settings()
    if superuser_sql:
        typer.echo("\n".join(statements_for_superuser(settings)))
        return
    for said in start(settings):
        console.print(said if said.startswith("NOT") else f"Put right: {said}.", highlight=False, markup=False)
    if dagster_home(settings).stat().st_mode & stat.S_ISGID:
        from orchestration.defs.run_store import shared_run_store  # Dagster takes a while to import

        shared_run_store(settings)
    if settings.environment == "live":
        console.print(
            f"The database is up: {dsn(settings, 'auditor', password=False)}", soft_wrap=True, highlight=False
        )
        console.print("People read SQL through logins of their own: [bold]warehouse access login[/]")
    else:
        console.print(
            f"The database is up: {dsn(settings, 'analyst', password=False)}", soft_wrap=True, highlight=False
        )
        console.print("Connect as an analyst: [bold]warehouse psql --role analyst[/]")
    if services:
        _start_services(settings)


def _start_services(settings: Settings) -> None:
    from orchestration.dagster_pages import PARAMETER, TOKEN_VARIABLE
    from orchestration.defs.run_store import sound_run_store
    from orchestration.services import SERVICES, dagster_home, log_of, operator_token, running, start_service

    before = _stop_outdated(settings)
    if running(settings, "dagster") is None and running(settings, "dagster-daemon") is None:
        sound_run_store(settings)
    token = operator_token(settings, anew=running(settings, "dagster") is None)
    for service in SERVICES:
        environment = {"DAGSTER_HOME": str(dagster_home(settings))}
        if service.name == "dagster":
            environment[TOKEN_VARIABLE] = token
        with console.status(f"Starting {service.name} ..."):
            started = start_service(settings, service, environment, before.get(service.name))
        where = f"{started.address}  (log: {log_of(settings, service.name)})" if service.ready_path else "started"
        anew = "started again, its code had changed: " if service.name in before else ""
        console.print(f"{service.name.capitalize()}: {anew}{where}", soft_wrap=True, highlight=False)
        if service.name == "dagster":
            console.print(
                f"  Anybody on this machine may look at it. To operate it, open {started.address}/?{PARAMETER}={token}",
                soft_wrap=True, highlight=False,
            )  # fmt: skip
    console.print("[bold]warehouse down[/] stops them all; everything is kept.")


def _stop_outdated(settings: Settings) -> dict[str, int]:
    """Stop services whose code has changed since they started, and say which are at work and stay. Out: their ports."""
    from orchestration.database import connect, is_at_work
    from orchestration.services import SERVICES, is_outdated, running, stop_service

    stopped: dict[str, int] = {}
    outdated = [service for service in SERVICES if is_outdated(settings, service)]
    if not outdated:
        return stopped
    with connect(settings, "auditor", autocommit=True) as connection:
        busy = is_at_work(connection)
    for service in outdated:
        found = running(settings, service.name)
        if service.name == "dagster-daemon" and busy:  # what runs is a child of it
            console.print(
                "Dagster-daemon: a landing or build is running, so it goes on with the code that it was started with. "
                "Run this again when that has ended."
            )
        elif found is not None and stop_service(settings, service.name):
            stopped[service.name] = found.port
    return stopped


def down() -> None:
    """Stop the dashboards and Dagster, if they run, and the embedded database; everything is kept.

    Example: `warehouse down`
    """
    from orchestration.database import stop
    from orchestration.services import SERVICES, stop_service

    settings = load_settings()
    stopped = [service.name for service in SERVICES if stop_service(settings, service.name)]
    if settings.target != "embedded":
        console.print(f"Stopped: {', '.join(stopped) or 'nothing'}. The database at {settings.pg_host} is left alone.")
        return
    stop(settings)
    said = f"The database is stopped{' and so are ' + ' and '.join(stopped) if stopped else ''}."
    console.print(f"{said} [bold]warehouse up[/] starts it again.")


def dsn(role: RoleOption = "analyst") -> None:
    """Print the connection address of a role, password included, for Excel, Power BI, DBeaver or a notebook.

    Examples:

        warehouse dsn --role analyst

        psql "$(warehouse dsn --role analyst)"
    """
    from orchestration.database import ROLES, ensure_ready
    from orchestration.database import dsn as address

    settings = load_settings()
    if role not in ROLES:
        raise fail(f"there is no role {role!r}; choose one of {', '.join(ROLES)}", Exit.USAGE)
    ensure_ready(settings)
    typer.echo(address(settings, role))


def _one_query(settings: Settings, role: str, query: str) -> None:
    """Run one query and print its rows, where there is no psql."""
    from psycopg import sql
    from psycopg.rows import dict_row

    from orchestration.database import connect

    with connect(settings, role, autocommit=True) as connection, connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(sql.SQL(query))  # the user's own query, under the user's own role
        print_rows(cursor.fetchall() if cursor.description else [], "", "Done.", False)


def psql(
    role: RoleOption = "analyst",
    arguments: Annotated[list[str] | None, typer.Argument(help="Passed on to psql.")] = None,
) -> None:
    """Open psql as a role.

    Examples:

        warehouse psql --role analyst

        warehouse psql --role analyst -c "select * from aggregated.releases"
    """
    from orchestration.database import ROLES, ensure_ready, libpq_environment, psql_binary

    settings = load_settings()
    if role not in ROLES:
        raise fail(f"there is no role {role!r}; choose one of {', '.join(ROLES)}", Exit.USAGE)
    ensure_ready(settings)
    binary = psql_binary(settings) or shutil.which("psql")
    if binary is None:
        if arguments and arguments[0] == "-c" and len(arguments) == 2:
            return _one_query(settings, role, arguments[1])
        raise fail(
            "psql is not on this machine: install the PostgreSQL client, connect another program with "
            '`warehouse dsn`, or run one query with `warehouse psql -c "select ..."`'
        )
    # by the environment: everybody on this machine can read the arguments of a process
    os.execve(str(binary), [str(binary), *(arguments or [])], os.environ | libpq_environment(settings, role))  # noqa: S606


def status(json_output: JsonOption = False) -> None:
    """Say how the warehouse is: database, deliveries waiting, last build and release, rows by layer.

    Examples:

        warehouse status

        warehouse status --json
    """
    from orchestration import ledger
    from orchestration.database import ensure_ready
    from orchestration.database import status as server_status
    from orchestration.landing import LandingFolderMissingError, pending
    from orchestration.layer_sizes import layer_sizes

    settings = load_settings()
    ensure_ready(settings)
    server = server_status(settings)
    try:
        waiting = [found.delivery_key for found in pending(settings)]
    except LandingFolderMissingError:  # said below, and there is more to tell
        waiting = []
    checks = ledger.release_checks(settings)
    sizes = layer_sizes(settings)
    if json_output:
        print_json(
            {
                "database": {
                    "running": server.running,
                    "version": server.version,
                    "host": server.host,
                    "port": server.port,
                },
                "deliveries_waiting": waiting,
                "last_release_checks": checks,
                "rows": [asdict(size) for size in sizes],
            }
        )
        return
    console.print(f"Database: running, PostgreSQL {server.version} on {server.host}:{server.port}", highlight=False)
    shown_first = f" ({', '.join(waiting[:5])}{', ...' if len(waiting) > 5 else ''})" if waiting else ""
    console.print(f"Deliveries waiting: {len(waiting)}{shown_first}", markup=False)
    say_unread_folders(settings)
    print_rows(checks, "Last release check of each authority", "No release yet: run `warehouse run`.", False)
    shown = [
        {
            "layer": size.layer,
            "table name": size.table_name,
            "rows": size.rows,
            "": "estimate" if size.is_estimate else "",
        }
        for size in sizes
    ]
    print_rows(shown, "Rows by layer", "No tables yet.", False)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(up)
    app.command()(down)
    app.command()(status)
    app.command()(dsn)
    app.command(context_settings={"ignore_unknown_options": True})(psql)  # options that are not ours are psql's
