"""Makes the part of ``docs/deliveries.md`` that follows from the contracts: layouts of the feeds, and their codes.

The page is written by hand but for what stands between two marks; whoever writes an export job needs no other page.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestration.contracts.dictionary import feed_values
from orchestration.contracts.model import Column, Contract

BEGIN = "<!-- Made from the contracts by `warehouse contracts` up to the next mark: do not edit. -->"
END = "<!-- End of what is made from the contracts. -->"
LONG_LISTS = {"data_zones": "the 6,976 data zones of 2011 in Scotland, such as `S01006506`"}
"""Seeds whose codes are too many for a page, with what stands there instead."""
SHOWN = {
    "attendance_codes": ("attendance_code", "description"),
    "ethnicity_groups": ("ethnicity_code", "ethnicity"),
    "national_identities": ("national_identity_code", "national_identity"),
    "local_authorities": ("local_authority_code", "local_authority_name"),
}
"""Code column and column of the words of the seeds that are shown as a table."""


class MarksMissingError(ValueError):
    """The page has lost the marks between which the layouts stand."""


def with_layouts(page: str, contracts: Mapping[str, Contract], seeds_dir: Path) -> str:
    """The page with its generated part made anew. Raises MarksMissingError where the two marks do not stand in it."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MarksMissingError(f"docs/deliveries.md needs the two marks:\n{BEGIN}\n{END}")
    return before + BEGIN + "\n\n" + "\n".join(_layouts(contracts, seeds_dir)) + "\n\n" + END + after


def _layouts(contracts: Mapping[str, Contract], seeds_dir: Path) -> Iterator[str]:
    collected = [contract for contract in contracts.values() if contract.is_collected]
    refused = [contract.feed for contract in contracts.values() if not contract.is_collected]
    for contract in collected:
        yield from _feed(contract, seeds_dir)
    yield "### Never taken\n"
    yield f"{' and '.join(f'`{feed}`' for feed in refused)}: they have no purpose in analytics. A file"
    yield "is not opened, only reported. Take it out of the export.\n"
    seeds = sorted({seed for contract in collected for seed in _seeds(contract)})
    yield "## Code lists\n"
    for seed in [name for name in seeds if name in SHOWN]:
        yield from _codes(seed, seeds_dir, _excluded(seed, collected))
    yield from _scotxed(seeds_dir)


def _feed(contract: Contract, seeds_dir: Path) -> Iterator[str]:
    yield f"### {contract.feed} ({contract.kind})\n"
    yield f"{' '.join(contract.usage.split())} {contract.grain}\n"
    yield "| column | type | required | values | meaning |"
    yield "|---|---|---|---|---|"
    for column in contract.columns:
        name = f"**`{column.name}`**" if column.name in contract.key else f"`{column.name}`"
        required = "yes" if column.is_required else ""
        meaning = " ".join(column.description.split())
        yield f"| {name} | {column.type} | {required} | {_values(column, seeds_dir)} | {meaning} |"
    yield ""


def _values(column: Column, seeds_dir: Path) -> str:
    codes = column.codes
    if codes is not None and codes.seed is not None:
        if codes.seed in LONG_LISTS:
            return LONG_LISTS[codes.seed]
        if codes.seed not in SHOWN:
            rows = _rows(seeds_dir / f"{codes.seed}.csv")
            return ", ".join(f"`{row[codes.seed_column or '']}`" for row in rows)
    said = feed_values(column).replace("numbers by seed `scotxed_codes`", "or the number of ScotXed")
    said = re.sub(r"(?:local codes by )?seed `(\w+)`", _listed, said)
    return said.replace("`[0-9]{9}`", "9 digits").replace("`[0-9]{7}`", "7 digits")


def _listed(found: re.Match[str]) -> str:
    if found[0].startswith("local"):
        return "or a code of your own: up to 5 letters and digits"
    return f"a code of [the list](#{found[1]})"


def _seeds(contract: Contract) -> Iterator[str]:
    for column in contract.columns:
        if column.codes is not None and column.codes.seed is not None:
            yield column.codes.seed


def _excluded(seed: str, contracts: list[Contract]) -> set[str]:
    return {
        code
        for contract in contracts
        for column in contract.columns
        if column.codes is not None and column.codes.seed == seed
        for code in column.codes.excluded
    }


def _codes(seed: str, seeds_dir: Path, excluded: set[str]) -> Iterator[str]:
    code, words = SHOWN[seed]
    yield f"### {seed}\n"
    yield f"| `{code}` | |"
    yield "|---|---|"
    for row in _rows(seeds_dir / f"{seed}.csv"):
        if row[code] not in excluded:
            yield f"| `{row[code]}` | {row[words]} |"
    yield ""


def _scotxed(seeds_dir: Path) -> Iterator[str]:
    yield "### Numbers of ScotXed that are taken for a code\n"
    yield "| column | number | code |"
    yield "|---|---|---|"
    for row in _rows(seeds_dir / "scotxed_codes.csv"):
        yield f"| `{row['column_name']}` | `{row['scotxed_code']}` | `{row['code']}` |"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
