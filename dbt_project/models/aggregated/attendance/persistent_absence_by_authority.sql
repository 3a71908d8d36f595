with totals as (
    select
        totals.*,
        case
            when totals.stage <> 'all' then 'stage'
            when totals.simd_quintile <> 'all' then 'quintile'
            else 'sector'
        end as breakdown,
        case
            when totals.stage <> 'all' then totals.stage
            when totals.simd_quintile <> 'all' then totals.simd_quintile
            else totals.sector
        end as value
    from {{ ref('attendance_of_authorities') }} as totals
    where {{ in_touched_scope('totals') }}
        and totals.month = 'all'
),

authority_facts as (
    select * from {{ ref('authority_facts') }} as authority_facts
    where {{ in_touched_scope('authority_facts') }}
),

pupils as (
    select
        pupils.*,
        row_of.breakdown,
        row_of.value
    from {{ ref('persistent_absence_pupils') }} as pupils
    cross join lateral (
        values
        ('sector', 'all'), ('sector', pupils.sector), ('stage', pupils.stage), ('quintile', pupils.simd_quintile)
    ) as row_of (breakdown, value)
    where {{ in_touched_scope('pupils') }}
),

counts as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.breakdown,
        pupils.value,
        count(distinct pupils.seed_code || pupils.sector)::integer as schools_counted,
        {{ absence_bands('pupils') }}
    from pupils
    group by pupils.local_authority_code, pupils.academic_year, pupils.breakdown, pupils.value
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'persistent_absence_rate'
        and national_rates.breakdown = 'all'
),

dense as (
    select
        totals.local_authority_code,
        totals.academic_year,
        totals.breakdown,
        totals.value,
        {{ absence_band_columns('counts') }},
        national_rates.national_rate,
        national_rates.national_rate_year,
        totals.calendar_source,
        totals.is_provisional,
        coalesce(counts.schools_counted, 0) as schools_counted,
        totals.data_as_at as as_at,
        totals.behind_pupils,
        totals.behind_smallest_month,
        totals.behind_largest_month,
        case when authority_facts.are_breakdowns_due then totals.withheld else 'not_yet_due' end as withheld
    from totals
    inner join authority_facts using (local_authority_code, academic_year, sector)
    left join counts using (local_authority_code, academic_year, breakdown, value)
    left join national_rates on national_rates.sector = totals.value and totals.breakdown = 'sector'
)

select * from dense
