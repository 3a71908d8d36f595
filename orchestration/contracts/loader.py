"""Reads the contract files (Open Data Contract Standard, version 3) into ``Contract`` objects.

A file is read once for its form (``keys``), once for whether its parts fit each other (``agreement``), and once by the
library of the standard; each mistake is told with line, key, value and what is allowed.
"""

from collections.abc import Mapping, Sequence
from datetime import time
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import ValidationError

from orchestration.contracts.agreement import disagreements
from orchestration.contracts.document import Document, DocumentError, Problem, read_document, shown
from orchestration.contracts.keys import CONTRACT
from orchestration.contracts.model import (
    Ceiling,
    Check,
    CodeList,
    Column,
    ColumnType,
    Condition,
    Contract,
    Outranks,
    Owner,
    ReadAs,
    RejectLimit,
    Rule,
    ServiceLevel,
)
from orchestration.errors import WarehouseError
from orchestration.settings import PROJECT_DIR

CONTRACTS_DIR = Path(__file__).parent / "seemis"
SEEDS_DIR = PROJECT_DIR / "seeds"
_TYPES: dict[str, ColumnType] = {
    "string": "text",
    "integer": "integer",
    "number": "decimal",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "time",
}


class ContractError(WarehouseError):
    """A contract file cannot be used: the message names file, line, key, what stands there and what is allowed."""


@cache
def load_contracts() -> Mapping[str, Contract]:
    """Load every contract, keyed by feed; refused feeds are among them. Raises ``ContractError`` with all mistakes."""
    contracts, said = [], []
    for path in sorted(CONTRACTS_DIR.iterdir()):
        if path.suffix.lower() not in {".yml", ".yaml"}:
            continue
        try:
            contracts.append(read_contract(path))
        except ContractError as error:
            said.append(str(error))
    if said:
        raise ContractError("\n".join(said))
    return MappingProxyType({contract.feed: contract for contract in contracts})


def read_contract(path: Path, seeds: Path = SEEDS_DIR) -> Contract:
    """Read one contract file, whose codes stand in ``seeds``.

    Raises ``ContractError`` naming the file and each mistake: line, key with its path, its value, what is allowed.
    """
    if path.suffix != ".yml":
        raise ContractError(f"{path.name} is not read: a contract is named <feed>.yml. Rename it.")
    try:
        document = read_document(path)
    except DocumentError as error:
        raise ContractError(f"{path.name} cannot be used: {error}") from None
    if found := mistakes(document, path.stem, seeds):
        head = f"{path.name} is not a contract of the Open Data Contract Standard as the warehouse reads it:"
        raise ContractError("\n  ".join([head, *found]))
    return _contract(document.value)


def mistakes(document: Document, feed: str, seeds: Path = SEEDS_DIR) -> list[str]:
    """A line for each mistake in the document of a feed's contract, in the order of the file."""
    problems = [*document.problems, *CONTRACT.problems(document.value, ())]
    if not problems:
        problems = list(disagreements(document.value, feed, seeds))
    if not problems:
        try:
            OpenDataContractStandard(**document.value)
        except ValidationError as error:  # of what only people read, which has no form here
            says = "is not what the standard asks for"
            problems = [Problem(tuple(one["loc"]), f"{says}: {one['msg']}") for one in error.errors()]
    return [
        f"line {line}: {said}"
        for line, said in sorted((document.line(problem.place), _said(document, problem)) for problem in problems)
    ]


def _said(document: Document, problem: Problem) -> str:
    """Place and words; the column by its name too, since nobody counts entries."""
    place, column = problem.place, ""
    if place[:3:2] == ("schema", "properties") and len(place) > 3:
        found = document.value["schema"][place[1]]["properties"][place[3]]
        name = found.get("name") if isinstance(found, dict) else None
        column = f" (column {name})" if isinstance(name, str) else ""
    return f"{shown(place)}{column} {problem.says}"


def _own(holder: Mapping[str, Any]) -> dict[str, Any]:
    return {entry["property"]: entry["value"] for entry in holder.get("customProperties") or ()}


def _contract(found: Mapping[str, Any]) -> Contract:
    """A contract out of a document whose form is right."""
    own, description, table = _own(found), found["description"], found["schema"][0]
    columns = table.get("properties") or ()
    key = sorted((one for one in columns if one.get("primaryKey")), key=lambda one: int(one["primaryKeyPosition"]))
    return Contract(
        feed=found["name"],
        version=found["version"],
        kind=own["kind"],
        is_collected=own.get("collect", True),
        purpose=_one_line(description["purpose"]),
        usage=_one_line(description["usage"]),
        limitations=description.get("limitations"),
        grain=table["dataGranularityDescription"],
        authoritative_source=own["authoritativeSource"],
        update_rule=own["updateRule"],
        owners=tuple(
            Owner(member["username"], member.get("name", ""), member["role"]) for member in found["team"]["members"]
        ),
        service_level=_service_level(found.get("slaProperties") or ()),
        reject_limit=RejectLimit(**own.get("tooManyRejects", {})),
        ceiling=Ceiling(**own.get("ceiling", {})),
        columns=tuple(_column(column) for column in columns),
        key=tuple(column["name"] for column in key),
        year_column=own.get("yearColumn"),
        order_column=own.get("orderColumn"),
        is_judged=own.get("suddenChangeStops", False),
        further_hops=tuple(own.get("balance", ())),
        has_own_models=own.get("ownModels", False),
        outranks=Outranks(**own["outranks"]) if "outranks" in own else None,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _service_level(found: Sequence[Mapping[str, Any]]) -> ServiceLevel | None:
    levels = {entry["property"]: entry["value"] for entry in found}
    if not levels:
        return None
    return ServiceLevel(
        frequency_days=levels["frequency"],
        latency_days=levels["latency"],
        deadline=time.fromisoformat(levels["timeOfAvailability"]),
        is_required=levels.get("required", False),
    )


def _column(found: Mapping[str, Any]) -> Column:
    own, options = _own(found), found.get("logicalTypeOptions") or {}
    codes, is_collected = _codes(found, own), own.get("collect", True)
    held = [
        (quality.get("severity") == "warning", name, argument)
        for quality in found.get("quality") or ()
        for name, argument in quality["implementation"].items()
    ]
    return Column(
        name=found["name"],
        description=_one_line(found["description"]),
        type="code" if codes else _TYPES[found["logicalType"]],
        postgres_type=found.get("physicalType") if is_collected else None,
        privacy=found["classification"],
        is_required=found.get("required", False),
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
        written_as=own.get("writtenAs"),
        read_as=ReadAs(**own["readAs"]) if "readAs" in own else None,
        rules=tuple(Rule(name, _argument(argument)) for warns, name, argument in held if not warns),
        checks=tuple(Check(name, argument) for warns, name, argument in held if warns),
    )


def _argument(argument: Any) -> Any:
    """What a rule compares with, as it stands in a frozen rule."""
    if isinstance(argument, dict):
        return Condition(**argument)
    return tuple(argument) if isinstance(argument, list) else argument


def _codes(found: Mapping[str, Any], own: Mapping[str, Any]) -> CodeList | None:
    if values := tuple(entry["value"] for entry in found.get("enum") or ()):
        return CodeList(values=values, joined_by=own.get("joinedBy"))
    if "codes" not in own:
        return None
    codes = own["codes"]
    return CodeList(
        seed=codes["seed"],
        seed_column=codes["column"],
        excluded=tuple(codes.get("except", ())),
        local_seed=codes.get("local"),
    )
