"""House rules of the Python code: imports point one way, files stay readable, nothing private is borrowed."""

from pathlib import Path

import pytest

from orchestration.settings import PROJECT_DIR
from tests.support.imports import imported_modules

PACKAGE = PROJECT_DIR / "orchestration"

# From the bottom up. A part imports parts of lower layers and itself; parts of one layer do not know each other.
LAYERS = [
    {"errors", "derived", "meant", "trouble", "yaml_files"},
    {"settings", "parsed_project", "running_code"},
    {"database", "contracts", "lean_dbt", "quiet_dbt"},
    {"access", "calendars", "layer_sizes", "project_state", "services", "transform"},
    {"model_rules", "parsing_beside", "subjects"},
    {"ledger", "seals"},
    {"landing", "identity", "release", "synthetic"},
    {"backup", "building", "export", "projects"},
    {"defs", "definitions", "dagster_pages"},
    {"cli"},
]
# Rooms within a part, from the bottom up; rooms of one line do not know each other.
ROOMS = {
    "release": [
        {"thresholds", "limits"},
        {"highs", "beside"},
        {"engine"},
        {"attacker"},
        {"declared"},
        {"tables"},
        {"protection", "own_school"},
        {"follow", "subject"},
        {"held"},
        {"door"},
    ],
    "synthetic": [
        {"options", "plan", "files"},
        {"world"},
        {"feeds"},
        {"faults"},
        {"deliveries", "attained"},
        {"truth"},
        {"generate"},
    ],
}
# One Dagster project in two places: definitions.py loads defs/, and what runs the jobs in process needs both.
ONE_PART = {"definitions": "defs"}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
ALL_PYTHON = sorted(
    path
    for folder in ("orchestration", "benchmarks", "tests", "dashboards")
    for path in (PROJECT_DIR / folder).rglob("*.py")
)


def part(path: Path) -> str:
    relative = path.relative_to(PACKAGE)
    return relative.stem if len(relative.parts) == 1 else relative.parts[0]


def layer_of(name: str) -> int:
    return next(number for number, parts in enumerate(LAYERS) if name in parts)


def package_of(path: Path) -> str:
    return ".".join(path.parent.relative_to(PROJECT_DIR).parts)


def test_every_part_of_the_package_has_a_place_in_the_layers() -> None:
    known = set().union(*LAYERS) | {"__init__"}
    unknown = {part(path) for path in SOURCES} - known
    assert not unknown, f"say in LAYERS what these may import: {sorted(unknown)}"


def test_imports_point_one_way() -> None:
    wrong = []
    for path in SOURCES:
        here = part(path)
        if here == "__init__":
            continue
        for name in imported_modules(path, package_of(path)):
            if not name.startswith("orchestration."):
                continue
            there = name.split(".")[1]
            if not any(there in parts for parts in LAYERS):
                continue
            same = ONE_PART.get(here, here) == ONE_PART.get(there, there)
            if not same and layer_of(there) >= layer_of(here):
                wrong.append(f"{path.relative_to(PROJECT_DIR)} imports {name}")
    assert not wrong, "a lower layer cannot know a higher one, nor its neighbours:\n" + "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize("name", sorted(ROOMS))
def test_imports_within_a_part_point_one_way(name: str) -> None:
    rooms = {room: number for number, line in enumerate(ROOMS[name]) for room in line}
    wrong = []
    for path in (PACKAGE / name).rglob("*.py"):
        here = path.relative_to(PACKAGE / name).parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        assert here in rooms, f"say in ROOMS what {name}/{here} may import"
        for imported in imported_modules(path, package_of(path)):
            there = imported.removeprefix(f"orchestration.{name}.").split(".")[0]
            if there in rooms and imported != there and there != here and rooms[there] >= rooms[here]:
                wrong.append(f"{path.relative_to(PROJECT_DIR)} imports {imported}")
    assert not wrong, "a lower room cannot know a higher one, nor its neighbours:\n" + "\n".join(sorted(set(wrong)))


