with totals as (
    select * from {{ ref('attendance_of_schools') }} as totals
    where {{ in_touched_scope('totals') }}
        and totals.breakdown = 'all'
),

school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

reasons as (
    select distinct {{ school_reason('attendance_codes.reason') }} as reason -- several codes join one reason
    from {{ ref('attendance_codes') }} as attendance_codes
    where attendance_codes.category not in ('attendance', 'not_counted')
),

openings as (
    select * from {{ ref('absence_reason_openings') }} as openings
    where {{ in_touched_scope('openings') }}
        and openings.seed_code <> 'all'
),

dense as (
    select
        totals.local_authority_code,
        totals.seed_code,
        totals.sector,
        totals.academic_year,
        reasons.reason,
        coalesce(openings.pupils, 0) as pupils,
        coalesce(openings.openings, 0) as openings,
        {{ share('coalesce(openings.openings, 0)', 'totals.openings_possible') }} as share_of_possible,
        totals.calendar_source,
        totals.is_provisional,
        totals.data_as_at,
        totals.behind_pupils,
        totals.behind_smallest_month,
        totals.behind_largest_month,
        coalesce(openings.pupils, 0) as behind_reason,
        case when school_facts.are_breakdowns_due then totals.withheld else 'not_yet_due' end as withheld
    from totals
    inner join school_facts using (local_authority_code, academic_year, seed_code, sector)
    cross join reasons
    left join openings
        on openings.local_authority_code = totals.local_authority_code
            and openings.academic_year = totals.academic_year
            and openings.seed_code = totals.seed_code
            and openings.sector = totals.sector
            and openings.reason = reasons.reason
)

select * from dense
