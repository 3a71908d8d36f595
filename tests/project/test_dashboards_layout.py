"""House rules of the dashboards: what they may import, and that they stand beside the warehouse, not in it."""

from orchestration.settings import PROJECT_DIR
from tests.support.imports import imported_modules

DASHBOARDS = PROJECT_DIR / "dashboards"
ALLOWED = ("orchestration.settings", "orchestration.database", "orchestration.errors")
SOURCES = sorted(path for path in DASHBOARDS.rglob("*.py") if "__pycache__" not in path.parts)


PAGES_THERE = {
    ".".join(path.relative_to(PROJECT_DIR).with_suffix("").parts)
    for path in (DASHBOARDS / "subjects").glob("*/*.py")
    if path.name != "__init__.py"
}


def package_of(path: object) -> str:
    return ".".join(path.parent.relative_to(PROJECT_DIR).parts)  # type: ignore[attr-defined]


def test_dashboards_know_only_settings_connections_and_errors_of_the_warehouse() -> None:
    wrong = [
        f"{path.relative_to(PROJECT_DIR)} imports {name}"
        for path in SOURCES
        for name in imported_modules(path, package_of(path))
        if name.startswith("orchestration") and not name.startswith(ALLOWED) and name != "orchestration"
    ]
    assert not wrong, "pages read released tables, and know nothing of how they are made:\n" + "\n".join(wrong)


def test_the_warehouse_does_not_know_its_dashboards() -> None:
    wrong = [
        f"{path.relative_to(PROJECT_DIR)} imports {name}"
        for path in sorted((PROJECT_DIR / "orchestration").rglob("*.py"))
        for name in imported_modules(path, package_of(path))
        if name.split(".")[0] == "dashboards"
    ]
    assert not wrong, "`warehouse dashboards` starts them as a process of their own:\n" + "\n".join(wrong)


def test_nothing_private_is_imported_by_the_dashboards() -> None:
    wrong = [
        f"{path.relative_to(PROJECT_DIR)} imports {name}"
        for path in SOURCES
        for name in imported_modules(path, package_of(path))
        if any(piece.startswith("_") and not piece.startswith("__") for piece in name.split("."))
    ]
    assert not wrong, "\n".join(wrong)


def test_imports_point_one_way() -> None:
    """The kit knows no site and no subject; subjects know the kit, and of each other only what lies in core."""
    wrong = []
    for path in SOURCES:
        here = path.relative_to(DASHBOARDS).parts
        for name in imported_modules(path, package_of(path)):
            there = name.split(".")[1:]
            if not name.startswith("dashboards.") or len(there) < 1:
                continue
            if here[0] == "kit" and there[0] in {"site", "signin", "subjects"}:
                wrong.append(f"{'/'.join(here)} imports {name}")
            if here[0] == "subjects" and there[0] in {"site", "signin"}:
                wrong.append(f"{'/'.join(here)} imports {name}")
            is_between = here[0] == there[0] == "subjects" and len(here) > 2 and len(there) > 1
            if is_between and there[1] not in {"core", here[1]}:
                wrong.append(f"{'/'.join(here)} imports {name}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_pages_do_not_know_each_other() -> None:
    """A page is one file and one template: what two pages share stands beside them, not in one of them."""
    wrong = [
        f"{path.name} imports {name}"
        for path in sorted((DASHBOARDS / "subjects").glob("*/*.py"))
        if path.name != "__init__.py"
        for name in imported_modules(path, package_of(path))
        if name in PAGES_THERE and name != f"{package_of(path)}.{path.stem}"
    ]
    assert not wrong, "\n".join(wrong)
