"""What an edit of the project makes anew: the model with its descendants, and nothing else."""

import copy
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from orchestration.model_rules import changed_rules, rules_of, with_descendants
from orchestration.settings import Settings
from orchestration.transform import ensure_manifest
from tests.support.homes import MadeOnce, take_parsed_project

PACKAGE = "school_data_warehouse"
Manifest = dict[str, Any]


def model(name: str) -> str:
    return f"model.{PACKAGE}.{name}"


@pytest.fixture(scope="module")
def manifest(settings: Settings, made_once: MadeOnce) -> Manifest:
    take_parsed_project(settings, made_once)
    found: Manifest = json.loads(ensure_manifest(settings).read_text())
    return found


@pytest.fixture
def changed(settings: Settings, manifest: Manifest) -> Callable[[Callable[[Manifest], None]], set[str]]:
    """Call it with an edit for the models and seeds whose rule is another one then."""
    before = rules_of(settings, manifest)

    def after(edit: Callable[[Manifest], None]) -> set[str]:
        edited = copy.deepcopy(manifest)
        edit(edited)
        return {name.split(".")[-1] for name in changed_rules(before, rules_of(settings, edited))}

    return after


def test_a_comment_in_a_model_is_of_that_model_alone(changed: Callable[..., set[str]], manifest: Manifest) -> None:
    def edit(edited: Manifest) -> None:
        edited["nodes"][model("attendance_by_school_sex")]["raw_code"] += "\n-- a comment"

    assert changed(edit) == {"attendance_by_school_sex"}
    anew = {name.split(".")[-1] for name in with_descendants(manifest, [model("attendance_by_school_sex")])}
    assert "control_reconciliation" in anew
    assert not [
        name for name in anew if name.startswith(("canonical_", "pseudonymised_", "attendance_by_school_stage"))
    ]


def test_words_make_nothing_anew(changed: Callable[..., set[str]]) -> None:
    def edit(edited: Manifest) -> None:
        node = edited["nodes"][model("canonical_pupils")]
        node["description"] = "Other words. One row per pupil."
        node["config"]["meta"]["owner"] = "somebody else"
        next(iter(node["columns"].values()))["description"] = "Other words."

    assert changed(edit) == set()


def test_a_macro_is_of_the_models_that_call_it_directly_or_not(changed: Callable[..., set[str]]) -> None:
    def edit(edited: Manifest) -> None:
        edited["macros"][f"macro.{PACKAGE}.absence_band"]["macro_sql"] += "{# another rule #}"

    found = changed(edit)
    assert "persistent_absence_pupils" in found
    assert "attendance_by_school_week" not in found


@pytest.mark.parametrize("macro", ["get_incremental_replace_scope_sql", "postgres__create_table_as", "mark_built"])
def test_what_dbt_calls_by_name_is_of_all_models(macro: str, changed: Callable[..., set[str]]) -> None:
    def edit(edited: Manifest) -> None:
        edited["macros"][f"macro.{PACKAGE}.{macro}"]["macro_sql"] += "{# another way #}"

    assert {"canonical_pupils", "attendance_by_school_week", "control_reconciliation"} <= changed(edit)


def test_a_seed_is_followed_unless_it_is_followed_by_itself(changed: Callable[..., set[str]]) -> None:
    def edit(edited: Manifest) -> None:
        for name in ("attendance_codes", "local_attendance_codes"):
            edited["nodes"][f"seed.{PACKAGE}.{name}"]["checksum"]["checksum"] = "another"

    assert changed(edit) == {"attendance_codes"}


def test_a_key_or_a_type_of_the_contract_is_part_of_the_rule(changed: Callable[..., set[str]]) -> None:
    def edit(edited: Manifest) -> None:
        edited["nodes"][model("canonical_pupils")]["constraints"] = []
        columns = edited["nodes"][model("canonical_establishments")]["columns"]
        next(iter(columns.values()))["data_type"] = "bigint"

    assert changed(edit) == {"canonical_pupils", "canonical_establishments"}


def test_a_threshold_is_of_the_models_that_read_it(
    settings: Settings, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rules_of(settings, manifest)
    from orchestration import model_rules

    thresholds = model_rules._thresholds(settings)
    monkeypatch.setattr(model_rules, "_thresholds", lambda _: {**thresholds, "similar_schools_at_most": 6})
    found = {name.split(".")[-1] for name in changed_rules(before, rules_of(settings, manifest))}
    assert found
    assert all(re.search("similar|nearest", name) for name in found), found
