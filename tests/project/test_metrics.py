"""Metrics of dbt, and the definitions that readers get of the same rates: parsed by dbt-core alone, and one meaning."""

import csv
import json
import re
from typing import Any

import pytest

from orchestration.settings import PROJECT_DIR, Settings
from orchestration.transform import ensure_manifest
from tests.support.dbt_project import Project

Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def manifest(settings: Settings, project: Project) -> Manifest:
    """What dbt has parsed, metrics included; ``project`` has seen to it that it is there."""
    return dict(json.loads(ensure_manifest(settings).read_text()))


@pytest.fixture(scope="module")
def rules() -> dict[str, dict[str, str]]:
    with (PROJECT_DIR / "seeds" / "metric_rules.csv").open(newline="", encoding="utf-8") as file:
        return {row["metric"]: row for row in csv.DictReader(file)}


def measures(manifest: Manifest) -> dict[str, dict[str, Any]]:
    return {measure["name"]: measure for model in manifest["semantic_models"].values() for measure in model["measures"]}


def columns_of(measure: dict[str, Any], known: set[str]) -> set[str]:
    """Columns of the mart that a measure adds up: what stands between ``then`` and ``end``, or its name."""
    expression = measure["expr"] or measure["name"]
    found = re.search(r"then (\w+) end", expression)
    return {found.group(1) if found else expression} & known


def test_each_metric_adds_up_the_columns_that_its_definition_names(
    manifest: Manifest, rules: dict[str, dict[str, str]]
) -> None:
    ratios = {metric["name"]: metric for metric in manifest["metrics"].values() if metric["type"] == "ratio"}
    assert set(ratios) == {name for name, rule in rules.items() if rule["numerator_column"]}
    known = {rule[part] for rule in rules.values() for part in ("numerator_column", "denominator_column")} - {""}
    for name, metric in ratios.items():
        for part in ("numerator", "denominator"):
            measure = measures(manifest)[metric["type_params"][part]["name"]]
            assert columns_of(measure, known) == {rules[name][f"{part}_column"]}, name
        assert metric["label"] == rules[name]["title"]


def test_measures_and_dimensions_are_columns_that_readers_see(manifest: Manifest, project: Project) -> None:
    nodes = {node["unique_id"]: node for node in project.models}
    for semantic in manifest["semantic_models"].values():
        (model,) = [nodes[key] for key in semantic["depends_on"]["nodes"]]
        inside = set(model["config"]["meta"]["release"].get("exact_only") or [])
        shown = set(model["columns"]) - inside
        expressions = [one["expr"] or one["name"] for kind in ("measures", "dimensions", "entities")
                       for one in semantic[kind]]  # fmt: skip
        words = {word for text in expressions for word in re.findall(r"[a-z_]{3,}", text.replace("'school'", ""))}
        words -= {"case", "when", "not", "null", "then", "end"}
        assert words <= shown, (semantic["name"], words - shown)


def test_days_are_the_time_spine(project: Project) -> None:
    (days,) = [model for model in project.models if model["name"] == "calendar_days"]
    assert days["time_spine"]["standard_granularity_column"] == "day"


def test_each_share_that_readers_see_has_a_definition(project: Project, rules: dict[str, dict[str, str]]) -> None:
    shares = set()
    for model in project.models:
        release = model["config"]["meta"].get("release")
        if not release:
            continue
        for name, column in model["columns"].items():
            meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
            if str(meta.get("unit")).startswith("share") and name not in (release.get("exact_only") or []):
                shares.add(name)
    assert shares - rules.keys() == set()
    assert json.dumps(rules).count("{completeness_floor}") == 1  # numbers of dbt_project.yml are not written twice
    assert not [rule for rule in rules.values() if re.search(r"\d+%|\b20\b", rule["formula"] + rule["denominator"])]
