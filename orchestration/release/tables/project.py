"""Whether a dbt project may be built and released: what it declares for readers, and the classes of its columns (41).

The same is asked when the project is parsed, when Dagster loads it, and by release itself.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from orchestration.release.tables.contracts import contracts_of
from orchestration.release.tables.meta import CLASSES, Node, meta_of, meta_problems
from orchestration.release.tables.own_school import own_school_problems
from orchestration.release.tables.shapes import SHAPES, ContractError


def privacy_of(column: Node) -> str | None:
    """Privacy class of a column; None where it has none that is known."""
    found = meta_of(column).get("privacy")
    return found if found in CLASSES else None


def reasons_of(model: Node) -> tuple[dict[str, str], list[str]]:
    """Written reasons why a class falls, by column: ``privacy_reason`` of the column, or of the model for several.

    A model's ``privacy_reasons`` maps a reason to the columns it holds for. Out also: what is wrong with them.
    """
    problems: list[str] = []
    reasons = {name: meta_of(column)["privacy_reason"] for name, column in model["columns"].items()
               if "privacy_reason" in meta_of(column)}  # fmt: skip
    declared = meta_of(model).get("privacy_reasons") or {}
    if not isinstance(declared, Mapping) or not all(isinstance(names, list) for names in declared.values()):
        return reasons, ["privacy_reasons maps a reason to a list of columns"]
    for reason, names in declared.items():
        reasons |= dict.fromkeys(map(str, names), reason)
    for name, reason in reasons.items():
        if name not in model["columns"]:
            problems.append(f"privacy_reasons names {name}, which is no column of it")
        if not isinstance(reason, str) or len(reason.split()) < 3:
            problems.append(f"the reason why the privacy class of {name} falls is a sentence of three words or more")
    return reasons, problems


def falls(model: Node, nodes: Mapping[str, Node], also: Mapping[str, Node] | None = None) -> Iterator[tuple[str, str]]:
    """Columns whose class is milder than that of a column of the same name in a parent, and how it falls.

    What is merely operational may be public inside; in what readers see it needs a reason too.
    """
    for key in model["depends_on"]["nodes"]:
        parent = nodes.get(key) or (also or {}).get(key)
        if parent is None:
            continue
        for name, column in model["columns"].items():
            before, now = privacy_of(parent["columns"].get(name) or {}), privacy_of(column)
            if not before or not now or CLASSES.index(now) >= CLASSES.index(before):
                continue
            if before != "operational" or meta_of(model).get("release") is not None:
                yield name, f"from {before} in {parent['name']} to {now}"


def privacy_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Columns whose privacy class falls on the way without a written reason, and reasons for nothing."""
    problems = []
    nodes, sources = manifest["nodes"], manifest.get("sources") or {}
    for model in nodes.values():
        if model["resource_type"] != "model":
            continue
        reasons, wrong = reasons_of(model)
        problems += [f"{model['name']}: {problem}" for problem in wrong]
        for name, how in falls(model, nodes, sources):
            if name not in reasons:
                problems.append(
                    f"{model['name']}.{name}: its privacy class falls {how}; keep the class, or say why it may under "
                    "config.meta.privacy_reason"
                )
    return list(dict.fromkeys(problems))


STRATEGIES = ("replace_scope", "replace_all", "follow_changes")
"""Incremental strategies that note what they have changed, for what stands on the model."""


def strategy_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Incremental models by a strategy that notes no changes."""
    return [
        f"{node['name']}: incremental_strategy {node['config'].get('incremental_strategy')} notes no changes, so what "
        f"stands on it would go stale; say {STRATEGIES[0]}, or materialized: table"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"].get("materialized") == "incremental"
        and node["config"].get("incremental_strategy") not in STRATEGIES
    ]


def project_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Everything for which nothing of a project is built or released, each with model and key."""
    contracts, problems = contracts_of(manifest["nodes"].values())
    missing = sorted(SHAPES.keys() - {contract.mart for contract in contracts})
    problems += [f"{mart}: it is for readers, and no model declares it under meta.release" for mart in missing]
    problems += own_school_problems(manifest["nodes"].values())
    problems += [*meta_problems(manifest), *strategy_problems(manifest)]
    return [*dict.fromkeys(problems), *privacy_problems(manifest)]


def check_manifest(path: Path) -> None:
    """Refuse a parsed project that release would not understand. Raises ``ContractError`` with all that is wrong."""
    problems = project_problems(json.loads(path.read_text()))
    if problems:
        raise ContractError("the project cannot be built or released:\n  " + "\n  ".join(problems))
