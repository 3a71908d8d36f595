"""Dagster's definitions load without a deprecated name, and the whole graph is there."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, Settings
from tests.support.homes import MadeOnce, take_parsed_project
from tests.support.main_job import environment

LOAD = """
import json, warnings
import dagster as dg
warnings.simplefilter("error", dg.SupersessionWarning)
warnings.filterwarnings("error", category=DeprecationWarning, module="orchestration")
from orchestration.building import views_of
from orchestration.definitions import defs
found = defs()
dg.Definitions.validate_loadable(found)
graph = found.resolve_asset_graph()
from orchestration.defs.release.assets import MAY_WAIT
from orchestration.defs.transform.assets import MANIFEST
print(json.dumps({
    "assets": sorted(key.to_user_string() for key in graph.get_all_asset_keys()),
    "checks": sorted(f"{key.asset_key.to_user_string()}: {key.name}" for key in graph.asset_check_keys),
    "groups": {key.to_user_string(): graph.get(key).group_name for key in graph.get_all_asset_keys()},
    "parents": {
        key.to_user_string(): sorted(parent.to_user_string() for parent in graph.get(key).parent_keys)
        for key in graph.get_all_asset_keys()
    },
    "views": sorted("/".join(view) for view in views_of(MANIFEST).values()),
    "may_wait": sorted(f"{one['schema']}/{one['alias']}" for one in map(MANIFEST["nodes"].get, MAY_WAIT)),
    "of_a_build": sorted(
        key.to_user_string() for key in found.resolve_job_def("build_layers").asset_layer.executable_asset_keys
    ),
    "jobs": sorted(job.name for job in found.resolve_all_job_defs()),
    "sensors": sorted(sensor.name for sensor in found.sensors or []),
    "schedules": sorted(schedule.name for schedule in found.schedules or []),
}))
"""


@pytest.fixture(scope="module")
def graph(settings: Settings) -> dict[str, object]:
    import json

    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        env=environment(settings),
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_every_layer_is_a_group(graph: dict) -> None:
    groups = set(graph["groups"].values())
    layers = {"extracts", "raw", "vault", "staged", "canonical", "pseudonymised", "aggregated_exact", "aggregated"}
    assert layers <= groups
    assert "control" in groups
    assert "default" not in groups


def test_released_marts_stand_on_exact_marts(graph: dict) -> None:
    released = {key.split("/")[1] for key in graph["assets"] if key.startswith("aggregated/")} - {"releases"}
    exact = {key.split("/")[1] for key in graph["assets"] if key.startswith("aggregated_exact/")}
    assert released
    assert released <= exact


def test_release_waits_for_no_view_that_a_night_does_not_make(graph: dict) -> None:
    """Dagster left the release out without a word, twice, when a mart stood on a view; the balance sheet is made."""
    for asset in (key for key in graph["assets"] if key.startswith("aggregated/")):
        assert set(graph["parents"][asset]) & set(graph["views"]) <= {"control/reconciliation"}, asset


def test_release_waits_for_no_subject_that_has_sent_nothing(graph: dict) -> None:
    """Of a council that never sent a level no mart of attainment is made, and attendance is released all the same."""
    assert "aggregated_exact/attainment_by_school" in graph["may_wait"]
    for asset in (key for key in graph["assets"] if key.startswith("aggregated/")):
        assert not set(graph["parents"][asset]) & set(graph["may_wait"]), asset
    assert "raw/cfe_levels" in graph["parents"]["aggregated/attainment_by_school"], "it is seen what it rests on"


def test_every_page_is_an_asset_at_the_end_of_the_lineage(graph: dict) -> None:
    pages = {key.split("/")[1] for key in graph["assets"] if key.startswith("dashboards/")}
    assert {"today", "authority", "schools", "school", "data_quality", "about"} <= pages
    for page in pages:
        above = graph["parents"][f"dashboards/{page}"]
        assert "aggregated/releases" in above
        assert not any(key.startswith("aggregated_exact/") for key in above), "readers never read an exact figure"


def test_the_two_jobs_have_a_sensor_and_a_schedule(graph: dict) -> None:
    assert {"land_delivery", "build_layers"} <= set(graph["jobs"])
    assert set(graph["sensors"]) == {"deliveries", "landed_deliveries"}
    assert set(graph["schedules"]) == {"nightly_build"}
    assert "control/page_reads" in graph["of_a_build"], "what is too old is forgotten every night"


def test_tests_and_balance_sheet_are_checks(graph: dict) -> None:
    assert any(check.startswith("control/reconciliation") for check in graph["checks"])
    assert any(check.startswith("raw/attendance") for check in graph["checks"])
    assert any(check.startswith("canonical/") for check in graph["checks"])


def test_reading_the_graph_starts_no_database(tmp_path: Path, made_once: MadeOnce) -> None:
    settings = Settings(home=tmp_path)
    take_parsed_project(settings, made_once)
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.definitions import defs; defs()"],
        env=environment(settings),
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert not (tmp_path / "postgres").exists()
