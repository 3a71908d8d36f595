"""Reads the contract files (Open Data Contract Standard, version 3) into ``Contract`` objects.

The library checks that a file obeys the standard; this module checks that it says what the warehouse needs, and
names file and property when it does not.
"""

from collections.abc import Mapping, Sequence
from datetime import time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args

import yaml
from open_data_contract_standard.model import (
    CustomProperty,
    OpenDataContractStandard,
    SchemaProperty,
    Team,
)
from pydantic import ValidationError

from orchestration.contracts.model import (
    Ceiling,
    Check,
    CheckName,
    CodeList,
    Column,
    ColumnType,
    Contract,
    Kind,
    Owner,
    Privacy,
    RejectLimit,
    Rule,
    RuleName,
    ServiceLevel,
)
from orchestration.errors import WarehouseError

T = TypeVar("T")
CONTRACTS_DIR = Path(__file__).parent / "seemis"
_TYPES: dict[str, ColumnType] = {
    "string": "text",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "time",
}


class ContractError(WarehouseError):
    """A contract file cannot be used: the message names the file, the property and what is expected."""


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Load every contract, keyed by feed; refused feeds are among them. Raises ``ContractError``."""
    contracts = (read_contract(path) for path in sorted(CONTRACTS_DIR.glob("*.yml")))
    return MappingProxyType({contract.feed: contract for contract in contracts})


def read_contract(path: Path) -> Contract:
    """Read one contract file. Raises ``ContractError`` naming the file and the property."""
    try:
        document = OpenDataContractStandard.from_file(str(path))
    except (ValidationError, yaml.YAMLError, TypeError) as error:
        raise ContractError(f"{path.name} is not a contract of the Open Data Contract Standard: {error}") from error
    try:
        contract = _contract(document)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise ContractError(f"{path.name} cannot be used: {error}. See the other contracts for the form.") from error
    if contract.feed != path.stem:
        raise ContractError(f"{path.name} describes the feed {contract.feed}; name the file after the feed.")
    return contract


def _properties(properties: Sequence[CustomProperty] | None) -> dict[str, Any]:
    return {str(entry.property): entry.value for entry in properties or ()}


def _contract(document: OpenDataContractStandard) -> Contract:
    own = _properties(document.customProperties)
    schema = _required(document.schema_, "schema")[0]
    columns = tuple(_column(entry) for entry in schema.properties or ())
    key = sorted(
        (entry for entry in schema.properties or () if entry.primaryKey),
        key=lambda entry: entry.primaryKeyPosition or 0,
    )
    description = _required(document.description, "description")
    limits = own.get("tooManyRejects") or {}
    contract = Contract(
        feed=_required(document.name, "name"),
        version=_required(document.version, "version"),
        kind=cast(Kind, _one_of(own["kind"], get_args(Kind), "kind")),
        is_collected=bool(own.get("collect", True)),
        purpose=" ".join(_required(description.purpose, "description.purpose").split()),
        usage=" ".join(_required(description.usage, "description.usage").split()),
        limitations=description.limitations,
        grain=_required(schema.dataGranularityDescription, "dataGranularityDescription"),
        authoritative_source=own["authoritativeSource"],
        update_rule=own["updateRule"],
        owners=_owners(document),
        service_level=_service_level(document),
        reject_limit=RejectLimit(**limits),
        ceiling=Ceiling(**(own.get("ceiling") or {})),
        columns=columns,
        key=tuple(str(entry.name) for entry in key),
        year_column=own.get("yearColumn"),
        order_column=own.get("orderColumn"),
        is_judged=bool(own.get("suddenChangeStops", False)),
        further_hops=tuple(str(hop) for hop in own.get("balance") or ()),
    )
    for name in (*contract.key, contract.year_column, contract.order_column):
        if name is not None and not contract.column(name).is_required:
            raise ValueError(f"column {name} is part of the key or the order and must be required")
    if contract.is_collected and (not contract.key or contract.service_level is None):
        raise ValueError("a collected feed needs a key and slaProperties")
    return contract


def _owners(document: OpenDataContractStandard) -> tuple[Owner, ...]:
    team = document.team
    members = team.members if isinstance(team, Team) else team
    owners = tuple(
        Owner(_required(member.username, "username"), member.name or "", _required(member.role, "role"))
        for member in members or ()
    )
    for role in ("business owner", "technical owner"):
        if all(owner.role != role for owner in owners):
            raise ValueError(f"team has no {role}")
    return owners


def _service_level(document: OpenDataContractStandard) -> ServiceLevel | None:
    if not document.slaProperties:
        return None
    levels = {entry.property: entry.value for entry in document.slaProperties}
    return ServiceLevel(
        frequency_days=int(levels["frequency"] or 1),
        latency_days=int(levels["latency"] or 0),
        deadline=time.fromisoformat(str(levels["timeOfAvailability"])),
    )


def _column(entry: SchemaProperty) -> Column:
    name = _required(entry.name, "name of a column")
    own = _properties(entry.customProperties)
    options = entry.logicalTypeOptions or {}
    codes = _codes(entry, own)
    is_collected = bool(own.get("collect", True))
    physical = _required(entry.physicalType, f"physicalType of {name}") if is_collected else None
    found = [
        (quality.severity, rule, argument)
        for quality in entry.quality or ()
        if isinstance(quality.implementation, dict)
        for rule, argument in quality.implementation.items()
    ]
    return Column(
        name=name,
        description=" ".join(_required(entry.description, f"description of {name}").split()),
        type="code" if codes else _TYPES[_required(entry.logicalType, f"logicalType of {name}")],
        postgres_type=physical,
        privacy=cast(Privacy, _one_of(entry.classification, get_args(Privacy), f"classification of {name}")),
        is_required=bool(entry.required),
        is_collected=is_collected,
        pattern=options.get("pattern"),
        max_length=options.get("maxLength"),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        codes=codes,
        decoded_by=own.get("decode"),
        default=own.get("default"),
        placeholders=own.get("placeholders"),
        formerly=own.get("formerly"),
        rules=tuple(
            Rule(
                cast(RuleName, _one_of(rule, get_args(RuleName), f"rule of {name}")),
                tuple(argument) if isinstance(argument, list) else argument,
            )
            for severity, rule, argument in found
            if severity != "warning"
        ),
        checks=tuple(
            Check(cast(CheckName, _one_of(rule, get_args(CheckName), f"check of {name}")), argument)
            for severity, rule, argument in found
            if severity == "warning"
        ),
    )


def _codes(entry: SchemaProperty, own: Mapping[str, Any]) -> CodeList | None:
    if entry.enum:
        values = tuple(value.value for value in entry.enum)
        if any(not isinstance(value, str) for value in values):
            raise ValueError(f"codes of {entry.name} must be text: put them in quotation marks")
        return CodeList(values=tuple(map(str, values)), joined_by=own.get("joinedBy"))
    if "codes" not in own:
        return None
    codes = own["codes"]
    return CodeList(
        seed=codes["seed"],
        seed_column=codes["column"],
        excluded=tuple(codes.get("except", ())),
        local_seed=codes.get("local"),
    )


def _one_of(value: Any, allowed: tuple[Any, ...], what: str) -> Any:
    if value not in allowed:
        raise ValueError(f"{what} is {value!r}, expected one of {', '.join(map(str, allowed))}")
    return value


def _required(value: T | None, what: str) -> T:
    if value is None:
        raise ValueError(f"{what} is missing")
    return value
