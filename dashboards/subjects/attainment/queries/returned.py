"""What pages of attainment ask of released tables: each a query in the scope of its reader."""

from typing import Any

from sqlalchemy import Connection, Select, Table, and_, or_, select, union

from dashboards.kit import tables, tables_of_attainment
from dashboards.kit.page import PageRequest

SCHOOL = ("local_authority_code", "seed_code", "sector")
MOST_DEPRIVED = "most_deprived_fifth"


def years_of(connection: Connection, authority: str) -> tuple[str, ...]:
    """Academic years of closed returns that the reader may see something of, latest first; none: nothing released."""
    marts = (tables_of_attainment.attainment_by_sector, tables_of_attainment.attainment_by_school)
    each = (select(mart.c.academic_year).where(mart.c.local_authority_code == authority) for mart in marts)
    return tuple(sorted(connection.execute(union(*each)).scalars(), reverse=True))


def _of_authority(mart: Table, asked: PageRequest) -> Select[Any]:
    return select(mart).where(mart.c.local_authority_code == asked.authority)


def _years(mart: Table, asked: PageRequest) -> Any:
    """The year asked for and the one before it, where there is one."""
    return or_(mart.c.academic_year == asked.academic_year, mart.c.academic_year == (asked.previous_year or ""))


def sectors(asked: PageRequest) -> Select[Any]:
    """The authority's primaries (P1, P4 and P7 pooled) and secondaries (S3) in every year."""
    return _of_authority(tables_of_attainment.attainment_by_sector, asked)


def stages(asked: PageRequest) -> Select[Any]:
    """The authority's stages in the year and the one before."""
    mart = tables_of_attainment.attainment_by_sector_stage
    return _of_authority(mart, asked).where(_years(mart, asked))


def areas(asked: PageRequest) -> Select[Any]:
    """The authority's fifths of areas, by sector, in the year and the one before."""
    mart = tables_of_attainment.attainment_by_sector_deprivation
    return _of_authority(mart, asked).where(_years(mart, asked))


def stage_areas(asked: PageRequest) -> Select[Any]:
    """The authority's fifths of areas by stage in the year."""
    mart = tables_of_attainment.attainment_by_sector_stage_deprivation
    return _of_authority(mart, asked).where(mart.c.academic_year == asked.academic_year)


def progress(asked: PageRequest) -> Select[Any]:
    """Pupils of P7 in the year who were in P4 three years before."""
    mart = tables_of_attainment.progress_by_sector
    return _of_authority(mart, asked).where(mart.c.academic_year == asked.academic_year)


def groups(asked: PageRequest) -> Select[Any]:
    """Groups of pupils of the authority, by sector, in the year."""
    mart = tables_of_attainment.attainment_by_sector_group
    return _of_authority(mart, asked).where(mart.c.academic_year == asked.academic_year)


def _named(mart: Table, asked: PageRequest) -> Select[Any]:
    """Rows of schools with name; the name is null for a school that closed."""
    own = tables.schools
    return (
        select(mart, own.c.school_name)
        .outerjoin(own, and_(*(own.c[key] == mart.c[key] for key in SCHOOL)))
        .where(mart.c.local_authority_code == asked.authority)
    )


def schools(asked: PageRequest) -> Select[Any]:
    """Schools that the reader may see, in the year."""
    mart = tables_of_attainment.attainment_by_school
    return _named(mart, asked).where(mart.c.academic_year == asked.academic_year)


def clusters(asked: PageRequest) -> Select[Any]:
    """Names of clusters by school; the first by name stands for a school that has several."""
    found = tables.clusters
    return (
        select(found.c.seed_code, found.c.sector, found.c.cluster_name)
        .where(found.c.local_authority_code == asked.authority)
        .order_by(found.c.cluster_name.desc())
    )


def most_deprived(asked: PageRequest) -> Select[Any]:
    """Pupils of schools in the most deprived fifth at the census of the year, beside all of them."""
    part, whole = tables.roll_by_school_deprivation, tables.roll_by_school
    keys = (*SCHOOL, "academic_year")
    return (
        select(
            part.c.seed_code, part.c.sector, part.c.pupils, part.c.pupils_symbol,
            whole.c.pupils.label("roll"), whole.c.pupils_symbol.label("roll_symbol"),
        )
        .join(whole, and_(*(whole.c[key] == part.c[key] for key in keys)))
        .where(
            part.c.local_authority_code == asked.authority,
            part.c.academic_year == asked.academic_year,
            part.c.deprivation_group == MOST_DEPRIVED,
        )
    )  # fmt: skip


def school(asked: PageRequest) -> Select[Any]:
    """The school of the page in every year, with its name; the oldest first."""
    mart = tables_of_attainment.attainment_by_school
    return _one(_named(mart, asked), mart, asked).order_by(mart.c.academic_year)


def school_stages(asked: PageRequest) -> Select[Any]:
    """Stages of the school of the page in every year."""
    mart = tables_of_attainment.attainment_by_school_stage
    return _one(_of_authority(mart, asked), mart, asked).order_by(mart.c.academic_year, mart.c.stage)


def profile(asked: PageRequest) -> Select[Any]:
    """Name of the school of the page out of the list of schools: there whether or not it has a return."""
    own = tables.schools
    return _one(select(own.c.school_name, own.c.seed_code), own, asked).where(
        own.c.local_authority_code == asked.authority
    )


def _one(query: Select[Any], mart: Table, asked: PageRequest) -> Select[Any]:
    seed_code, sector = asked.school or ("", "")
    return query.where(mart.c.seed_code == seed_code, mart.c.sector == sector)
