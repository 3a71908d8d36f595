"""The dbt project as its manifest has it, in the few words that house rules need."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.settings import PROJECT_DIR

Node = dict[str, Any]
PRIVACY_CLASSES = {"direct_identifier", "quasi_identifier", "special_category", "operational", "public"}
LAYERS = ("staged", "canonical", "pseudonymised", "aggregated", "control")


@dataclass(frozen=True)
class Project:
    """Nodes and sources of one manifest, by unique id."""

    nodes: dict[str, Node]
    sources: dict[str, Node]
    exposures: dict[str, Node]

    @classmethod
    def from_manifest(cls, manifest: dict[str, Any]) -> "Project":
        return cls(manifest["nodes"], manifest["sources"], manifest["exposures"])

    @property
    def models(self) -> list[Node]:
        return self._of("model")

    @property
    def seeds(self) -> list[Node]:
        return self._of("seed")

    @property
    def tests(self) -> list[Node]:
        return self._of("test")

    def _of(self, kind: str) -> list[Node]:
        return sorted((node for node in self.nodes.values() if node["resource_type"] == kind), key=name_of)

    def parents(self, node: Node) -> list[Node]:
        """What the node stands on: models, seeds and sources."""
        return [self.nodes.get(key) or self.sources[key] for key in node["depends_on"]["nodes"]]


def name_of(node: Node) -> str:
    return str(node["name"])


def layer_of(node: Node) -> str:
    """Folder below models/, which is the layer; ``seed`` and ``source`` for those."""
    if node["resource_type"] != "model":
        return str(node["resource_type"])
    return str(Path(node["path"]).parts[0])


def is_table(node: Node) -> bool:
    """Whether the model is stored, and so can have keys."""
    return node["config"]["materialized"] not in {"view", "ephemeral"}


def privacy_of(column: Node) -> str | None:
    """Privacy class of a column, from `config.meta` or `meta`."""
    for meta in ((column.get("config") or {}).get("meta"), column.get("meta")):
        if meta and "privacy" in meta:
            return str(meta["privacy"])
    return None


def sql_path(node: Node) -> Path:
    return PROJECT_DIR / "dbt_project" / str(node["original_file_path"])


def yaml_path(node: Node) -> Path | None:
    """File that describes the node, or None if none does."""
    found = node.get("patch_path")
    return PROJECT_DIR / "dbt_project" / str(found).split("://", 1)[1] if found else None
