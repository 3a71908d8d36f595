"""The commands that the documentation shows do run: as written, in a newcomer's shell, on a released warehouse."""

import os
import random
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from orchestration.access import give_shared_logins
from orchestration.cli import app
from orchestration.database import connect
from orchestration.settings import PROJECT_DIR, Settings
from tests.conftest import NewWarehouse
from tests.support.attainment_world import fill_attainment, released_council
from tests.support.commands import Command, commands, named_within_sentences, queries, targets
from tests.support.dashboards_world import HERE
from tests.support.main_job import rows, warehouse
from tests.support.senior_world import fill_senior_phase

SHELL = [command for command in commands() if command.language == "sh"]
ANYBODYS_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ATTENTION = 3  # exit code of commands that ran and found something to look at
# Commands that no test runs as they stand, and why: the beginning of the line, and what stands for it.
NOT_RUN = {
    "make setup": "brought this test here",
    "make demo": "takes minutes: `make bench` runs it, and the browser's tests walk what it makes",
    "make test": "is what runs",
    "make lint": "is of the code, not of a warehouse: continuous integration calls it",
    "make up": "starts services in the background: tests/integration/test_services.py",
    "make screenshots": "writes pictures into docs",
    "make bench-dashboards": "measures for minutes, on a machine that does nothing else",
    ".venv/bin/python -m pytest tests/browser": "is a part of `make test`",
    "BROWSER_TEST_HOME=": "the same on the demonstration",
    ".venv/bin/warehouse contracts": "writes into the project: tests/integration/test_add_a_feed.py",
    ".venv/bin/warehouse dashboards": "serves until it is stopped: tests/integration/test_services.py",
    ".venv/bin/warehouse access import-clusters": "takes a council's own list: tests/integration/test_access_scopes.py",
    ".venv/bin/warehouse backup /backups": "writes outside of the project: tests/faults/test_backup.py",
    "30 6 * * *": "is a line of cron: the same command",
    ".venv/bin/warehouse check-delivery export": "takes a council's own export: tests/docs/test_deliveries.py",
    ".venv/bin/warehouse make-delivery export": "takes a council's own export: tests/docs/test_deliveries.py",
    "sha256sum": "takes a council's own file: tests/data/newcomer/export.sh calls it",
    "wc -c": "the same",
    "tail -n +2": "the same",
    "useradd": "of a server, as root: tests/docs/test_deploy.py",
    "groupadd": "of a server, as root",
    "install -d": "of a server, as root",
    "git": "of a server",
    "cd /opt": "of a server",
    "cp deploy": "of a server",
    "systemctl": "of a server",
    "podman": "of a server: tests/docs/test_deploy.py looks at the image's files",
}


def _reason(command: Command) -> str | None:
    return next((reason for start, reason in NOT_RUN.items() if command.line.startswith(start)), None)


def test_each_command_is_run_or_it_is_said_why_not() -> None:
    unsaid = [command for command in commands() if command.language != "sh" and _reason(command) is None]
    assert not unsaid, "mark the block as sh, so that the command is run, or say in NOT_RUN why it is not"
    stale = [start for start in NOT_RUN if not any(one.line.startswith(start) for one in commands())]
    assert not stale, "no page shows these any more"


@pytest.fixture(scope="module")
def attained(new_warehouse: NewWarehouse) -> Settings:
    """A warehouse with released rows of attainment and the senior phase, of which the released one has none."""
    found = released_council(new_warehouse)
    fill_attainment(found, random.Random(1))
    fill_senior_phase(found, random.Random(1))
    with connect(found, "releaser") as connection:
        give_shared_logins(connection, found, HERE)
    return found


@pytest.mark.parametrize(("guide", "query"), queries(), ids=range(len(queries())))
def test_each_query_returns_rows_to_an_analyst(request: pytest.FixtureRequest, guide: str, query: str) -> None:
    settings = request.getfixturevalue(
        "attained" if "aggregated.attainment_" in query or "aggregated.leaver_" in query else "released"
    )
    assert rows(settings, "analyst", query), f"{guide}: no row from {query}"


@pytest.mark.parametrize("command", SHELL, ids=[f"{one.page}: {one.line}" for one in SHELL])
def test_each_command_runs_as_a_newcomer_types_it(released: Settings, tmp_path: Path, command: Command) -> None:
    """From the project's folder, in a shell that knows nothing of the environment, with a home named from there."""
    if (reason := _reason(command)) is not None:
        pytest.skip(f"{command.line} {reason}")
    if command.line.startswith("make ") and _is_old_environment():
        pytest.skip("the environment is older than the lock file: `make setup` first")
    env = {
        "PATH": ANYBODYS_PATH,
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "WAREHOUSE_HOME": os.path.relpath(released.home, PROJECT_DIR),
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", command.line],
        env=env, cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    said = f"{command.page}: {command.line}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    assert done.returncode in {0, ATTENTION}, said
    assert "Traceback" not in done.stderr, said


def _is_old_environment() -> bool:
    asked = subprocess.run(["make", "--question", ".venv/.ready"], cwd=PROJECT_DIR, capture_output=True, check=False)
    return asked.returncode != 0


def _problem_of(line: str) -> str | None:
    """What is wrong with a command of ours, by its own table of subcommands and options."""
    words = shlex.split(re.sub(r"[<>|].*", "", line.replace("...", "x")))[1:]
    found = get_command(app)
    passes_on = False
    while isinstance(found, TyperGroup) and words and not words[0].startswith("-"):
        name = words.pop(0)
        if name not in found.commands:
            return f"there is no command {name}"
        found = found.commands[name]
        passes_on = bool(found.context_settings.get("ignore_unknown_options"))
    options = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    unknown = [word.partition("=")[0] for word in words if re.match(r"--\w", word)]
    unknown = [option for option in unknown if option not in options | {"--help"}]
    return f"knows no {', '.join(unknown)}" if unknown and not passes_on else None


def test_each_command_that_a_sentence_names_exists() -> None:
    shown = [(one.page, one.line.partition(".venv/bin/")[2]) for one in commands() if ".venv/bin/warehouse" in one.line]
    in_a_log = "warehouse read "  # a line that the server writes, and no command
    named = [*(one for one in named_within_sentences("warehouse") if not one[1].startswith(in_a_log)), *shown]
    assert len(named) > 50
    wrong = [f"{page}: {line}: {said}" for page, line in named if (said := _problem_of(line)) is not None]
    assert not wrong, "\n".join(wrong)


def test_each_target_that_a_page_names_exists() -> None:
    named = [*named_within_sentences("make"), *((one.page, one.line) for one in commands())]
    called = {(page, line.split()[1]) for page, line in named if line.startswith("make ")}
    assert {target for _, target in called} - targets() == set(), called


COMMANDS = sorted(get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example(settings: Settings, command: str) -> None:
    done = warehouse(settings, command, "--help")
    assert done.code == 0
    assert "Example" in done.output
