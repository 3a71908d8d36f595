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


SECRETS = ("LOADER", "PSEUDONYMISER", "TRANSFORMER", "RELEASER", "STEWARD", "ADMIN", "KEY", "LANDING")
PAGES = ("warehouse-dashboards.service", "warehouse-dagster-web.service")
STATE, HISTORY = "/var/lib/school-data-warehouse", "/var/lib/school-data-warehouse-history"


def lines(unit: str) -> dict[str, str]:
    """Settings of a unit; those that stand in it several times joined by a space."""
    found: dict[str, str] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (DEPLOY / unit).read_text(), re.MULTILINE):
        found[name] = f"{found[name]} {value}" if name in found else value
    return found


def settings_in_the_guide() -> dict[str, dict[str, str]]:
    """What each file of settings has, by its path."""
    guide = (PROJECT_DIR / "docs" / "deploy.md").read_text()
    blocks: list[str] = re.findall(r"^ *```ini\n(.*?)^ *```", guide, re.MULTILINE | re.DOTALL)
    paths = [re.search(r"/etc/school-data-warehouse/[\w-]+\.env", block) for block in blocks]
    named = ["/etc/school-data-warehouse/warehouse.env" if path is None else path[0] for path in paths]
    return {
        path: dict(re.findall(r"^ *(WAREHOUSE_\w+)=(.*)$", block, re.MULTILINE))
        for path, block in zip(named, blocks, strict=True)
    }


def test_three_parts_are_three_users_with_three_files_of_settings() -> None:
    """Whoever got into Dagster's pages had the extracts, the key and every password: they were the daemon's user."""
    units = {unit.name: lines(unit.name) for unit in UNITS}
    assert len(units) == 3
    assert len({unit["User"] for unit in units.values()}) == 3
    assert len({unit["EnvironmentFile"] for unit in units.values()}) == 3
    guide = (PROJECT_DIR / "docs" / "deploy.md").read_text()
    for unit in units.values():
        assert f" {unit['User']}\n" in guide, "the guide makes the user"
        assert unit["EnvironmentFile"].rpartition("/")[2] in guide
    assert {unit["EnvironmentFile"] for unit in units.values()} == set(settings_in_the_guide())


@pytest.mark.parametrize("name", PAGES)
def test_what_serves_pages_reaches_no_extract_no_key_and_no_password_of_another(name: str) -> None:
    unit = lines(name)
    hidden = set(unit["InaccessiblePaths"].split())
    assert hidden >= {"-/srv/seemis-extracts", f"-{STATE}", "-/etc/school-data-warehouse"}
    assert unit["StateDirectory"] == unit["User"].replace("warehouse", "school-data-warehouse")
    known = settings_in_the_guide()[unit["EnvironmentFile"]]
    assert known["WAREHOUSE_HOME"] == f"/var/lib/{unit['StateDirectory']}"
    assert not [key for key in known if any(secret in key for secret in SECRETS)]


def test_daemon_and_pages_share_the_history_of_runs_and_nothing_else() -> None:
    daemon, web, dashboards = (
        lines(f"warehouse-{name}.service") for name in ("dagster-daemon", "dagster-web", "dashboards")
    )
    assert daemon["Environment"] == web["Environment"] == f"DAGSTER_HOME={HISTORY}"
    assert settings_in_the_guide()[daemon["EnvironmentFile"]]["WAREHOUSE_HISTORY"] == HISTORY
    assert daemon["ReadWritePaths"] == web["ReadWritePaths"] == HISTORY
    assert (daemon["UMask"], web["UMask"], dashboards["UMask"]) == ("0007", "0007", "0077")
    assert f"-{HISTORY}" in dashboards["InaccessiblePaths"]
    guide = (PROJECT_DIR / "docs" / "deploy.md").read_text()
    assert f"install -d -m 2770 -o {daemon['User']} -g {web['SupplementaryGroups']} {HISTORY}" in guide


def test_dagsters_pages_are_told_where_the_database_is_and_one_password() -> None:
    """With these the project loads: tests/integration/test_database_provisioning.py asks the server with them."""
    assert set(settings_in_the_guide()["/etc/school-data-warehouse/dagster-web.env"]) == {
        "WAREHOUSE_HOME", "WAREHOUSE_ENVIRONMENT", "WAREHOUSE_TARGET", "WAREHOUSE_PG_HOST", "WAREHOUSE_PG_SSLMODE",
        "WAREHOUSE_AUDITOR_PASSWORD",
    }  # fmt: skip


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
