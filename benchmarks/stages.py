"""Time and peak memory of each stage, for the demonstration and for a year of Glasgow City.

``make bench`` writes the figures into docs/benchmarks.md. The year is landed as one opening delivery, built, and
then one day's delta with corrections goes through both jobs.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.memory import Measured, measure
from benchmarks.reports import STAGES, with_dashboards

WAREHOUSE = str(Path(sys.executable).with_name("warehouse"))
HEADING = (
    "| stage | seconds | at most | peak MB, ours | peak MB, database | both | exit |",
    "|---|---|---|---|---|---|---|",
)
LIMITS = {"year": 240.0, "night": 45.0, "synth": 180.0, "demo": 150.0, "memory": 2048.0}


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "WAREHOUSE_HOME": str(home), "DO_NOT_TRACK": "1"}


def _line(stage: str, measured: Measured, limit: float | None = None) -> str:
    bound = f"{limit:.0f}" if limit else ""
    return (
        f"| {stage} | {measured.seconds:.1f} | {bound} | {measured.peak_ours:.0f} | {measured.peak_database:.0f} |"
        f" {measured.peak_together:.0f} | {measured.code} |"
    )


def _slowest(home: Path, most: int = 12) -> list[str]:
    results = json.loads((home / "dbt" / "target" / "run_results.json").read_text())["results"]
    ranked = sorted(results, key=lambda result: -result["execution_time"])[:most]
    return [f"{result['unique_id'].split('.', 2)[2]} {result['execution_time']:.1f} s" for result in ranked]


def _run_details(measured: Measured) -> str:
    try:
        summary = json.loads(measured.output[measured.output.index("{") :])
    except ValueError:
        return measured.output.strip()[-600:]
    landed = ", ".join(f"{item['delivery']} {item['seconds']:.1f} s" for item in summary["deliveries"])
    build = summary["build"] or {}
    return f"landing {landed}; build and release {build.get('seconds', 0):.1f} s; checks failed: " + (
        ", ".join(build.get("failed_checks", ())) or "none"
    )


def glasgow(work: Path, authority: str) -> list[str]:
    """A whole year in one delivery, then one night; returns lines of the report."""
    home, extracts = work / "home", work / "extracts"
    env = _environment(home)
    lines = [
        *HEADING,
    ]
    notes: list[str] = []
    synth = [WAREHOUSE, "synth", "--authority", authority, "--years", "2025/26", "--daily", "1", "--out", str(extracts)]
    made = measure(synth, home, env)
    lines.append(_line("make extracts", made, LIMITS["synth"]))
    deliveries = sorted(path.parent for path in extracts.rglob("manifest.json"))
    target = home / "landing" / deliveries[0].parent.name
    target.mkdir(parents=True)
    measure([WAREHOUSE, "up"], home, env)
    for stage, folders, limit in (
        ("land and build the year", deliveries[:-1], LIMITS["year"]),
        ("one night: a day's delta", deliveries[-1:], LIMITS["night"]),
    ):
        for folder in folders:
            shutil.move(str(folder), target / folder.name)
        done = measure([WAREHOUSE, "run", "--json"], home, env)
        lines.append(_line(stage, done, limit))
        notes += ["", f"{stage}: {_run_details(done)}.", "Slowest nodes: " + ", ".join(_slowest(home)) + "."]
    again = measure([WAREHOUSE, "run", "--json"], home, env)
    lines.append(_line("the same again (nothing to do)", again))
    measure([WAREHOUSE, "down"], home, env)
    return lines + notes


def demonstration(work: Path) -> list[str]:
    """The demonstration on an empty home; returns lines of the report."""
    home = work / "demo"
    env = _environment(home)
    done = measure([WAREHOUSE, "demo"], home, env)
    measure([WAREHOUSE, "down"], home, env)
    stages = next((line for line in done.output.splitlines() if line.startswith("start the database")), "")
    return [
        *HEADING,
        _line("make demo", done, LIMITS["demo"]),
        "",
        f"Stages: {stages}.",
    ]


def main() -> None:
    """Measure and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authority", default="Glasgow City")
    parser.add_argument("--keep", type=Path, help="work in this folder and keep it")
    options = parser.parse_args()
    work = options.keep or Path(tempfile.mkdtemp(prefix="warehouse-bench-"))
    try:
        report = [
            "# Benchmarks",
            "",
            "Written by `make bench`. Machines differ and are noisy: compare ratios, not seconds.",
            f"Measured on {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
            "Memory is the proportional set size: of our processes, of the database with its shared buffers, and of",
            "both at one moment.",
            "",
            "## The demonstration: Clackmannanshire, 2024/25 and August to October 2025, released twice",
            "",
            *demonstration(work),
            "",
            f"## {options.authority}, the year 2025/26",
            "",
            *glasgow(work, options.authority),
            "",
        ]
        STAGES.write_text(with_dashboards("\n".join(report)))
        print("\n".join(report))
    finally:
        if options.keep is None:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
