"""The steps of the main job one after another, without Dagster, for a world that tests stand on.

Dagster's definitions, events and provenance take half of a short run. What the steps do is the same: they are plain
functions that Dagster only wires, and ``tests/faults/test_kills.py`` compares the tables of both ways.
"""

import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict

from orchestration.cli.output import Exit
from orchestration.database import ensure_ready
from orchestration.settings import Settings, load_settings
from orchestration.transform import run_dbt

PLAIN = "a plain run"
"""In place of a command's name: the process of ``ready_runs`` runs this module."""
DBT_ALONE = "dbt alone"
"""Before dbt's arguments, for dbt without the steps around it; the second is whether the project stands."""


def run_plainly(settings: Settings) -> Exit:
    """Land what is waiting, build, release and bring extracts up; print a summary as ``warehouse run --json`` does.

    Returns the exit code: all well, or something was held back. Raises where a build or a release stopped.
    """
    from orchestration.access import collect_sql_reads
    from orchestration.building import begun
    from orchestration.identity import assign_identities
    from orchestration.landing import land_delivery, pending
    from orchestration.projects import build_extracts
    from orchestration.release import release_all

    ensure_ready(settings)
    deliveries = []
    for found in pending(settings):
        result = land_delivery(settings, found.delivery_key)
        deliveries.append({"delivery": found.delivery_key, "outcome": result.outcome, "message": result.message})
    assign_identities(settings)
    with begun(settings, full_refresh=False, log=logging.getLogger(__name__)) as build:
        built = build.run()
        build.end(built)
    results = release_all(settings)
    build_extracts(settings)
    collect_sql_reads(settings)
    failed = [node.unique_id.split(".")[2] for node in built.failed]
    refused = [reason for one in results for reason in one.reasons if one.outcome == "refused"]
    ending = {"success": not refused, "message": "\n".join(refused) or None, "failed_checks": failed}
    json.dump({"deliveries": deliveries, "build": ending, "trouble": None}, sys.stdout)
    if refused:
        return Exit.BLOCKED
    held_back = failed or any(one["outcome"] != "landed" for one in deliveries)
    return Exit.ATTENTION if held_back else Exit.OK


def run_dbt_alone(settings: Settings, project_stands: bool, arguments: Sequence[str]) -> Exit:
    """Run dbt, and print what became of it."""
    json.dump(asdict(run_dbt(settings, arguments, project_stands=project_stands)), sys.stdout)
    return Exit.OK


def main(arguments: Sequence[str]) -> None:
    """Run plainly, or dbt alone, on the warehouse of the environment."""
    settings = load_settings()
    if arguments[0] == PLAIN:
        raise SystemExit(int(run_plainly(settings)))
    raise SystemExit(int(run_dbt_alone(settings, arguments[1] == "stands", arguments[2:])))
