"""What stretch aims are set against: released returns and leavers of the authority, and what is published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, Table, select, union

from dashboards.kit import tables, tables_of_attainment
from dashboards.kit.formats import figure
from dashboards.kit.page import PageRequest
from dashboards.subjects.core.figures.attained import NOBODY, Attained, attained
from dashboards.subjects.core.figures.seasons import morning_of
from dashboards.subjects.core.queries import published
from dashboards.subjects.core.queries.published import GroupAim, Series
from dashboards.subjects.core.queries.rows import latest

FIFTHS = {"q1": "1", "q5": "5"}
Rows = Mapping[tuple[str, str], Row[Any]]


@dataclass(frozen=True)
class AimRows:
    """Aims of a round that runs, and released rows by (year, group): ``all``, ``q1``, ``q5``.

    ``levels`` are of primaries (P1, P4 and P7 together), ``leavers`` of leavers and their awards; ``own`` is the
    published series of the authority.
    """

    aims: Sequence[GroupAim] = ()
    levels: Rows = field(default_factory=dict)
    leavers: Rows = field(default_factory=dict)
    own: Series = field(default_factory=dict)

    @property
    def level_years(self) -> tuple[str, ...]:
        """Years of returns, the oldest first."""
        return tuple(sorted({year for year, _ in self.levels}))

    @property
    def leaver_years(self) -> tuple[str, ...]:
        """Years of leavers, the oldest first."""
        return tuple(sorted({year for year, _ in self.leavers}))

    def level(self, year: str, group: str, organiser: str) -> Attained:
        """Who achieved the expected level in an organiser."""
        return attained(self.levels.get((year, group)), organiser)

    def awards(self, year: str, group: str, measure: str) -> Attained:
        """Leavers who reached a measure such as ``all_scqf_1_at_5``."""
        row = self.leavers.get((year, group))
        if row is None:
            return NOBODY
        return Attained(
            figure(row, "cohort", "cohort", "count"), figure(row, measure, measure, "count"),
            figure(row, f"{measure}_share", measure),
        )  # fmt: skip


def aim_rows(connection: Connection, asked: PageRequest) -> AimRows:
    """Everything that aims are looked at with; no rows where no round runs on the day of the page."""
    aims = published.group_aims_of(connection, asked.authority, morning_of(asked), asked.is_live)
    if not aims:
        return AimRows()
    return AimRows(
        aims,
        _by_group(
            connection,
            asked,
            tables_of_attainment.attainment_by_sector,
            tables_of_attainment.attainment_by_sector_deprivation,
            "primary",
        ),
        _by_group(
            connection,
            asked,
            tables_of_attainment.leaver_attainment_by_authority,
            tables_of_attainment.leaver_attainment_by_authority_deprivation,
        ),
        published.levels_of(connection, asked.authority),
    )


def _by_group(connection: Connection, asked: PageRequest, whole: Table, areas: Table, sector: str = "") -> Rows:
    found = {
        (row.academic_year, "all"): row
        for row in latest(connection, whole, asked)
        if not sector or row.sector == sector
    }
    for row in latest(connection, areas, asked):
        for group, fifth in FIFTHS.items():
            if row.simd_quintile == fifth and (not sector or row.sector == sector):
                found[row.academic_year, group] = row
    return found


def schools_in(connection: Connection, asked: PageRequest, year: str) -> Sequence[Row[Any]]:
    """Primaries in the return of a year that the reader may see, with names, by name."""
    mart, own = tables_of_attainment.attainment_by_school, tables.schools
    keys = ("local_authority_code", "seed_code", "sector")
    joined = own.c.local_authority_code == mart.c.local_authority_code
    for key in keys[1:]:
        joined &= own.c[key] == mart.c[key]
    query = (
        select(mart, own.c.school_name)
        .outerjoin(own, joined)
        .where(mart.c.local_authority_code == asked.authority, mart.c.academic_year == year, mart.c.sector == "primary")
        .order_by(own.c.school_name, mart.c.seed_code)
    )
    return connection.execute(query).all()


def years_of_attendance(connection: Connection, authority: str) -> tuple[str, ...]:
    """Academic years of attendance that the reader may see something of, the newest first."""
    marts = (tables.attendance_by_authority_year, tables.attendance_by_school_year)
    each = (select(mart.c.academic_year).where(mart.c.local_authority_code == authority) for mart in marts)
    return tuple(sorted(connection.execute(union(*each)).scalars(), reverse=True))
