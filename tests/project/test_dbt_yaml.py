"""dbt's YAML keys, checked as strictly as dbt can.

dbt says nothing about a misspelt key on PostgreSQL: it checks keys against its schema for four other adapters
only. Here ours is added to that set, and every key that dbt does not know, or knows in an old form, is a failure.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt import deprecations as dbt_deprecations
from dbt.cli.main import dbtRunner
from dbt.jsonschemas import jsonschemas

from orchestration.settings import PROJECT_DIR


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let dbt check the keys of a project on PostgreSQL. Fails when dbt has moved the set of its adapters."""
    adapters = jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS  # no public switch exists
    monkeypatch.setattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", {*adapters, "postgres"})
    yield
    dbt_deprecations.reset_deprecations()  # dbt counts them per process: the next run in it would report ours


def deprecations(project_dir: Path, target: Path) -> list[str]:
    """Parse the project and return what dbt says about deprecated or unknown keys."""
    found: list[str] = []

    def note(event: object) -> None:
        name, message = event.info.name, event.info.msg  # type: ignore[attr-defined]
        if name.endswith("Deprecation") or name.endswith("Deprecated"):
            found.append(f"{name}: {' '.join(message.split())}")

    arguments = ["parse", "--no-partial-parse", "--project-dir", str(project_dir), "--target-path", str(target)]
    arguments += ["--profiles-dir", str(PROJECT_DIR / "profiles"), "--log-path", str(target), "--show-all-deprecations"]
    arguments += ["--warn-error-options", '{"error": []}']  # collect them all, where a build stops at the first
    outcome = dbtRunner(callbacks=[note]).invoke(["--log-level", "none", "--log-level-file", "none", *arguments])
    assert outcome.success, outcome.exception
    return sorted(set(found))


@pytest.mark.usefixtures("strict")
def test_every_key_is_one_that_dbt_knows(tmp_path: Path) -> None:
    found = deprecations(PROJECT_DIR / "dbt_project", tmp_path)
    assert not found, "misspelt, moved or old keys:\n" + "\n".join(found)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("misspelt", ["ownr: somebody", "discription: words"])
def test_a_misspelt_key_is_found(tmp_path: Path, misspelt: str) -> None:
    folder = tmp_path / "dbt_project"
    folder.mkdir()
    shutil.copytree(PROJECT_DIR / "dbt_project" / "macros", folder / "macros")
    shutil.copytree(PROJECT_DIR / "dbt_project" / "tests" / "generic", folder / "tests" / "generic")
    shutil.copy(PROJECT_DIR / "seeds" / "stages.csv", tmp_path / "stages.csv")
    (folder / "dbt_project.yml").write_text(
        "name: little\nconfig-version: 2\nprofile: warehouse\nseed-paths: ['../']\ntest-paths: [tests]\n"
    )
    (tmp_path / "stages.yml").write_text(f"seeds:\n  - name: stages\n    config:\n      {misspelt}\n    {misspelt}\n")
    found = deprecations(folder, tmp_path / "target")
    key = misspelt.split(":", 1)[0]
    assert len([line for line in found if key in line]) >= 2, found
