"""What a release proves of the rows that it makes itself, in its own transaction (RULES 26)."""

import psycopg
from psycopg import sql

from orchestration.release.tables.checks import CheckError, nulls_have_symbols, same_keys
from orchestration.release.tables.contracts import ReleaseContract
from orchestration.release.thresholds import OTHERS_AT_LEAST

# the latest month of each year has what is released now, cell by cell
HISTORY = """
with latest as (
    select history.*, max(history.month) over (partition by history.academic_year) as latest_month
    from released.{history} as history where history.local_authority_code = %(authority)s
),
now_released as (
    select academic_year, seed_code, sector, 'school' as breakdown, 'all' as value, {measures}
    from released.persistent_absence_by_school where local_authority_code = %(authority)s
    union all
    select academic_year, '', case when breakdown = 'sector' then value else 'all' end, breakdown, value, {measures}
    from released.persistent_absence_by_authority where local_authority_code = %(authority)s
)
select count(*) from (
    select academic_year, seed_code, sector, breakdown, value, {measures} from latest where month = latest_month
    except
    select academic_year, seed_code, sector, breakdown, value, {measures} from now_released
) as differing
"""
SIMILAR = """
with rates as (
    select similar_schools.seed_code, similar_schools.sector, similar_schools.academic_year,
        count(years.attendance_rate) as shown,
        min(years.attendance_rate) as least, max(years.attendance_rate) as most
    from released.{similar} as similar_schools
    left join released.attendance_by_school_year as years
        on years.local_authority_code = similar_schools.local_authority_code
            and years.academic_year = similar_schools.academic_year
            and years.seed_code || ' ' || years.sector = any(similar_schools.similar_to)
    where similar_schools.local_authority_code = %(authority)s
    group by 1, 2, 3
)
select count(*)
from released.{similar} as similar_schools
inner join rates using (seed_code, sector, academic_year)
where similar_schools.local_authority_code = %(authority)s
    and (
        similar_schools.schools_counted <> rates.shown
        or similar_schools.attendance_rate not between rates.least - 0.0005 and rates.most + 0.0005
    )
"""
CLUSTERS = """
select count(*) from (
    select seed_code, sector, cluster_name from released.{clusters} where local_authority_code = %(authority)s
    except
    select seed_code, sector, cluster_name from access.clusters where local_authority_code = %(authority)s
) as differing
"""
# the same sums once more, out of the rows that readers see
CLUSTER_ATTENDANCE = """
with own_clusters as (
    select distinct on (seed_code, sector) seed_code, sector, cluster_name
    from access.clusters where local_authority_code = %(authority)s
    order by seed_code, sector, cluster_name
),
years as (
    select seed_code, sector, academic_year, data_as_at, attendance_rate, openings_attended, openings_possible
    from released.attendance_by_school_year where local_authority_code = %(authority)s
),
sums as (
    select years.seed_code, years.sector, years.academic_year, own_clusters.cluster_name, years.data_as_at,
        count(other.attendance_rate)::integer as shown,
        count(other.attendance_rate) filter (where other.seed_code <> years.seed_code) as others,
        sum(other.openings_attended) filter (where other.attendance_rate is not null) as attended,
        sum(other.openings_possible) filter (where other.attendance_rate is not null) as possible
    from years
    inner join own_clusters using (seed_code, sector)
    left join access.clusters as member
        on member.local_authority_code = %(authority)s and member.sector = years.sector
            and member.cluster_name = own_clusters.cluster_name
    left join years as other
        on other.seed_code = member.seed_code and other.sector = member.sector
            and other.academic_year = years.academic_year
    group by 1, 2, 3, 4, 5
),
wanted as (
    select seed_code, sector, academic_year, cluster_name, data_as_at, shown,
        case when others >= {least} then round(attended / possible, 3) end
    from sums
),
found as (
    select seed_code, sector, academic_year, cluster_name, data_as_at, schools_counted, attendance_rate
    from released.{mart} where local_authority_code = %(authority)s
)
select count(*) from (
    (select * from wanted except select * from found) union all (select * from found except select * from wanted)
) as differing
"""


def check_derived(connection: psycopg.Connection, contract: ReleaseContract, authority: str) -> None:
    """Rows made by release are copies of what is released, or follow from it. Raises ``CheckError``."""
    table = sql.Identifier(contract.mart)
    if contract.kind == "month_history":
        names = [*contract.measures, "as_at", *(f"{group}_symbol" for group in contract.groups)]
        measures = sql.SQL(", ").join(map(sql.Identifier, names))
        query = sql.SQL(HISTORY).format(history=table, measures=measures)
        complaint = "rows of the latest month are not what is released"
    elif contract.kind == "similar_schools":
        same_keys(connection, contract, authority)
        query = sql.SQL(SIMILAR).format(similar=table)
        complaint = "medians do not follow from shown rates"
    elif contract.kind == "cluster_attendance":
        query = sql.SQL(CLUSTER_ATTENDANCE).format(mart=table, least=sql.Literal(OTHERS_AT_LEAST))
        complaint = "rates of clusters do not follow from shown rows"
    else:
        query = sql.SQL(CLUSTERS).format(clusters=table)
        complaint = "schools are in a cluster that access does not know"
    found = connection.execute(query, {"authority": authority}).fetchone()
    if found and found[0]:
        raise CheckError(f"{contract.mart}: {found[0]} {complaint}")
    nulls_have_symbols(connection, contract, authority)
