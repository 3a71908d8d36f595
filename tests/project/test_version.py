"""One version: what is installed, what the command says, what the changelog's newest entry is called."""

import datetime as dt
import re
import tomllib
from importlib.metadata import version

from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import PROJECT_DIR

DECLARED = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]["version"]
HEADINGS = re.findall(r"^## (.*)$", (PROJECT_DIR / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_command_says_the_version_that_is_declared() -> None:
    said = CliRunner().invoke(app, ["--version"])
    assert said.exit_code == 0
    assert re.fullmatch(rf"{re.escape(DECLARED)}(\+[0-9a-f]{{4,40}})?", said.output.strip())
    assert version("school-data-warehouse") == DECLARED


def test_the_changelog_has_this_version_with_its_day_below_what_is_to_come() -> None:
    assert HEADINGS[0] == "[Unreleased]"
    found = [re.fullmatch(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)", heading) for heading in HEADINGS[1:]]
    assert all(found), "a heading is ## [1.2.3] - 2026-11-29"
    entries = [(tuple(map(int, one[1].split("."))), dt.date.fromisoformat(one[2])) for one in found if one]
    assert entries == sorted(entries, reverse=True)
    assert ".".join(map(str, entries[0][0])) == DECLARED


def test_each_entry_tells_what_is_new_what_has_changed_and_what_was_mended() -> None:
    kinds = re.findall(r"^### (.*)$", (PROJECT_DIR / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert set(kinds) <= {"New", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
