"""The project as it is after the steps that docs/data-engineers.md works through, in a folder of its own."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from orchestration.settings import PROJECT_DIR, Settings
from tests.support.main_job import Ran, environment
from tests.support.ready_runs import ReadyRuns

PAGE = PROJECT_DIR / "docs" / "data-engineers.md"
PARTS = ("dbt_project", "orchestration", "dashboards", "seeds", "profiles", "docs", "pyproject.toml")
_FILE = re.compile(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)


def files_of_page() -> dict[str, str]:
    """What the page says to write, by path below the project."""
    return dict(_FILE.findall(PAGE.read_text()))


def as_snapshot(files: Mapping[str, str]) -> dict[str, str]:
    """The same steps for a feed of cards, which comes as a snapshot: its kind, and no order."""
    found = {}
    for path, text in files.items():
        text = text.replace("{property: kind, value: delta}", "{property: kind, value: snapshot}")
        text = text.replace("  - {property: orderColumn, value: recorded_at}\n", "")
        for old, new in (("library_loans", "library_cards"), ("loans_by_school", "cards_by_school")):
            path, text = path.replace(old, new), text.replace(old, new)
        found[path] = text
    return found


def copy_of_project(folder: Path, files: Mapping[str, str]) -> Path:
    """The project with these files more, and what ``warehouse contracts`` makes of them."""
    for part in PARTS:
        source = PROJECT_DIR / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("target", "logs"))
        else:
            shutil.copy(source, folder / part)
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return folder


def run(commands: ReadyRuns, settings: Settings, *arguments: str) -> Ran:
    """The command line of that project on a warehouse."""
    return Ran(*commands.run(arguments, environment(settings)))
