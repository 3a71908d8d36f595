"""The condition of a table's policy follows from its contract; what the contract does not say is not seen."""

import json
from pathlib import Path

import pytest

from orchestration.release.tables.contracts import (
    Column,
    ContractError,
    ReleaseContract,
    load_release_contracts,
)
from orchestration.release.tables.policies import AUTHORITY, COUNCIL, READER, SCHOOL, SEED_CODE, read_policy


def contract(*columns: str, shared: tuple[str, ...] = ()) -> ReleaseContract:
    return ReleaseContract(
        mart="probe",
        kind="reference",
        keys=columns[:1],
        groups={},
        columns=tuple(Column(name, "text", "") for name in columns),
        exact_only=("inside",),
        description="",
        relation="",
        shared=shared,
    )


def test_code_lists_are_for_every_reader() -> None:
    assert read_policy(contract("code", "sector")) == READER


def test_schools_are_for_their_authority_and_themselves() -> None:
    both = read_policy(contract("local_authority_code", "seed_code", "sector"))
    assert both == f"{AUTHORITY} or ({COUNCIL} and {SEED_CODE} and {SCHOOL})"
    assert read_policy(contract("local_authority_code", "seed_code")) == f"{AUTHORITY} or ({COUNCIL} and {SEED_CODE})"


def test_a_council_without_a_count_of_schools_is_for_its_own_readers_alone() -> None:
    assert read_policy(contract("local_authority_code", "subject")) == AUTHORITY
    assert read_policy(contract("local_authority_code", shared=("*",))) == f"{AUTHORITY} or {COUNCIL}"
    some = read_policy(contract("local_authority_code", "subject", shared=("subject", "it's", "b")))
    assert some == f"{AUTHORITY} or ({COUNCIL} and \"subject\" in ('it''s', 'b'))"


def test_a_count_that_is_not_released_does_not_open_a_table() -> None:
    inside = contract("local_authority_code", "sector", "schools_counted")
    hidden = ReleaseContract(**{**inside.__dict__, "exact_only": ("schools_counted",)})
    assert "schools_counted" in read_policy(inside)
    assert read_policy(hidden) == AUTHORITY


@pytest.mark.parametrize("shared", ["subject", {"nowhere": ["a"]}, {"mart": ["a"], "subject": ["b"]}])
def test_what_shared_says_is_checked(tmp_path: Path, shared: object) -> None:
    manifest = tmp_path / "manifest.json"
    release = {"kind": "reference", "keys": ["mart"], "shared": shared}
    node = {
        "resource_type": "model", "name": "probe", "alias": "probe", "schema": "aggregated_exact",
        "description": "", "config": {"meta": {"release": release}},
        "columns": {name: {"name": name, "data_type": "text", "description": ""} for name in ("mart", "subject")},
    }  # fmt: skip
    manifest.write_text(json.dumps({"nodes": {"model.probe": node}}))
    with pytest.raises(ContractError, match="shared"):
        load_release_contracts(manifest)


def test_contracts_on_record_may_be_older_than_shared() -> None:
    found = json.loads(contract("local_authority_code", shared=("*",)).as_json())
    assert ReleaseContract.from_json(found).shared == ("*",)
    del found["shared"]
    assert ReleaseContract.from_json(found).shared == ()
