"""Extracts of researchers' projects: tables for all of them, each project's rows under its own tokens."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource, ends_when_told, in_words
from orchestration.projects import build_extracts, offer


def _spec(table: str, description: str, *sources: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["projects", table],
        deps=[["vault", "tokens"], *(["pseudonymised", source] for source in sources)],
        group_name="projects",
        description=description,
        kinds={"postgres"},
        owners=["team:information-governance"],
    )


def _specs() -> list[dg.AssetSpec]:
    """One asset for each table; made here, since assets that a module holds by name are taken for its own."""
    return [
        _spec("pupils", "Pupils of each researchers' project; none is like fewer than the bar says.", "pupil_years"),
        *(
            _spec(
                one.table, f"{name.capitalize()} of the pupils of each researchers' project.", "pupil_years", one.source
            )
            for name, one in offer().subjects.items()
        ),
    ]


@dg.multi_asset(specs=_specs(), retry_policy=OUTSIDE_FAILURES, name="project_extracts")
def project_extracts(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Bring every project's extract up to the build; only counts are reported."""
    with ends_when_told(), in_words(context):
        built = build_extracts(warehouse.ready())
    for one in built:
        context.log.info(f"{one.project}: {one.held or f'{one.rows} rows'}{', changed' if one.has_changed else ''}")
    counts = {"projects": len(built), "held back": sum(one.held is not None for one in built)}
    for spec in _specs():
        yield dg.MaterializeResult(asset_key=spec.key, metadata=counts)
