"""Marts of subjects that declare themselves in ``release.yml``: contracts of their tables (RULES 29, 41)."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.release.declared.columns import problems_with
from orchestration.release.declared.declaration import FILE, Declaration, DeclarationError, Mart
from orchestration.release.declared.reading import read_declaration
from orchestration.settings import PROJECT_DIR

MODELS = PROJECT_DIR / "dbt_project" / "models" / "aggregated"
DECLARED = "declared"
"""Kind of the contracts of declared marts; no ``meta.release`` can ask for it."""
EXACT = "aggregated_exact"


@cache
def _read(path: Path, _changed: int) -> Declaration:
    return read_declaration(path)


def _all_declarations() -> tuple[Mapping[str, Declaration], list[str]]:
    """Declarations by subject, and what is wrong with others, in words."""
    found: dict[str, Declaration] = {}
    problems: list[str] = []
    for path in sorted(MODELS.glob(f"*/{FILE}")):
        try:
            declaration = _read(path, path.stat().st_mtime_ns)
        except DeclarationError as error:
            problems.append(str(error))
            continue
        found[declaration.subject] = declaration
    return found, problems


def declarations() -> tuple[Mapping[str, Declaration], list[str]]:
    """Declarations that decide, by subject, and what is wrong with any: subjects of these are not released."""
    found, problems = _all_declarations()
    return {subject: one for subject, one in found.items() if not one.is_trial}, problems


def trials() -> Mapping[str, Declaration]:
    """Declarations that are tried and decide nothing, by subject."""
    return {subject: one for subject, one in _all_declarations()[0].items() if one.is_trial}


def declared_marts() -> dict[str, tuple[Declaration, Mart]]:
    """Declared marts by name."""
    return {name: (one, mart) for one in declarations()[0].values() for name, mart in one.marts.items()}


def contract_of(name: str) -> dict[str, Any] | None:
    """What the declaration asks of a mart's table: keys, groups, what stays inside, who sees it; None: it has none."""
    found = declared_marts().get(name)
    if found is None:
        return None
    declaration, mart = found
    return {
        "kind": DECLARED,
        "keys": declaration.keys(mart),
        "groups": declaration.groups(mart),
        "exact_only": mart.inside,
        "shared": ("*",) if mart.shared else (),
    }


def declared_nodes(nodes: Iterable[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Models of declared marts, and what is wrong, in words. A subject of which no mart is there says nothing."""
    models = {str(node.get("alias") or node["name"]): node for node in nodes if node["resource_type"] == "model"}
    known, problems = declarations()
    found: list[Mapping[str, Any]] = []
    for declaration in known.values():
        if not declaration.marts.keys() & models.keys():
            continue
        wrong = problems_with(declaration, models)
        wrong += [
            f"{name}: its exact rows stand in {models[name]['schema']}, not in {EXACT}"
            for name in declaration.marts
            if name in models and models[name]["schema"] != EXACT
        ]
        problems += wrong
        if not wrong:
            found += [models[name] for name in declaration.marts]
    return found, problems


def declared_problems(mart: str, found: Mapping[str, Any]) -> list[str]:
    """What a table's contract has otherwise than the declaration of today, in words."""
    wanted = contract_of(mart)
    if wanted is None:
        return ["no release.yml declares it, so nothing of it can be shown"]
    return [
        f"its {key} differs from release.yml; run `warehouse run`, which makes the table anew"
        for key, value in wanted.items()
        if found[key] != value
    ]
