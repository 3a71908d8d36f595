"""Extracts of researchers' projects: tables for all of them, each project's rows under its own tokens."""

from collections.abc import Iterator

import dagster as dg

from orchestration.defs.resources import OUTSIDE_FAILURES, WarehouseResource, ends_when_told, in_words
from orchestration.projects import build_extracts, offer


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["projects", table],
            deps=[["vault", "tokens"], ["pseudonymised", "pupil_years"], ["pseudonymised", source]],
            group_name="projects",
            description=description,
            kinds={"postgres"},
            owners=["team:information-governance"],
        )
        for table, source, description in (
            (
                "pupils",
                "pupil_years",
                "Characteristics of pupils by researchers' project, no pupil like fewer than the bar.",
            ),
            *(
                (
                    subject.table,
                    subject.source,
                    f"Rows of {name} by researchers' project, for the pupils of its extract.",
                )
                for name, subject in offer().subjects.items()
            ),
        )
    ],
    retry_policy=OUTSIDE_FAILURES,
    name="project_extracts",
)
def project_extracts(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Bring every project's extract up to the build; only counts are reported."""
    with ends_when_told(), in_words(context):
        built = build_extracts(warehouse.ready())
    for one in built:
        context.log.info(f"{one.project}: {one.held or f'{one.rows} rows'}{', changed' if one.has_changed else ''}")
    counts = {"projects": len(built), "held back": sum(one.held is not None for one in built)}
    for key in context.selected_asset_keys:
        yield dg.MaterializeResult(asset_key=key, metadata=counts)
