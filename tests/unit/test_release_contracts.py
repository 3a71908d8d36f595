"""What is declared for readers is understood, or refused with mart, key and what is allowed (RULES 41)."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestration.release.door.gate import not_understood
from orchestration.release.protection.memory import Memory
from orchestration.release.protection.protect import protect
from orchestration.release.tables.contracts import (
    ContractError,
    ReleaseContract,
    contracts_of,
    load_release_contracts,
    problems_of,
)
from orchestration.release.tables.rows import MartRows
from orchestration.release.tables.shapes import SCHOOL
from tests.support.release_exact import fake_manifest
from tests.support.release_runs import Releases, WorldPupils
from tests.support.release_world import MONTHS, World, random_world

SEX = "attendance_by_school_sex"
Release = dict[str, Any]


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> str:
    return fake_manifest(tmp_path_factory.mktemp("contracts") / "manifest.json").read_text()


@pytest.fixture(scope="module")
def contracts(declared: str) -> dict[str, ReleaseContract]:
    return {contract.mart: contract for contract in contracts_of(json.loads(declared)["nodes"].values())[0]}


def _renamed(release: Release, before: str, now: str) -> None:
    release[now] = release.pop(before)


def _bare_inside(release: Release) -> None:
    release["exact_only"].remove("behind_pupils")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r.update(kind="scool"), r"kind 'scool' is not known; known are .*did you mean school\?"),
        (lambda r: r.pop("kind"), "has no kind; known are school"),
        (lambda r: _renamed(r, "exact_only", "exact_onli"), r"meta\.release\.exact_onli .*did you mean exact_only\?"),
        (lambda r: _renamed(r, "groups", "grous"), r"meta\.release\.grous is not read .*did you mean groups\?"),
        (lambda r: r.update(breakdown="sex"), r"meta\.release\.breakdown is not read by anything"),
        (_bare_inside, "behind_pupils is neither key, measure, stamp nor exact_only"),
        (_bare_inside, "exact_only lacks behind_pupils"),
        (lambda r: r["stamps"].append("behind_pupils"), r"meta\.release\.stamps names behind_pupils"),
        (lambda r: r["groups"]["late"].append("openings_not_recorded"), r"groups\.late names openings_not_recorded"),
        (lambda r: r["keys"].remove("sex"), r"meta\.release\.keys lacks sex"),
        (lambda r: r["groups"].update(cases=["pupils"]), r"meta\.release\.groups names cases, which no rule knows"),
        (lambda r: r["groups"]["late"].append("late_pupils"), "no column late_pupils"),
        (lambda r: r.update(shared=True), "shared is not known for this mart; known is none"),
        (lambda r: r.update(keys="sex"), r"meta\.release\.keys is .sex.; it has to be a list of columns"),
    ],
)
def test_a_declaration_that_is_not_understood_is_named(
    tmp_path: Path, declared: str, change: Callable[[Release], None], words: str
) -> None:
    path, manifest = tmp_path / "manifest.json", json.loads(declared)
    change(manifest["nodes"][f"model.{SEX}"]["config"]["meta"]["release"])
    path.write_text(json.dumps(manifest))
    with pytest.raises(ContractError, match=words) as caught:
        load_release_contracts(path)
    assert all(SEX in line for line in str(caught.value).splitlines()[1:])


def test_a_mart_of_another_subject_is_not_known(tmp_path: Path, declared: str) -> None:
    path, manifest = tmp_path / "manifest.json", json.loads(declared)
    node = manifest["nodes"][f"model.{SEX}"]
    for kind in ("school", "reference"):
        node["config"]["meta"]["release"]["kind"] = kind
        manifest["nodes"]["model.exclusions"] = {**node, "name": "exclusions", "alias": "exclusions_by_school"}
        path.write_text(json.dumps(manifest))
        with pytest.raises(ContractError, match=r"exclusions_by_school.*no rule of protection is written"):
            load_release_contracts(path)


def test_a_column_that_is_not_public_is_not_shown(tmp_path: Path, declared: str) -> None:
    path, manifest = tmp_path / "manifest.json", json.loads(declared)
    manifest["nodes"][f"model.{SEX}"]["columns"]["sex"]["config"] = {"meta": {"privacy": "special_category"}}
    path.write_text(json.dumps(manifest))
    with pytest.raises(ContractError, match=f"{SEX}.*sex is special_category and would be shown"):
        load_release_contracts(path)


def test_release_asks_again_what_the_tables_were_made_from(contracts: dict[str, ReleaseContract]) -> None:
    assert not_understood(list(contracts.values())) == []
    wrong = [replace(found, kind="school") for found in contracts.values() if found.mart == "absence_reasons_by_school"]
    others = [found for found in contracts.values() if found.mart not in ("absence_reasons_by_school", SEX)]
    said = [refusal.message for refusal in not_understood([*others, *wrong])]
    assert any("absence_reasons_by_school: its kind is school_reasons, not school" in message for message in said)
    assert any(message.startswith(f"release does not understand {SEX}: it has no contract") for message in said)


def test_every_known_contract_is_understood(contracts: dict[str, ReleaseContract]) -> None:
    assert {mart: problems_of(contract) for mart, contract in contracts.items() if problems_of(contract)} == {}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "scool"}, "kind scool is not known"),
        ({"keys": (*SCHOOL, "sex", "stage")}, "no rule protects rows by sex, stage"),
        ({"keys": (*SCHOOL, "ethnicity")}, "no rule protects rows by ethnicity"),
        ({"kind": "authority", "keys": (*SCHOOL, "stage")}, "no rule protects rows by stage"),
    ],
)
def test_protection_has_no_rule_for_other_rows(
    contracts: dict[str, ReleaseContract], change: dict[str, Any], words: str
) -> None:
    other = replace(contracts[SEX], **change)
    columns = {column.name: [] for column in other.columns}
    with pytest.raises(ContractError, match=words):
        protect({SEX: MartRows(other, columns)}, {}, Memory(), WorldPupils(World(())), None, None)


def test_who_stands_behind_a_row_has_to_be_known(contracts: dict[str, ReleaseContract]) -> None:
    found = contracts["attendance_by_school_year"]
    bare = replace(found, columns=tuple(c for c in found.columns if c.name != "behind_pupils"))
    with pytest.raises(ContractError, match="has no column behind_pupils"):
        Releases([bare]).release(random_world({("5000000", "primary"): 9}, months=MONTHS[:1]))
