"""Contracts of the feeds: what each delivers, who answers for it, and what is generated from it."""

from orchestration.contracts.generated import generated_files, write_generated
from orchestration.contracts.loader import CONTRACTS_DIR, ContractError, load_contracts, read_contract
from orchestration.contracts.model import (
    Ceiling,
    Check,
    CodeList,
    Column,
    Condition,
    Contract,
    Owner,
    RejectLimit,
    Rule,
    ServiceLevel,
)
from orchestration.contracts.placeholders import placeholder_numbers

__all__ = [
    "CONTRACTS_DIR",
    "Ceiling",
    "Check",
    "CodeList",
    "Column",
    "Condition",
    "Contract",
    "ContractError",
    "Owner",
    "RejectLimit",
    "Rule",
    "ServiceLevel",
    "generated_files",
    "load_contracts",
    "placeholder_numbers",
    "read_contract",
    "write_generated",
]
