"""Contracts: the files obey the standard, say what the warehouse needs, and nothing made from them has drifted."""

import shutil
from pathlib import Path

import pytest
import yaml

from orchestration.contracts import (
    CONTRACTS_DIR,
    ContractError,
    generated_files,
    load_contracts,
    read_contract,
    write_generated,
)
from orchestration.settings import PROJECT_DIR, Settings
from orchestration.yaml_files import read_yaml

SEEDS = PROJECT_DIR / "seeds"


def test_each_feed_has_its_contract() -> None:
    contracts = load_contracts()
    assert {feed for feed, contract in contracts.items() if contract.is_collected} >= {
        "establishments", "calendar", "pupils", "enrolments", "attendance",
    }  # fmt: skip
    assert {feed for feed, contract in contracts.items() if not contract.is_collected} == {"contacts", "pastoral_notes"}


@pytest.mark.parametrize("feed", sorted(load_contracts()))
def test_owners_purpose_source_and_privacy_are_named(feed: str) -> None:
    contract = load_contracts()[feed]
    assert contract.purpose
    assert contract.authoritative_source
    assert {owner.role for owner in contract.owners} == {"business owner", "technical owner"}
    assert all(column.privacy for column in contract.columns)
    assert all(column.privacy == "direct_identifier" for column in contract.columns if not column.is_collected)


def test_codes_refer_to_seeds_that_exist() -> None:
    for contract in load_contracts().values():
        for column in contract.columns:
            if column.codes is not None and column.codes.seed is not None:
                header = (SEEDS / f"{column.codes.seed}.csv").read_text().partition("\n")[0].split(",")
                assert column.codes.seed_column in header


def test_generated_files_are_up_to_date() -> None:
    changed = write_generated(Settings(), check=True)
    assert not changed, f"run `warehouse contracts`, these differ from the contracts: {', '.join(map(str, changed))}"


def test_a_column_is_added_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yml"
    document = read_yaml(CONTRACTS_DIR / "calendar.yml")
    document["schema"][0]["properties"].append(
        {
            "name": "pupils_expected",
            "description": "Pupils expected that half day.",
            "logicalType": "integer",
            "physicalType": "integer",
            "classification": "public",
            "logicalTypeOptions": {"minimum": 0},
        }
    )
    path.write_text(yaml.safe_dump(document))
    files = generated_files({**load_contracts(), "calendar": read_contract(path)}, PROJECT_DIR)
    before = generated_files(load_contracts(), PROJECT_DIR)
    changed = {str(name) for name in files if files[name] != before[name]}
    assert changed == {
        "orchestration/database/ddl/raw.sql",
        "dbt_project/models/staged/_sources.yml",
        "docs/dictionary/calendar.md",
        "docs/deliveries.md",
        "dbt_project/macros/core/feeds/feeds.sql",
    }
    raw = files[Path("orchestration/database/ddl/raw.sql")]
    assert "alter table raw.calendar add column if not exists pupils_expected integer;" in raw


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind_of_thing": 1}, "not a contract of the Open Data Contract Standard"),
        ({"name": "terms"}, "name the file after the feed"),
        ({"team": None}, "team is empty"),
        ({"slaProperties": None}, "slaProperties"),
        ({"description": {"usage": "x"}}, "description.purpose"),
    ],
)
def test_a_contract_that_says_too_little_is_an_error_that_names_file_and_property(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    path = tmp_path / "calendar.yml"
    shutil.copy(CONTRACTS_DIR / "calendar.yml", path)
    path.write_text(yaml.safe_dump({**read_yaml(path), **change}))
    with pytest.raises(ContractError, match=says) as error:
        read_contract(path)
    assert "calendar.yml" in str(error.value)


def test_a_privacy_class_must_be_one_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "calendar.yml"
    path.write_text(
        (CONTRACTS_DIR / "calendar.yml").read_text().replace("classification: operational", "classification: secret")
    )
    with pytest.raises(
        ContractError, match=r"classification \(column updated_at\) is .secret.; known are direct_identifier"
    ):
        read_contract(path)
