with totals as (
    select * from {{ ref('attendance_of_schools') }} as totals
    where {{ in_touched_scope('totals') }}
        and totals.breakdown = 'all'
),

school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

counts as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.seed_code,
        pupils.sector,
        {{ absence_bands('pupils') }}
    from {{ ref('persistent_absence_pupils') }} as pupils
    where {{ in_touched_scope('pupils') }}
    group by pupils.local_authority_code, pupils.academic_year, pupils.seed_code, pupils.sector
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'persistent_absence_rate'
        and national_rates.breakdown = 'all'
),

dense as (
    select
        totals.local_authority_code,
        totals.seed_code,
        totals.sector,
        totals.academic_year,
        {{ absence_band_columns('counts') }},
        national_rates.national_rate,
        national_rates.national_rate_year,
        totals.calendar_source,
        totals.is_provisional,
        totals.data_as_at as as_at,
        totals.behind_pupils,
        totals.behind_smallest_month,
        totals.behind_largest_month,
        case when school_facts.are_breakdowns_due then totals.withheld else 'not_yet_due' end as withheld
    from totals
    inner join school_facts using (local_authority_code, academic_year, seed_code, sector)
    left join counts using (local_authority_code, academic_year, seed_code, sector)
    left join national_rates on national_rates.sector = totals.sector
)

select * from dense
