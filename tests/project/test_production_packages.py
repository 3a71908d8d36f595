"""A server gets what the code imports, in the versions that the tests ran with, and no development package."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from orchestration.settings import PROJECT_DIR

PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^]]*\])?==(\S+)", re.MULTILINE)


def _pins(name: str) -> dict[str, str]:
    return {_plain(found[1]): found[2] for found in PIN.finditer((PROJECT_DIR / name).read_text())}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_versions_are_those_that_the_tests_ran_with() -> None:
    tested = _pins("requirements.lock")
    assert {name: version for name, version in _pins("production.lock").items() if tested.get(name) != version} == {}


def test_no_development_package_is_installed_for_itself() -> None:
    extras = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    wanted = {_plain(re.split(r"[=<>\[;]", line)[0]) for line in extras} - {"setuptools"}
    production = _pins("production.lock")
    # what a library of production asks for itself may stand in both
    assert {name for name in wanted if name in production} <= {"sqlglot"}  # dagster-dbt reads SQL with it


def test_all_that_the_code_imports_is_installed() -> None:
    production = _pins("production.lock")
    known = packages_distributions()
    missing = {}
    for package in ("orchestration", "dashboards"):
        for path in sorted((PROJECT_DIR / package).rglob("*.py")):
            for module in _imported(path) - set(sys.stdlib_module_names) - {"orchestration", "dashboards"}:
                names = {_plain(name) for name in known.get(module, [module])}
                if not names & production.keys():
                    missing[module] = str(path.relative_to(PROJECT_DIR))
    assert missing == {}
