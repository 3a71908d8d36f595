"""Makes the dbt sources: raw tables from the contracts, ledger and vault from the comments of their DDL."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from orchestration.contracts.model import Contract
from orchestration.contracts.raw_tables import LINEAGE

HEAD = (
    "# Made from the contracts and the DDL of ledger and vault by `warehouse contracts`: do not edit.\n"
    "# The only tables that models read and dbt does not make.\n\n"
)
DDL_DIR = Path("orchestration/database/ddl")
LEDGER_FILES, VAULT_FILES = ("ledger.sql", "build.sql", "environment.sql"), ("vault.sql",)
WEEKEND_DAYS = 2
LOADED_AT = "select max(extracted_at) from control.files where feed = '{feed}' and status = 'landed'"
PRIVACY = {
    "seemis_pupil_id": "direct_identifier",
    "pupil_id": "direct_identifier",
    "token": "quasi_identifier",
    "local_authority_code": "public",
    "academic_year": "public",
    "seed_code": "public",
}
LONG_TYPES = {"timestamptz": "timestamp with time zone", "smallint": "smallint"}


class _Indented(yaml.SafeDumper):
    """Indents lists below their key, as the other YAML files here do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Go one level deeper."""
        return super().increase_indent(flow, indentless=False)


def sources_yaml(contracts: Mapping[str, Contract], project_dir: Path) -> str:
    """Content of the dbt source file, with freshness of each feed by its contract."""
    document = {
        "sources": [
            {
                "name": "raw",
                "description": "Accepted rows of the extracts, typed, each with its file and row number.",
                "schema": "raw",
                "config": {"meta": {"owner": "data-engineering"}},
                "tables": [_feed(contract) for contract in contracts.values() if contract.is_collected],
            },
            {
                "name": "control",
                "description": "Ledger of landing and state of the build.",
                "schema": "control",
                "config": {"meta": {"owner": "data-engineering"}},
                "tables": list(_from_ddl(project_dir, "control", LEDGER_FILES)),
            },
            {
                "name": "vault",
                "description": "Who is who, and under which pseudonym.",
                "schema": "vault",
                "config": {"meta": {"owner": "information-governance"}},
                "tables": list(_from_ddl(project_dir, "vault", VAULT_FILES)),
            },
        ]
    }
    return HEAD + yaml.dump(document, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=100)


def _feed(contract: Contract) -> dict[str, Any]:
    level = contract.service_level
    assert level is not None
    business = next(owner.username for owner in contract.owners if owner.role == "business owner")
    columns = [
        _column(column.name, column.description, str(column.postgres_type), column.privacy)
        for column in contract.collected
    ]
    columns += [_column(name, description, "integer", "operational") for name, description in LINEAGE.items()]
    return {
        "name": contract.feed,
        "description": f"{contract.usage} {contract.grain}",
        "config": {
            "freshness": {
                "warn_after": {
                    "count": level.frequency_days + level.latency_days + WEEKEND_DAYS,
                    "period": "day",
                }
            },
            # when the newest file was extracted: rows carry no time of loading of their own
            "loaded_at_query": LOADED_AT.format(feed=contract.feed),
            "meta": {
                "feed": contract.feed,
                "kind": contract.kind,
                "owner": business,
                "frequency_days": level.frequency_days,
                "latency_days": level.latency_days,
                "deadline_time": f"{level.deadline:%H:%M}",
                "contract_version": contract.version,
                "balance": list(contract.hops),
                "own_models": contract.has_own_models,
            },
        },
        "columns": columns,
    }


def _from_ddl(project_dir: Path, schema: str, files: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Tables and views of the DDL that are described column by column."""
    text = "\n".join((project_dir / DDL_DIR / name).read_text(encoding="utf-8") for name in files)
    types = dict(re.findall(r"^    (?:add column if not exists )?(\w+) (\w+)", text, re.MULTILINE))
    types |= dict(re.findall(r"add column if not exists (\w+) (\w+)", text))
    said = r"'((?:[^']|'')*)'"
    for table, description in re.findall(rf"comment on (?:table|view) {schema}\.(\w+) is\s+{said}", text):
        columns = re.findall(rf"comment on column {schema}\.{table}\.(\w+) is\s+{said}", text)
        if not columns:
            continue
        yield {
            "name": table,
            "description": description.replace("''", "'"),
            "columns": [
                _column(name, meaning.replace("''", "'"), types[name], PRIVACY.get(name, "operational"))
                for name, meaning in columns
            ],
        }


def _column(name: str, description: str, data_type: str, privacy: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "data_type": LONG_TYPES.get(data_type, data_type),
        "config": {"meta": {"privacy": privacy}},
    }
