"""What is released of each exact mart: keys, groups of measures hidden together, columns that stay inside.

Read from dbt's manifest (``config.meta.release`` of the model). What is declared there and what release has rules for
(``shapes``) must be the same: a column, key or mart that is not known is refused by name (RULES 41).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.meant import hint, meant
from orchestration.release.tables.declaration import read_declaration
from orchestration.release.tables.declared import DECLARED, contract_of, declared_nodes, declared_problems
from orchestration.release.tables.shapes import ATTENDANCE, SHAPES, ContractError

PROTECTED_KINDS = (
    "school", "authority", "school_reasons", "authority_reasons", "school_persistent",
    "authority_persistent", "schools",
)  # fmt: skip
MADE_BY_RELEASE = ("month_history", "similar_schools", "clusters", "cluster_attendance")
"""Kinds whose rows release makes out of released rows, after all others."""
WITHOUT_EXACT_ROWS = ("month_history", "clusters", "cluster_attendance")
"""Kinds of which the model gives the columns only: a view without rows, which not every night makes anew."""
OF_ALL_YEARS = ("cluster_attendance",)
"""Kinds whose rows are made anew for every year: they follow the list of clusters, which is of today."""
TIME_KEYS = ("month", "week", "weekday", "opening")
"""Keys that cut a row by time: the same pupils stand behind each part."""


@dataclass(frozen=True)
class Column:
    """Name, PostgreSQL type and description of a column."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True)
class ReleaseContract:
    """Contract of one released table.

    ``groups`` maps a group to the measures that are null together, under the symbol ``<group>_symbol``.
    ``relation`` is where the exact rows stand, such as ``aggregated_exact.attendance_by_school_year``, and
    ``model`` the dbt model that makes them. ``shared`` says which rows about a whole authority heads of its
    schools see where no ``schools_counted`` decides: none, ``("*",)`` for all, or a column and its values.
    """

    mart: str
    kind: str
    keys: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    columns: tuple[Column, ...]
    exact_only: tuple[str, ...]
    description: str
    relation: str
    model: str = ""
    shared: tuple[str, ...] = ()

    @property
    def breakdown(self) -> tuple[str, ...]:
        """Keys that part the pupils of a school or sector, such as stage; none for a total."""
        base = ("local_authority_code", "seed_code", "sector", "academic_year", "reason")
        return tuple(key for key in self.keys if key not in base and key not in TIME_KEYS)

    @property
    def is_protected(self) -> bool:
        """Whether disclosure control applies; the others are copied as they are."""
        return self.kind in PROTECTED_KINDS

    @property
    def is_made_by_release(self) -> bool:
        """Whether the rows follow from other released rows; the model gives the columns, and what does not."""
        return self.kind in MADE_BY_RELEASE

    @property
    def is_by_year(self) -> bool:
        """Whether rows of a year are decided with that year, and stand while nothing in it changes."""
        has_year = any(column.name == "academic_year" for column in self.columns)
        is_decided = self.is_protected or (self.is_made_by_release and self.kind not in OF_ALL_YEARS)
        return has_year and is_decided

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that can be hidden."""
        return tuple(measure for group in self.groups.values() for measure in group)

    @property
    def has_authority(self) -> bool:
        """Whether rows belong to one authority; the others (code lists) are the same for all."""
        return any(column.name == "local_authority_code" for column in self.columns)

    @property
    def released_columns(self) -> tuple[Column, ...]:
        """Columns of ``released.<mart>`` in order, without ``release_id``."""
        kept = [column for column in self.columns if column.name not in self.exact_only]
        symbols = [
            Column(
                f"{group}_symbol",
                "text",
                f"Why {', '.join(measures)} may be null: [c] suppressed, [x] not available, "
                "[z] not applicable, [low] rounds to zero; null where nothing is.",
            )
            for group, measures in self.groups.items()
        ]
        return (*kept, *symbols)

    @property
    def fingerprint(self) -> str:
        """Changes with anything that the released table is made from."""
        return hashlib.sha256(self.as_json().encode()).hexdigest()

    def as_json(self) -> str:
        """Text form, for ``control.release_contracts``."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "ReleaseContract":
        """Out of ``as_json``, parsed."""
        return cls(
            mart=found["mart"],
            kind=found["kind"],
            keys=tuple(found["keys"]),
            groups={group: tuple(measures) for group, measures in found["groups"].items()},
            columns=tuple(Column(**column) for column in found["columns"]),
            exact_only=tuple(found["exact_only"]),
            description=found["description"],
            relation=found["relation"],
            model=found["model"],
            shared=tuple(found.get("shared", ())),
        )


