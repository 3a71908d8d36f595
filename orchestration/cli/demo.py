"""The demonstration: one council, from made-up extracts to released marts, with a summary for people."""

import datetime as dt
import shutil
import time
from dataclasses import replace
from typing import Any, LiteralString

import typer

from orchestration.cli.ledger import print_deliveries
from orchestration.cli.output import Exit, console, print_rows
from orchestration.cli.running import exit_code, print_ending, run_all
from orchestration.settings import Settings, load_settings

AUTHORITY, AUTHORITY_CODE = "Clackmannanshire", "S12000005"
ATTAINMENT_FROM = "2021/22"  # the returns that a council brings along: four by 2024/25, P4 and P7 of the same children
YEARS, UNTIL = ("2024/25", "2025/26"), dt.date(2025, 10, 31)  # a month end: splits and reasons show at month ends
RELEASED_BEFORE = dt.date(2025, 9, 30)  # so that there is a month before to compare with
BEFORE_DAILY = dt.date(2025, 10, 24)
SEED, DAILY, FAULTS = 20251013, 5, 0.0005


def _make_extracts(settings: Settings) -> float:
    """Make the extracts beside the landing folder and move them in, the council's last: seen whole or not at all."""
    from orchestration.synthetic import FURTHER_FEEDS, SynthOptions, generate

    if (settings.landing / AUTHORITY_CODE).exists():
        console.print(f"The extracts are there already: {settings.landing}", soft_wrap=True, markup=False)
        return 0.0
    started = time.monotonic()
    draft = settings.landing.with_name(f"{settings.landing.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    options = SynthOptions(
        authorities=(AUTHORITY,), years=YEARS, out=draft,
        seed=SEED, daily=DAILY, faults=FAULTS, until=UNTIL,
        cuts=(RELEASED_BEFORE, BEFORE_DAILY), whole_past=True, feeds=FURTHER_FEEDS, attainment_from=ATTAINMENT_FROM,
    )  # fmt: skip
    with console.status("Making extracts of pupils that do not exist, in schools that do ...") as shown:
        result = generate(options, progress=lambda text: shown.update(text))
    settings.landing.mkdir(parents=True, exist_ok=True)
    for made in sorted(draft.iterdir(), key=lambda path: path.name == AUTHORITY_CODE):
        there = settings.landing / made.name
        if there.is_dir():  # from a demonstration that was stopped just here
            shutil.rmtree(there)
        made.rename(there)
    draft.rmdir()
    console.print(replace(result, out=settings.landing).summary(), soft_wrap=True, markup=False)
    return time.monotonic() - started


def _as_analyst(settings: Settings, query: LiteralString) -> list[dict[str, Any]]:
    """Rows about the authority that an analyst reads."""
    from psycopg.rows import dict_row

    from orchestration.database import connect

    with (
        connect(settings, "analyst", autocommit=True) as connection,
        connection.cursor(row_factory=dict_row) as cursor,
    ):
        return cursor.execute(query, (AUTHORITY_CODE,)).fetchall()


def headline(settings: Settings) -> list[dict[str, Any]]:
    """Released attendance of the authority beside the published national rate, read as an analyst."""
    return _as_analyst(
        settings,
        """
        select
            sector, academic_year, pupils, openings_possible,
            round(100 * attendance_rate, 1) as attendance_percent,
            round(100 * national_rate, 1) as published_national_percent,
            national_rate_year as published_for, data_as_at
        from aggregated.attendance_by_authority_year
        where local_authority_code = %s and data_as_at is not null -- years of which nobody has sent marks are left out
        order by academic_year desc, array_position(array['all', 'primary', 'secondary', 'special'], sector)
        """,
    )


def attained(settings: Settings) -> list[dict[str, Any]]:
    """Released literacy and numeracy of the authority, with the gap in points, read as an analyst."""
    return _as_analyst(
        settings,
        """
        select
            case sector when 'primary' then 'P1, P4, P7' else 'S3' end as stages, academic_year, state,
            literacy_cohort as pupils,
            round(100 * literacy_share, 1) as literacy_percent, round(literacy_gap, 1) as literacy_gap,
            round(100 * numeracy_share, 1) as numeracy_percent, round(numeracy_gap, 1) as numeracy_gap
        from aggregated.attainment_by_sector
        where local_authority_code = %s
        order by academic_year desc, sector
        """,
    )


def demo() -> None:
    """Run the main job on the embedded database with made-up pupils in the real schools of Clackmannanshire.

    Safe to stop and to repeat: what is there already is kept, and a second run changes nothing.

    Example: `make demo`
    """
    from orchestration import ledger
    from orchestration.access import grant_example_set, turn_own_school
    from orchestration.database import dsn, ensure_ready
    from orchestration.layer_sizes import layer_sizes
    from orchestration.parsing_beside import ParsingBeside

    started = time.monotonic()
    settings = load_settings()
    stages = {"start the database": 0.0}
    ensure_ready(settings)
    stages["start the database"] = time.monotonic() - started
    with ParsingBeside(settings) as parsing:  # in a home that is made, and private
        stages["make extracts"] = _make_extracts(settings)
        before = time.monotonic()
        if not ledger.releases(settings):
            if settings.environment != "live":
                reason = "a demonstration of made-up pupils"
                turn_own_school(settings, AUTHORITY_CODE, is_on=True, reason=reason, actor="demo")
            run_all(settings, until=RELEASED_BEFORE, parsing=parsing)
    summary = run_all(settings)
    stages["land, build, check, release"] = time.monotonic() - before
    if exit_code(summary) is not Exit.BLOCKED:
        grant_example_set(settings, AUTHORITY_CODE)
    layers: dict[str, dict[str, Any]] = {}
    for size in layer_sizes(settings):
        entry = layers.setdefault(size.layer, {"layer": size.layer, "tables": 0, "rows": 0})
        entry["tables"] += 1
        entry["rows"] += size.rows
    console.print()
    print_deliveries(ledger.deliveries(settings), json_output=False)
    console.print()
    print_rows(list(layers.values()), "Rows by layer", "None.", False)
    console.print()
    print_rows(_by_reason(ledger.rejects(settings)), "Rejected rows by reason", "No row was rejected.", False)
    console.print()
    print_rows(ledger.balance_sheet(settings), "Balance sheet", "None.", False)
    console.print()
    print_rows(ledger.freshness(settings), "Freshness by feed", "None.", False)
    console.print()
    print_rows(headline(settings), "Attendance, year to date, as an analyst reads it", "Not released yet.", False)
    console.print()
    print_rows(attained(settings), "Attainment, as an analyst reads it", "Not released yet.", False)
    console.print("\n" + "; ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items()), highlight=False)
    console.print(
        f"\n[bold]Go on[/]\n"
        f"  look          make up, then sign in at the dashboards' address as one of five made-up readers\n"
        f"  connect       {dsn(settings, 'analyst', password=False)}  (password: warehouse dsn --role analyst)\n"
        f"  query         .venv/bin/warehouse psql --role analyst\n"
        f"  Dagster       make up, too: every step from file to page, with its checks\n"
        f"  next          .venv/bin/warehouse --help; docs/analysts.md; docs/data-engineers.md; docs/dashboards.md\n"
        f"  stop          make down",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    print_ending(summary)
    ending = exit_code(summary)
    raise typer.Exit(Exit.OK if ending is Exit.ATTENTION else ending)  # planted faults are meant to be held back


def _by_reason(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row["feed"], row["reason"])
        totals[key] = totals.get(key, 0) + row["row_count"]
    return [{"feed": feed, "reason": reason, "rows": count} for (feed, reason), count in sorted(totals.items())]


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(demo)
