"""The commands that the documentation shows do run: as written, on a warehouse with a release in it."""

import re
import subprocess
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, Settings
from tests.support.main_job import WAREHOUSE, environment, rows, warehouse

GUIDES = sorted((PROJECT_DIR / "docs").glob("*.md"))


def _blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for guide in GUIDES:
        for block in re.findall(rf"^```{language}\n(.*?)^```", guide.read_text(), re.MULTILINE | re.DOTALL):
            found.append((guide.name, block.strip()))
    return found


SHELL = [(guide, line) for guide, block in _blocks("sh") for line in block.splitlines() if line.strip()]
QUERIES = [(guide, query) for guide, block in _blocks("sql") for query in block.split(";") if query.strip()]


@pytest.mark.parametrize(("guide", "query"), QUERIES, ids=range(len(QUERIES)))
def test_each_query_returns_rows_to_an_analyst(released: Settings, guide: str, query: str) -> None:
    assert rows(released, "analyst", query), f"{guide}: no row from {query}"


@pytest.mark.parametrize(("guide", "command"), SHELL, ids=range(len(SHELL)))
def test_each_command_runs(released: Settings, guide: str, command: str) -> None:
    if command in {"make setup", "make demo", "make test"}:
        return  # setting up is what brought this test here; the demo has a test of its own
    line = re.sub(r"^make dbt CMD=\"(.*)\"$", r"warehouse dbt -- \1", command)
    env = environment(released)
    env["PATH"] = f"{Path(WAREHOUSE).parent}:{env['PATH']}"
    done = subprocess.run(["bash", "-c", line], env=env, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 3}, f"{guide}: {command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert "Traceback" not in done.stderr


COMMANDS = [
    "synth",
    "run",
    "status",
    "up",
    "down",
    "dsn",
    "psql",
    "deliveries",
    "rejects",
    "reconcile",
    "freshness",
    "releases",
    "withdraw",
    "restore",
    "accept",
    "unaccept",
    "backup",
    "replay",
    "dbt",
    "demo",
    "calendar",
    "contracts",
    "check-delivery",
    "make-delivery",
    "access",
    "project",
    "credentials",
    "dashboards",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(settings: Settings, command: str) -> None:
    done = warehouse(settings, command, "--help")
    assert done.code == 0
    assert "Example" in done.output
