"""What is released of each exact mart: keys, groups of measures hidden together, columns that stay inside.

Read from dbt's manifest (``config.meta.release`` of the model), so that a mart is described in one place.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestration.errors import WarehouseError

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


class ContractError(WarehouseError):
    """A mart's contract for release cannot be used."""


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


def _of_node(node: Mapping[str, Any]) -> ReleaseContract:
    meta = node["config"]["meta"]["release"]
    columns = node["columns"].values()
    names = {column["name"] for column in columns}
    mart = node.get("alias") or node["name"]
    groups = {group: tuple(measures) for group, measures in (meta.get("groups") or {}).items()}
    keys = tuple(meta.get("keys") or (node["config"]["meta"].get("grain") or ()))
    wanted = {*keys, *(measure for measures in groups.values() for measure in measures)}
    if missing := sorted(wanted - names):
        raise ContractError(
            f"{mart}: meta.release names {', '.join(missing)}, which the model's columns do not have; "
            f"correct {node.get('patch_path') or node['name']}"
        )
    if not keys:
        raise ContractError(f"{mart}: meta.release has no keys; name the columns of its primary key")
    return ReleaseContract(
        mart=mart,
        kind=str(meta["kind"]),
        keys=keys,
        groups=groups,
        columns=tuple(
            Column(column["name"], column["data_type"] or "text", " ".join(column["description"].split()))
            for column in columns
        ),
        exact_only=tuple(name for name in (meta.get("exact_only") or ()) if name in names),
        description=" ".join(node["description"].split()),
        relation=f"{node['schema']}.{mart}",
        model=str(node["name"]),
        shared=_shared(mart, meta.get("shared"), names),
    )


def _shared(mart: str, found: Any, names: set[str]) -> tuple[str, ...]:
    """``shared: true``, or ``shared: {column: [values]}`` with one column."""
    if not found:
        return ()
    if found is True:
        return ("*",)
    if isinstance(found, dict) and len(found) == 1 and set(found) <= names:
        ((column, values),) = found.items()
        return (column, *map(str, values))
    raise ContractError(f"{mart}: meta.release.shared is true, or one column of the model with a list of values")


def load_release_contracts(manifest: Path) -> tuple[ReleaseContract, ...]:
    """Contracts of all released tables out of dbt's ``manifest.json``, by name.

    Raises ``ContractError`` naming the mart where its ``meta.release`` and its columns do not fit.
    """
    if not manifest.exists():
        raise ContractError(f"no dbt manifest at {manifest.name}; run `warehouse dbt -- parse` first")
    nodes = json.loads(manifest.read_text())["nodes"].values()
    contracts = [
        _of_node(node)
        for node in nodes
        if node["resource_type"] in {"model", "seed"}
        and (node["config"].get("meta") or {}).get("release")
        and node["config"].get("enabled", True)
    ]
    return tuple(sorted(contracts, key=lambda contract: contract.mart))
