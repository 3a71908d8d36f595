"""The command that makes synthetic extracts."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.output import Exit, console, fail
from orchestration.settings import load_settings


def synth(
    authority: Annotated[
        list[str], typer.Option("--authority", help="Name or code of an authority, or all; several by ; or repeated.")
    ],
    years: Annotated[list[str], typer.Option("--years", help="Academic years, such as 2024/25,2025/26.")],
    out: Annotated[Path | None, typer.Option("--out", help="Landing folder to write to; default: this one's.")] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same files, byte by byte.")] = 1,
    daily: Annotated[int, typer.Option("--daily", min=0, help="Deliver the last N school days as daily deltas.")] = 0,
    faults: Annotated[float, typer.Option("--faults", min=0, max=0.2, help="Share of rows with planted faults.")] = 0,
    feeds: Annotated[
        list[str] | None, typer.Option("--feeds", help="Further feeds, such as cfe_levels,leavers, or attainment: all.")
    ] = None,
    attainment_from: Annotated[
        str | None,
        typer.Option("--attainment-from", help="Earlier year from which on attainment alone is made: 2021/22."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day of the last year, YYYY-MM-DD.")] = None,
) -> None:
    """Make extracts of pupils that do not exist in schools that do, as published statistics describe them.

    Beside the deliveries stands `truth.json`: what was generated, and what must become of every planted fault.

    Examples:

        warehouse synth --authority Clackmannanshire --years 2025/26 --until 2025-11-14 --daily 5

        warehouse synth --authority "Glasgow City" --years 2024/25,2025/26 --out extracts --seed 7 --faults 0.001

        warehouse synth --authority Highland --years 2024/25 --feeds attainment --attainment-from 2021/22 --out extracts
    """
    from orchestration.synthetic import FURTHER_FEEDS, OrderError, SynthOptions, generate

    try:
        last_day = dt.date.fromisoformat(until) if until else None
    except ValueError:
        raise fail(f"--until {until!r} is not a date; write it as YYYY-MM-DD", Exit.USAGE) from None
    try:
        options = SynthOptions(
            authorities=_parts(authority, ";"),
            years=_parts(years, ","),
            out=out or load_settings().landing,
            seed=seed,
            daily=daily,
            faults=faults,
            until=last_day,
            feeds=FURTHER_FEEDS if feeds == ["attainment"] else _parts(feeds or [], ","),
            attainment_from=attainment_from,
        )
        with console.status("Making extracts ...") as shown:
            result = generate(options, progress=lambda text: shown.update(text))
    except OrderError as error:
        raise fail(str(error), Exit.USAGE) from None
    except FileExistsError as error:
        raise fail(str(error)) from None
    except OSError as error:
        raise fail(f"{error.filename or out} cannot be written ({error.strerror}): choose another --out") from None
    console.print(result.summary(), markup=False)


def _parts(values: list[str], separator: str) -> tuple[str, ...]:
    """What is named, whether in one option or in several."""
    return tuple(part.strip() for value in values for part in value.split(separator) if part.strip())


def register(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(synth)
