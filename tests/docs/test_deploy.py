"""The files for running it on a server name commands, options and files that exist."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR, Settings

DEPLOY = PROJECT_DIR / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
BIN = Path(sys.executable).parent
INSTALLED = "/opt/school-data-warehouse/.venv/bin/"


def commands(unit: Path) -> list[list[str]]:
    text = unit.read_text().replace("\\\n", " ")
    return [shlex.split(line) for line in re.findall(r"^ExecStart(?:Pre)?=(.*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_call_commands_with_options_that_exist(unit: Path) -> None:
    assert commands(unit)
    for command, *arguments in commands(unit):
        program = BIN / command.removeprefix(INSTALLED)
        words = [word for word in arguments if not word.startswith("-")][:1]
        has_subcommand = program.name in {"warehouse", "dagster-daemon"}
        asked = [str(program), *(words if has_subcommand else []), "--help"]
        shown = subprocess.run(asked, capture_output=True, text=True, check=True, env={"COLUMNS": "200", "PATH": ""})
        for option in (word for word in arguments if word.startswith("--")):
            assert option in shown.stdout, f"{unit.name}: {' '.join(asked)} knows no {option}"


def test_the_guide_names_files_and_settings_that_exist() -> None:
    guide = (PROJECT_DIR / "docs" / "deploy.md").read_text()
    for name in re.findall(r"\]\(\.\./([^)]+)\)", guide):
        assert (PROJECT_DIR / name).exists(), name
    known = {f"WAREHOUSE_{name.upper()}" for name in Settings.model_fields} | {
        line.lstrip("#").split("=")[0]
        for line in (PROJECT_DIR / ".env.example").read_text().splitlines()
        if line.startswith("#WAREHOUSE_")
    }
    assert set(re.findall(r"WAREHOUSE_[A-Z_]*[A-Z]", guide)) - known == set()


def test_the_image_takes_what_the_project_has() -> None:
    for line in (DEPLOY / "Containerfile").read_text().splitlines():
        if line.startswith("COPY "):
            for source in line.split()[1:-1]:
                assert (PROJECT_DIR / source).exists(), source