def problems_of(contract: ReleaseContract) -> list[str]:
    """What release does not understand of a contract, in words; empty where a rule stands for all of it."""
    if contract.kind == DECLARED:
        asked = ("kind", "keys", "groups", "exact_only", "shared")
        return declared_problems(contract.mart, {name: getattr(contract, name) for name in asked})
    shape = SHAPES.get(contract.mart)
    if shape is None:
        return [
            "no rule of protection is written for a mart of this name, so nothing of it can be shown: take "
            f"meta.release away, or add its shape, its rule and a test{meant(contract.mart, SHAPES)}"
        ]
    names = {column.name for column in contract.columns}
    problems = []
    if contract.kind != shape.kind:
        problems.append(f"its kind is {shape.kind}, not {contract.kind}")
    problems += _differing("keys", set(contract.keys), set(shape.keys))
    problems += _differing("groups", set(contract.groups), set(shape.groups))
    for group in sorted(contract.groups.keys() & shape.groups.keys()):
        problems += _differing(f"groups.{group}", set(contract.groups[group]), set(shape.groups[group]))
    declared = [*shape.keys, *contract.keys, *contract.measures, *shape.stamps, *contract.exact_only]
    if missing := sorted({*contract.keys, *contract.measures, *contract.exact_only, *shape.stamps} - names):
        problems.append(f"the model has no column {', '.join(missing)}, which the declaration names")
    if twice := sorted({*contract.exact_only} & {*contract.keys, *contract.measures, *shape.stamps}):
        problems.append(f"exact_only names {', '.join(twice)}, which readers see")
    if open_ := sorted(names - {*declared}):
        problems.append(f"{', '.join(open_)} is neither key, measure, stamp nor exact_only: say which in meta.release")
    if missing := sorted({*shape.behind} - {*contract.exact_only}):
        problems.append(f"exact_only lacks {', '.join(missing)}, without which nobody knows who stands behind a row")
    if contract.shared not in ((), shape.shared):
        problems.append(f"shared is not known for this mart; known is {_in_yaml(shape.shared)}")
    if contract.relation != f"{shape.schema}.{contract.mart}":
        problems.append(f"its exact rows stand in {shape.schema}.{contract.mart}, not {contract.relation}")
    return problems


def _in_yaml(shared: tuple[str, ...]) -> str:
    if not shared:
        return "none"
    return "true" if shared == ("*",) else f"{{{shared[0]}: [{', '.join(shared[1:])}]}}"


def _differing(what: str, found: set[str], wanted: set[str]) -> list[str]:
    further, missing = sorted(found - wanted), sorted(wanted - found)
    problems = [
        f"meta.release.{what} names {name}, which no rule knows; {hint(name, sorted(wanted))}" for name in further
    ]
    if missing:
        problems.append(f"meta.release.{what} lacks {', '.join(missing)}")
    return problems


def missing_marts(marts: Iterable[str]) -> list[str]:
    """Marts of attendance that are not there although others are: what is hidden in one follows from the others."""
    found = {*marts}
    return sorted(ATTENDANCE.keys() - found) if ATTENDANCE.keys() & found else []


