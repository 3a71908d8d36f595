"""Marts of own school, out of what subjects declare and what their models are (RULES 41, 47)."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.meant import hint
from orchestration.release.declared.declaration import Declaration
from orchestration.release.tables.contracts import Column, ReleaseContract
from orchestration.release.tables.declared import declarations, trials

SCHEMA = "own_school"
PLACE = ("local_authority_code", "seed_code", "sector")
"""Key columns that name a school: every mart of own school has them, and they say whose it is."""


@dataclass(frozen=True)
class OwnMart:
    """One table of ``own_school``: columns in order, the key's first; ``relation`` has the exact rows."""

    mart: str
    relation: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its columns in order."""
        return tuple(column.name for column in self.columns)

    @property
    def condition(self) -> str:
        """Under which a row is read: as a head of that school, whose reading has been noted a moment ago.

        The look-up is a scalar sub-select, so that it runs once per query and not once per row.
        """
        place = " || ' ' || ".join(PLACE)
        return f"({place}) = any((select access.own_schools_open('{self.mart}'))::text[])"

    @property
    def fingerprint(self) -> str:
        """Changes with anything that the table or its policy is made from."""
        made_from = json.dumps([asdict(self), self.condition], sort_keys=True)
        return hashlib.sha256(made_from.encode()).hexdigest()


def declared_columns() -> Mapping[str, tuple[str, ...]]:
    """Columns beside the keys that heads may see exactly, by mart, of all subjects; trials say theirs as well."""
    found: dict[str, tuple[str, ...]] = {}
    for one in _every():
        found |= one.own_school
    return dict(sorted(found.items()))


def _every() -> Iterable[Declaration]:
    return (*declarations()[0].values(), *trials().values())


def own_marts(contracts: Iterable[ReleaseContract]) -> tuple[OwnMart, ...]:
    """Marts of own school whose released tables have one of these contracts, by name."""
    wanted = declared_columns()
    found = []
    for contract in contracts:
        if contract.mart not in wanted:
            continue
        named = {*contract.keys, *wanted[contract.mart]}
        columns = [column for column in contract.columns if column.name in named]
        found.append(
            OwnMart(
                mart=contract.mart,
                relation=contract.relation,
                keys=contract.keys,
                columns=tuple(sorted(columns, key=lambda column: column.name not in contract.keys)),
                description=contract.description,
            )
        )
    return tuple(sorted(found, key=lambda mart: mart.mart))


def own_school_problems(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """What of own school does not fit dbt's models, in words: a column has to be there, and public."""
    models = {str(node.get("alias") or node["name"]): node for node in nodes if node["resource_type"] == "model"}
    problems = []
    for one in _every():
        for mart, columns in one.own_school.items():
            where = f"{one.subject}/release.yml: own_school.{mart}"
            if mart not in models:
                continue  # a subject that is not there yet; the marts of one that is are all asked for elsewhere
            known = models[mart]["columns"]
            if missing := sorted({*PLACE} - {*known}):
                problems.append(f"{where} has no column {', '.join(missing)}, so nobody knows whose school it is")
            for column in columns:
                if column not in known:
                    problems.append(f"{where} names {column}, which the model has not; {hint(column, list(known))}")
                elif _privacy(known[column]) != "public":
                    privacy = _privacy(known[column]) or "of no privacy class"
                    problems.append(f"{where} would show the column {column}, which is {privacy}")
    return problems


def _privacy(column: Mapping[str, Any]) -> str | None:
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return meta.get("privacy")
