"""Figures of a cluster of schools, added up from rows that are shown: at least three schools, or none.

Nothing new can be had from them: whoever reads them may see each of the rows. Who may not has of the whole cluster
the rate that release makes, rounded and of at least three other schools.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dashboards.kit.components import Column, Table
from dashboards.kit.formats import NO_SCHOOLS, Figure
from dashboards.subjects.core.figures import codes

AT_LEAST = 3
NONE = Figure(None, "[x]", why=NO_SCHOOLS)
TOTAL = "total"


@dataclass(frozen=True)
class ClusterRow:
    """One group of pupils in the cluster: its attendance, and how many schools of it are added up."""

    kind: str
    value: str
    rate: Figure
    schools: int


@dataclass(frozen=True)
class Cluster:
    """The clusters of a school, and what they show together."""

    name: str
    is_invented: bool
    rows: tuple[ClusterRow, ...] = ()
    is_by_release: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether any figure is shown."""
        return any(row.rate.is_shown for row in self.rows)


def added(rows: Iterable[tuple[str, str, int | None, int | None]]) -> tuple[ClusterRow, ...]:
    """Rows of schools (kind, value, possible, attended) added up; fewer than three shown schools are ``[x]``."""
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    for kind, value, possible, attended in rows:
        if possible == 0:  # nobody of the school is in the group
            continue
        known = sums.setdefault((kind, value), (0, 0, 0))
        if possible and attended is not None:
            sums[kind, value] = (known[0] + possible, known[1] + attended, known[2] + 1)
    return tuple(
        ClusterRow(kind, value, Figure(Decimal(attended) / possible) if schools >= AT_LEAST else NONE, schools)
        for (kind, value), (possible, attended, schools) in sums.items()
    )


def whole(cluster: Cluster, rate: Decimal | None, schools: int | None) -> Cluster:
    """The cluster as release makes it, where the reader does not see all the schools that release adds up.

    ``rate`` and ``schools`` are None where the reader may not see release's row: it would tell too much.
    """
    seen = max((row.schools for row in cluster.rows if row.kind == TOTAL), default=0)
    if schools is None or seen >= schools:
        return cluster
    row = ClusterRow(TOTAL, TOTAL, Figure(rate) if rate is not None else NONE, schools)
    return Cluster(cluster.name, cluster.is_invented, (row,), is_by_release=True)


def cluster_table(cluster: Cluster, sector: str) -> Table:
    """The cluster's figures as a table."""
    names = {TOTAL: "All pupils", **codes.DEPRIVATION_GROUPS}
    order = (TOTAL, *codes.STAGES, *codes.DEPRIVATION_GROUPS)
    rows: Sequence[ClusterRow] = sorted(cluster.rows, key=lambda row: codes.placed(row.value, order))
    added_up = "Added up from the figures of its schools that are shown, of at least three schools."
    by_release = (
        "All its schools whose figure is shown, added up and rounded to one decimal, so that no other school's figure "
        "follows from it."
    )
    return Table(
        caption=f"Attendance in the {cluster.name} cluster, {sector} schools",
        columns=(Column("Pupils"), Column("Attendance", numeric=True), Column("Schools added up", numeric=True)),
        rows=[(names.get(row.value, codes.stage_name(row.value)), row.rate, row.schools) for row in rows],
        notes=(by_release if cluster.is_by_release else added_up,),
    )
