"""The main job: land what is waiting, build the layers, release."""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.cli.output import Exit, JsonOption, console, fail, print_json, say_error, say_unread_folders
from orchestration.settings import Settings, load_settings
from orchestration.trouble import BY_KIND

if TYPE_CHECKING:
    from orchestration.defs.runner import Runner
    from orchestration.parsing_beside import ParsingBeside


def run_all(
    settings: Settings,
    quiet: bool = False,
    full_refresh: bool = False,
    build: bool | None = None,
    until: dt.date | None = None,
    parsing: "ParsingBeside | None" = None,
) -> dict[str, object]:
    """Land every waiting delivery and build once for all of them, through Dagster's two jobs.

    ``until`` leaves deliveries of a later extract waiting.
    ``build`` forces or forbids the build; by default it runs where the ledger has moved on since the last.
    A changed dbt project is parsed while deliveries land; ``parsing`` has begun that already.
    Returns a summary: deliveries with outcome, message and seconds, and the outcome of the build.
    """
    from orchestration.database import ensure_ready
    from orchestration.landing import pending
    from orchestration.parsing_beside import ParsingBeside

    def say(text: str) -> None:
        if not quiet:
            console.print(text, highlight=False, markup=False)

    ensure_ready(settings)
    waiting = [found.delivery_key for found in pending(settings)]
    if not quiet:
        say_unread_folders(settings)
    if until is not None:  # a delivery's folder begins with the day of its extract
        waiting = [key for key in waiting if key.partition("/")[2][:10] <= until.isoformat()]
    from orchestration.defs.runner import Runner

    runner = Runner(settings)
    is_beside = parsing is None and bool(waiting) and build is not False
    with ParsingBeside(settings) if is_beside else nullcontext(parsing) as begun:
        landed, trouble = _land_all(runner, waiting, say)
        if trouble is not None:  # it would meet the other deliveries as well
            return {"deliveries": landed, "build": None, "trouble": trouble}
        if begun is not None:
            begun.wait()
    summary: dict[str, object] = {"deliveries": landed, "build": None, "trouble": None}
    if build is False:
        return summary
    runner.load()
    if build or full_refresh or waiting or runner.is_behind(settings):
        say("Building the layers and releasing ...")
        outcome = runner.build(full_refresh)
        say(f"Build and release: {'done' if outcome.success else 'stopped'} ({outcome.seconds:.1f} s)")
        summary["build"] = {
            "success": outcome.success,
            "message": outcome.message,
            "failed_checks": outcome.failed_checks,
            "seconds": round(outcome.seconds, 2),
        }
        summary["trouble"] = outcome.trouble.kind if outcome.trouble else None
    else:
        say("Nothing is waiting and the layers are up to date.")
    return summary


def _land_all(
    runner: "Runner", waiting: Sequence[str], say: Callable[[str], None]
) -> tuple[list[dict[str, object]], str | None]:
    """Land one delivery after the other; what became of each, and the trouble from outside that stopped it, if any."""
    landed: list[dict[str, object]] = []
    for number, delivery_key in enumerate(waiting, start=1):
        outcome = runner.land(delivery_key)
        ending = "landed" if outcome.success else "failed" if outcome.trouble else "refused"
        if outcome.success and outcome.failed_checks:
            ending = "landed in part"
        say(f"[{number}/{len(waiting)}] {delivery_key}: {ending} ({outcome.seconds:.1f} s)")
        for line in filter(None, [outcome.message]):
            say(f"      {line}")
        landed.append(
            {
                "delivery": delivery_key,
                "outcome": ending,
                "message": outcome.message,
                "failed_checks": outcome.failed_checks,
                "seconds": round(outcome.seconds, 2),
            }
        )
        if outcome.trouble is not None:
            return landed, outcome.trouble.kind
    return landed, None


def exit_code(summary: dict[str, object]) -> Exit:
    """Exit code of a run: trouble from outside, a refused build or release, attention for anything held back."""
    trouble = BY_KIND.get(str(summary["trouble"]))
    if trouble is not None:
        return Exit(trouble.exit_code)
    build = summary["build"]
    if isinstance(build, dict) and not build["success"]:
        return Exit.BLOCKED
    deliveries = summary["deliveries"]
    assert isinstance(deliveries, list)
    failed = isinstance(build, dict) and build["failed_checks"]
    return Exit.ATTENTION if failed or any(item["outcome"] != "landed" for item in deliveries) else Exit.OK


def print_ending(summary: dict[str, object]) -> None:
    """Say why a build or release stopped, and which checks failed."""
    ending = summary["build"]
    if not isinstance(ending, dict):
        trouble = BY_KIND.get(str(summary["trouble"]))
        if trouble is not None:
            say_error(trouble.words, "Stopped")
        return
    if ending["message"]:
        say_error(str(ending["message"]), "Stopped")
    if ending["failed_checks"]:
        console.print("Checks that failed: " + ", ".join(ending["failed_checks"]), highlight=False, markup=False)


def run(
    build: Annotated[
        bool | None, typer.Option("--build/--no-build", help="Build even if nothing is new, or not.")
    ] = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Rebuild every layer above raw.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Land every waiting delivery, build the layers once for all of them, check, and release.

    These are the same two jobs that Dagster runs. Exit codes: 0 all well, 1 something did not work, 2 a wrong call,
    3 something was held back and a person should look, 4 the build or a release was refused and readers keep the
    last good one. What lies outside the warehouse has a code each: 5 the disk is full, 6 the database was lost or
    cannot be reached, 7 not enough memory, 8 no connection left, 9 a lock that others hold, 10 there is no landing
    folder. Nothing is half done then: mend the cause and run it again.

    Examples:

        warehouse run

        warehouse run --full-refresh

        warehouse run --json
    """
    from orchestration.landing import LandingFolderMissingError

    try:
        summary = run_all(load_settings(), quiet=json_output, full_refresh=full_refresh, build=build)
    except LandingFolderMissingError as missing:
        raise fail(str(missing), Exit.NO_LANDING) from None
    if json_output:
        print_json(summary)
    else:
        print_ending(summary)
    raise typer.Exit(exit_code(summary))


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(run)
