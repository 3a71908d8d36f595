"""The cluster of a school, and the figures of its schools."""

from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, Table, literal, select, union_all

from dashboards.kit import tables
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures import clusters
from dashboards.subjects.attendance.figures.clusters import Cluster


def of_school(column: str, asked: PageRequest) -> ScalarSelect[Any]:
    """Name of the school's cluster (the first by name, where it has several), or whether it is made up."""
    seed_code, sector = asked.school or ("", "")
    found = tables.clusters
    return (
        select(found.c[column])
        .where(
            found.c.local_authority_code == asked.authority, found.c.seed_code == seed_code, found.c.sector == sector
        )
        .order_by(found.c.cluster_name)
        .limit(1)
        .scalar_subquery()
    )


def with_figures(connection: Connection, cluster: Cluster, asked: PageRequest, sector: str) -> Cluster:
    """The cluster with attendance of its schools of one sector: in all, by stage, and by deprivation."""
    marts = (
        (tables.attendance_by_school_year, clusters.TOTAL, None),
        (tables.attendance_by_school_stage, "stage", "stage"),
        (tables.attendance_by_school_deprivation, "deprivation", "deprivation_group"),
    )
    parts = (_part(mart, kind, column, cluster.name, asked, sector) for mart, kind, column in marts)
    found = connection.execute(union_all(*parts)).all()
    return Cluster(cluster.name, cluster.is_invented, clusters.added((row[0], row[1], row[2], row[3]) for row in found))


def _part(
    mart: Table, kind: str, column: str | None, cluster_name: str, asked: PageRequest, sector: str
) -> Select[Any]:
    member = tables.clusters
    value = mart.c[column] if column else literal(clusters.TOTAL)
    return (
        select(literal(kind).label("kind"), value.label("value"), mart.c.openings_possible, mart.c.openings_attended)
        .join(
            member,
            (member.c.local_authority_code == mart.c.local_authority_code)
            & (member.c.seed_code == mart.c.seed_code)
            & (member.c.sector == mart.c.sector),
        )
        .where(
            member.c.cluster_name == cluster_name,
            mart.c.local_authority_code == asked.authority,
            mart.c.academic_year == asked.academic_year,
            mart.c.sector == sector,
        )
    )
