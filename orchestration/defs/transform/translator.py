"""How dbt's nodes appear in Dagster: key and group are the layer, so the graph reads like the design."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from orchestration.subjects import subjects_on

LAYERS = ("staged", "canonical", "pseudonymised", "aggregated", "control")


def layer_of(properties: Mapping[str, Any]) -> str:
    """Layer of a dbt node: the schema it is built in, or that its source lies in."""
    return str(properties.get("schema") or properties.get("source_name"))


def _holds_back_all(manifest: Mapping[str, Any], test: Mapping[str, Any]) -> bool:
    """Whether a test looks at something that core rests on, or at nothing; else its subjects alone are held back."""
    subjects = subjects_on(manifest, test.get("depends_on", {}).get("nodes", ()))
    return not subjects or "core" in subjects


class LayerTranslator(DagsterDbtTranslator):
    """Asset key ``[schema, table]``; group = layer; owners and tags from the model's ``meta``."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Key of a node: its schema and its table, as an analyst sees them in the database."""
        name = dbt_resource_props.get("alias") or dbt_resource_props["name"]
        return dg.AssetKey([layer_of(dbt_resource_props), name])

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Asset of one model or seed, in the group of its layer."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        properties = self.get_resource_props(manifest, unique_id)
        return spec.replace_attributes(group_name=layer_of(properties))

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """Check of one dbt test.

        A test with ``meta.gate: release``, or of one subject alone, fails the check but does not block the run: the
        release step reads the same rows and holds back only the authority and the subject that they are about, so that
        one break does not stop the others.
        """
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        properties = self.get_resource_props(manifest, unique_id)
        is_of_authority = properties.get("config", {}).get("meta", {}).get("gate") == "release"
        if spec is not None and (is_of_authority or not _holds_back_all(manifest, properties)):
            return spec._replace(blocking=False)
        return spec
