"""Commands that print what the warehouse knows of itself, and those that change its ledger."""

import getpass
from typing import Annotated

import typer

from orchestration import calendars, ledger
from orchestration.cli.output import Exit, JsonOption, console, fail, print_json, print_rows
from orchestration.settings import Settings, load_settings

DeliveryOption = Annotated[str | None, typer.Option("--delivery", help="One delivery, such as S12000005/2025-09-01.")]
DeliveryArgument = Annotated[str, typer.Argument(help="A delivery, such as S12000005/2025-09-01.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger. No pupil's details.")]


def _ready() -> Settings:
    from orchestration.database import ensure_ready

    settings = load_settings()
    ensure_ready(settings)
    return settings


def print_deliveries(rows: ledger.Rows, json_output: bool) -> None:
    """Print deliveries as a table, and below it what went wrong with those that were refused."""
    if json_output:
        print_json(rows)
        return
    short = [{name: value for name, value in row.items() if name not in {"message", "finished_at"}} for row in rows]
    print_rows(short, "Deliveries, newest first", "No delivery has landed yet.", False)
    for row in rows:
        if row["outcome"] == "refused":
            console.print(f"  {row['message']}", highlight=False, markup=False, style="yellow")


def deliveries(delivery: DeliveryOption = None, json_output: JsonOption = False) -> None:
    """List every attempt to land a delivery, or the files of one delivery.

    Examples:

        warehouse deliveries

        warehouse deliveries --delivery S12000005/2025-09-01 --json
    """
    settings = _ready()
    if delivery:
        found = ledger.files(settings, delivery)
        if not found:
            tried = [row for row in ledger.deliveries(settings) if row["delivery"] == delivery]
            raise fail(str(tried[0]["message"]) if tried else f"{delivery} is not known", Exit.USAGE)
        print_rows(found, f"Files of {delivery}", "", json_output)
        return
    print_deliveries(ledger.deliveries(settings), json_output)


def rejects(
    delivery: DeliveryOption = None,
    warnings: Annotated[bool, typer.Option("--warnings", help="Warnings instead of rejected rows.")] = False,
    json_output: JsonOption = False,
) -> None:
    """List rejected rows by reason and column, or warnings; values stay in the restricted zone.

    Examples:

        warehouse rejects

        warehouse rejects --delivery S12000005/2025-09-01 --warnings
    """
    settings = _ready()
    if warnings:
        found = ledger.warnings(settings, delivery) + calendars.short_calendar_warnings(settings, delivery)
        print_rows(found, "Warnings", "There are no warnings.", json_output)
        return
    print_rows(ledger.rejects(settings, delivery), "Rejected rows by reason", "No row was rejected.", json_output)


def reconcile(
    verify: Annotated[bool, typer.Option("--verify", help="Compare every value with what was written first.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Print the balance sheet of the last build; exit code 3 where it does not close or a value has changed.

    `--verify` compares all that stands, from raw to the exact marts, with what files held and models wrote; a build
    does it for what it touches, and for the rest within a week.

    Examples:

        warehouse reconcile

        warehouse reconcile --verify

        warehouse reconcile --json
    """
    settings = _ready()
    if verify:
        from orchestration.seals import verify_everything

        changed = verify_everything(settings)
    else:
        changed = ledger.broken_seals(settings)
    sheet, broken = ledger.balance_sheet(settings), ledger.breaks(settings)
    if json_output:
        print_json({"hops": sheet, "breaks": broken, "changed": changed})
    else:
        print_rows(sheet, "Balance sheet", "There is no balance sheet yet: run `warehouse run`.", False)
        if broken:
            print_rows(broken, "Breaks", "", False, plain=("seed_code",))
        elif sheet:
            console.print("The balance sheet closes.")
        if changed:
            print_rows(changed, "Not what was written", "", False, plain=("seed_code",))
        elif verify:
            console.print("Every value is what was written.")
    if broken or changed:
        raise typer.Exit(Exit.ATTENTION)


def freshness(
    late: Annotated[bool, typer.Option("--late", help="List the establishments that are late.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Print how fresh each feed is, and how many schools are late; exit code 3 where any is.

    Examples:

        warehouse freshness

        warehouse freshness --late
    """
    settings = _ready()
    behind = ledger.late_establishments(settings)
    if late:
        print_rows(behind, "Late establishments", "No establishment is late.", json_output, plain=("seed_code",))
    else:
        print_rows(ledger.freshness(settings), "Freshness by feed", "Nothing has been built yet.", json_output)
    if behind:
        raise typer.Exit(Exit.ATTENTION)


def releases(json_output: JsonOption = False) -> None:
    """List the releases, newest first.

    Example: `warehouse releases --json`
    """
    print_rows(ledger.releases(_ready()), "Releases", "Nothing has been released yet.", json_output, ("release_id",))


def withdraw(delivery: DeliveryArgument, reason: ReasonOption) -> None:
    """Withdraw a delivery: after the next run every layer comes out as if it had never come.

    Example: `warehouse withdraw S12000005/2025-09-01 --reason "wrong term dates"`
    """
    from orchestration.landing import withdraw as withdraw_delivery

    _say(withdraw_delivery(_ready(), delivery, reason, getpass.getuser()))
    console.print(f"{delivery} is withdrawn. [bold]warehouse run[/] takes it out of every layer.")


def accept(delivery: DeliveryArgument, reason: ReasonOption) -> None:
    """Let in pupils and enrolments of a delivery that are held back because they change too much at once.

    Later snapshots are compared with it from then on.

    Example: `warehouse accept S12000005/2025-09-01 --reason "two schools merged, as the council decided"`
    """
    from orchestration.landing import accept as accept_delivery

    _say(accept_delivery(_ready(), delivery, reason, getpass.getuser()))
    console.print(f"{delivery} is accepted. [bold]warehouse run[/] takes it into every layer.")


def unaccept(delivery: DeliveryArgument, reason: ReasonOption) -> None:
    """Take back an acceptance: the delivery is held back again, and the last good snapshot stands.

    Example: `warehouse unaccept S12000005/2025-09-01 --reason "the ids were wrong after all"`
    """
    from orchestration.landing import unaccept as unaccept_delivery

    _say(unaccept_delivery(_ready(), delivery, reason, getpass.getuser()))
    console.print(f"{delivery} is no longer accepted. [bold]warehouse run[/] takes it out of every layer.")


def _say(lines: list[str]) -> None:
    for line in lines:
        console.print(line, highlight=False, markup=False)


def replay(delivery: DeliveryArgument) -> None:
    """Land a delivery again from its folder: files that were set aside or quarantined are tried anew.

    Exit code 3 where it is refused or a file is quarantined still.

    Example: `warehouse replay S12000005/2025-09-01`
    """
    from orchestration.landing import replay as replay_delivery

    result = replay_delivery(_ready(), delivery)
    console.print(f"{delivery}: {result.outcome}. {result.message or ''}", highlight=False, markup=False)
    if result.outcome == "refused" or any(file.status == "quarantined" for file in result.files):
        raise typer.Exit(Exit.ATTENTION)


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (deliveries, rejects, reconcile, freshness, releases, withdraw, accept, unaccept, replay):
        app.command()(command)