def _columns(node: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(column["name"], column["data_type"] or "text", " ".join(column["description"].split()))
        for column in node["columns"].values()
    )


def _of_declared(node: Mapping[str, Any]) -> ReleaseContract:
    """The contract of a model whose subject declares it; the declaration has been compared with the model."""
    mart = str(node.get("alias") or node["name"])
    return ReleaseContract(
        mart=mart,
        columns=_columns(node),
        description=" ".join(node["description"].split()),
        relation=f"{node['schema']}.{mart}",
        model=str(node["name"]),
        **(contract_of(mart) or {}),
    )


def _of_node(node: Mapping[str, Any]) -> tuple[ReleaseContract | None, list[str]]:
    """The contract of a model, if it can be read, and what is wrong with it."""
    names = [str(name) for name in node["columns"]]
    found = node["config"]["meta"]["release"]
    declaration, problems = read_declaration(found, names)
    if declaration is None:
        return None, problems
    mart = str(node.get("alias") or node["name"])
    keys = declaration.keys or tuple(node["config"]["meta"].get("grain") or ())
    if not keys:
        problems.append("meta.release has no keys; name the columns of its primary key")
    contract = ReleaseContract(
        mart=mart,
        kind=declaration.kind,
        keys=keys,
        groups=declaration.groups,
        columns=_columns(node),
        exact_only=declaration.exact_only,
        description=" ".join(node["description"].split()),
        relation=f"{node['schema']}.{mart}",
        model=str(node["name"]),
        shared=declaration.shared,
    )
    if (shape := SHAPES.get(mart)) is not None:
        problems += _differing("stamps", {*declaration.stamps}, {*shape.stamps})
    problems += problems_of(contract)
    shown = {*contract.keys, *contract.measures, *declaration.stamps}
    for column in node["columns"].values():
        privacy = _privacy(column)
        if column["name"] in shown and privacy not in (None, "public"):
            problems.append(f"{column['name']} is {privacy} and would be shown; only public columns are")
    return contract, problems


def _privacy(column: Mapping[str, Any]) -> str | None:
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return meta.get("privacy")


def contracts_of(nodes: Iterable[Mapping[str, Any]]) -> tuple[tuple[ReleaseContract, ...], list[str]]:
    """Contracts of all released tables by name, and all that is wrong with them, each with its model and file."""
    nodes = list(nodes)
    declared, problems = declared_nodes(nodes)
    contracts = [_of_declared(node) for node in declared]
    for node in nodes:
        is_model = node["resource_type"] in {"model", "seed", "snapshot"} and node["config"].get("enabled", True)
        if not is_model or (node["config"].get("meta") or {}).get("release") is None:
            continue
        contract, wrong = _of_node(node)
        file = str(node.get("patch_path") or "").rpartition("://")[2]
        name = str(node.get("alias") or node["name"])
        problems += [f"{name}{f' ({file})' if file else ''}: {problem}" for problem in wrong]
        if contract is not None:
            contracts.append(contract)
    names = [contract.mart for contract in contracts]
    problems += [f"{name}: two models declare it" for name in sorted({n for n in names if names.count(n) > 1})]
    if missing := missing_marts(names):
        problems.append(
            f"no model declares {', '.join(missing)}, and the marts of attendance are judged together; "
            "declare it again under meta.release"
        )
    return tuple(sorted(contracts, key=lambda contract: contract.mart)), problems


def load_release_contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    """Contracts of all released tables out of dbt's ``manifest.json``, by name.

    Raises ``ContractError`` naming each mart and key where a ``meta.release`` is not fully understood (RULES 41).
    """
    if not manifest.exists():
        raise ContractError(f"no dbt manifest at {manifest.name}; run `warehouse dbt -- parse` first")
    contracts, problems = contracts_of(json.loads(manifest.read_text())["nodes"].values())
    if problems:
        raise ContractError("release does not understand what is declared:\n  " + "\n  ".join(problems))
    return contracts