def test_the_attacker_shares_no_code_with_protection() -> None:
    allowed = {"orchestration.release.engine", "orchestration.release.engine.model"}
    wrong = [
        f"{path.name} imports {name}"
        for path in (PACKAGE / "release" / "attacker").rglob("*.py")
        for name in imported_modules(path, package_of(path))
        for room in ("engine", "protection", "declared", "tables", "door")
        if name.startswith(f"orchestration.release.{room}")
        and not any(name == one or name.startswith("orchestration.release.engine.model.") for one in allowed)
    ]
    assert not wrong, f"an attack by the same code finds the same: {wrong}"


def test_only_definitions_and_defs_import_dagster() -> None:
    wrong = [
        str(path.relative_to(PROJECT_DIR))
        for path in SOURCES
        if part(path) not in {"definitions", "defs", "dagster_pages"}
        and any(name.split(".")[0].startswith("dagster") for name in imported_modules(path, package_of(path)))
    ]
    assert not wrong, f"every step is a plain function that Dagster only wires; these import Dagster: {wrong}"


def test_no_file_is_longer_than_300_lines() -> None:
    long = {str(path.relative_to(PROJECT_DIR)): len(path.read_text().splitlines()) for path in ALL_PYTHON}
    long = {name: lines for name, lines in long.items() if lines > 300}
    assert not long, f"split these into files that each have one subject: {long}"


def test_definitions_stay_under_50_lines() -> None:
    assert len((PACKAGE / "definitions.py").read_text().splitlines()) < 50


@pytest.mark.parametrize("drawer", ["utils.py", "util.py", "helpers.py", "common.py", "misc.py"])
def test_there_is_no_drawer_for_odds_and_ends(drawer: str) -> None:
    assert not [path for path in ALL_PYTHON if path.name == drawer]


# Dagster has no public name for what one hands to it in place of its own storage and context; its guides use these.
NAMED_IN_GUIDES = {
    ("defs/event_log.py", "dagster._core.storage.event_log"),
    ("defs/event_log.py", "dagster._core.storage.event_log.SqliteEventLogStorage"),
    ("defs/event_log.py", "dagster._serdes"),
    ("defs/event_log.py", "dagster._serdes.ConfigurableClassData"),
    ("orchestration/dagster_pages.py", "dagster._core.workspace.context"),
    ("orchestration/dagster_pages.py", "dagster._core.workspace.context.WorkspaceProcessContext"),
    ("orchestration/dagster_pages.py", "dagster._core.workspace.context.WorkspaceRequestContext"),
    ("orchestration/dagster_pages.py", "dagster._core.workspace.load_target"),
    ("orchestration/dagster_pages.py", "dagster._core.workspace.load_target.ModuleTarget"),
}
# What is kept or written otherwise than by Dagster: tests hold each against Dagster's own.
HELD_AGAINST_DAGSTER = {
    ("defs/event_log.py", "dagster._core.events"),
    ("defs/event_log.py", "dagster._core.events.ASSET_CHECK_EVENTS"),
    ("defs/event_log.py", "dagster._core.events.ASSET_EVENTS"),
    ("defs/event_log.py", "dagster._core.events.EVENT_TYPE_TO_PIPELINE_RUN_STATUS"),
    ("defs/event_rows.py", "dagster._core.storage.event_log.schema"),
    ("defs/event_rows.py", "dagster._core.storage.event_log.schema.AssetKeyTable"),
    ("defs/event_rows.py", "dagster._core.storage.event_log.schema.SqlEventLogStorageTable"),
    ("defs/lean_dagster.py", "dagster._core.execution.context.system"),
    ("defs/lean_dagster.py", "dagster._core.execution.context.system.StepExecutionContext"),
}


def test_nothing_private_is_imported() -> None:
    wrong = []
    for path in SOURCES:
        for name in imported_modules(path, package_of(path)):
            parts = [piece for piece in name.split(".") if piece != "__future__"]
            is_named = ("/".join(path.parts[-2:]), name) in NAMED_IN_GUIDES | HELD_AGAINST_DAGSTER
            if any(piece.startswith("_") for piece in parts) and not is_named:
                wrong.append(f"{path.relative_to(PROJECT_DIR)} imports {name}")
    assert not wrong, "a leading underscore means that it may change without a word:\n" + "\n".join(wrong)
