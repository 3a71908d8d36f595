"""What the page of one school says of the school and its cluster, and why something is not shown."""

from typing import Any

from sqlalchemy import Row

from dashboards.kit import formats
from dashboards.kit.formats import figure
from dashboards.kit.labels import labels
from dashboards.kit.page import PageRequest
from dashboards.subjects.attendance.figures import clusters

TOO_SMALL = (
    "This school is too small to show groups of its pupils: one to four pupils would stand behind a figure, or could "
    "be worked out from it. What is shown is the school as a whole."
)
PARTLY = (
    "In most groups of this school one to four pupils would stand behind the figure, or could be worked out from it; "
    "these are not shown."
)
ALONE = (
    "You do not see the figures of each school of the cluster, so it is shown as a whole. Who reads the whole cluster "
    "or the authority sees groups of its pupils as well."
)
FEW = "Fewer than three schools of the cluster have a figure that is shown, so it has none."
FEW_OTHERS = (
    "Fewer than three other schools of this sector in the cluster have a figure that is shown. A figure of the cluster "
    "would tell of one or two of them, so there is none."
)
COUNTED = (
    "Pupils by stage and area: those whose base school this is, with 20 or more possible half days in the year so far."
)


def facts(row: Row[Any], cluster: clusters.Cluster | None) -> tuple[tuple[str, str], ...]:
    """What the school is, as pairs of a name and a value."""
    mediums = labels("mediums")
    found = [
        ("Sector", formats.SECTORS[row.sector]),
        ("Pupils on roll", figure(row, "roll", "roll", "count").text if row.roll_year == row.academic_year else ""),
        ("Built for", formats.plural(row.capacity, "pupil") if row.capacity else ""),
        ("Denomination", row.denomination or ""),
        ("Teaches in", mediums.get(row.medium_of_education or "", "")),
        ("Open", f"{row.half_day_openings_per_week} half days a week" if row.half_day_openings_per_week else ""),
        ("Unit for additional support needs", "Yes" if row.integrated_special_unit else ""),
        ("Cluster", cluster.name if cluster else ""),
        ("Closed on", formats.date(row.closed_on) if row.closed_on else ""),
        ("SEED code", row.seed_code),
    ]
    return tuple((name, value) for name, value in found if value)


def cluster_reason(cluster: clusters.Cluster, asked: PageRequest) -> str:
    """Why the cluster is shown as a whole only, or not at all; empty where nothing is left out."""
    if cluster.is_shown or not cluster.rows:
        return ALONE if cluster.is_by_release else ""
    return FEW if asked.reader.is_officer else FEW_OTHERS
