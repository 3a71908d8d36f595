"""Makes the staged models of feeds that have no models of their own: rows in force, with their delivery."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from orchestration.contracts.model import Column, Contract
from orchestration.contracts.raw_tables import LINEAGE

MARK = "Made from the contract by `warehouse contracts`: do not edit."
LONG_TYPES = {"timestamptz": "timestamp with time zone"}
TEMPLATE = """\
{#- <mark> -#}
with <feed> as (
    select * from {{ source('raw', '<feed>') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
)

select
    <columns>
from <feed>
inner join files on <feed>._file_id = files.file_id
"""
OF_DELIVERY = {
    "local_authority_code": ("text", "public", "GSS code of the authority that delivered."),
    "academic_year": ("text", "public", "August to July, written 2025/26: the year that the row speaks of."),
    "extracted_at": ("timestamp with time zone", "operational", "When the extract was made."),
    "next_extracted_at": (
        "timestamp with time zone",
        "operational",
        "When the next extract of the feed, authority and academic year was made; null for the latest.",
    ),
    "extract_date": ("date", "operational", "Day of the extract, from the manifest."),
    "sequence": ("smallint", "operational", "Number of the delivery within its extract date."),
}
"""What a staged row knows of its delivery: type, privacy class and description."""


def staged_models(contracts: Mapping[str, Contract]) -> dict[str, str]:
    """SQL and YAML of the staged models that follow from their contracts, by file name."""
    found = {}
    for contract in contracts.values():
        if contract.is_collected and not contract.has_own_models:
            found[f"stg_seemis__{contract.feed}.sql"] = _sql(contract)
            found[f"stg_seemis__{contract.feed}.yml"] = _yaml(contract)
    return found


def _columns(contract: Contract) -> list[Column]:
    """Columns of the feed beside its own academic year, which every staged row has as text."""
    return [column for column in contract.collected if column.name != "academic_year"]


def _sql(contract: Contract) -> str:
    feed, year = contract.feed, contract.year_column
    of_year = f"{{{{ academic_year_of('{feed}.{year}') }}}} as academic_year" if year else "files.academic_year"
    names = [
        "files.local_authority_code",
        of_year,
        "files.extracted_at",
        "files.next_extracted_at",
        "files.extract_date",
        "files.sequence",
        *(f"{feed}.{column.name}" for column in _columns(contract)),
        *(f"{feed}.{name}" for name in LINEAGE),
    ]
    return TEMPLATE.replace("<mark>", MARK).replace("<feed>", feed).replace("<columns>", ",\n    ".join(names))


class _Indented(yaml.SafeDumper):
    """Indents lists below their key, as the other YAML files here do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Go one level deeper."""
        return super().increase_indent(flow, indentless=False)


def _yaml(contract: Contract) -> str:
    document = {
        "models": [
            {
                "name": f"stg_seemis__{contract.feed}",
                "description": f"Rows of files in force, with their delivery. {contract.grain}",
                "config": {"meta": {"grain": [*contract.key, "_file_id"], "owner": "data-engineering"}},
                "columns": list(_described(contract)),
            }
        ]
    }
    text = yaml.dump(document, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=100)
    return f"# {MARK}\n{text}"


def _described(contract: Contract) -> Iterator[dict[str, Any]]:
    for name, (data_type, privacy, description) in OF_DELIVERY.items():
        yield _column(name, data_type, privacy, description)
    for column in _columns(contract):
        yield _column(column.name, str(column.postgres_type), column.privacy, column.description)
    for name, description in LINEAGE.items():
        yield _column(name, "integer", "operational", description)


def _column(name: str, data_type: str, privacy: str, description: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": description,
        "data_type": LONG_TYPES.get(data_type, data_type),
        "config": {"meta": {"privacy": privacy}},
    }
