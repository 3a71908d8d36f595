with weeks as (
    select * from {{ ref('attendance_by_authority_week') }} as weeks
    where {{ in_touched_scope('weeks') }}
),

same_weeks as (
    {{ same_weeks_last_year('weeks', ['local_authority_code', 'sector']) }}
),

authorities as (
    select
        authorities.local_authority_code,
        authorities.sector,
        authorities.academic_year,
        authorities.pupils,
        authorities.openings_possible,
        authorities.openings_attended,
        authorities.openings_authorised,
        authorities.openings_not_authorised,
        authorities.openings_unauthorised,
        authorities.openings_excluded,
        authorities.openings_unknown_reason,
        authorities.openings_not_counted,
        authorities.openings_not_recorded,
        authorities.openings_late,
        authorities.completeness,
        authorities.attendance_rate,
        authorities.national_rate,
        authorities.national_rate_year,
        authorities.calendar_source,
        authorities.is_provisional,
        authorities.schools_counted,
        authorities.data_as_at,
        authorities.behind_marked,
        authorities.behind_pupils,
        authorities.behind_smallest_month,
        authorities.behind_largest_month,
        authorities.behind_authorised,
        authorities.behind_not_authorised,
        authorities.behind_unauthorised,
        authorities.behind_excluded,
        authorities.behind_unknown_reason,
        authorities.behind_not_counted,
        authorities.behind_late,
        authorities.withheld
    from {{ ref('attendance_of_authorities') }} as authorities
    where {{ in_touched_scope('authorities') }}
        and authorities.month = 'all'
        and authorities.stage = 'all'
        and authorities.simd_quintile = 'all'
),

compared as (
    select
        authorities.*,
        same_weeks.rate_same_weeks_last_year,
        same_weeks.weeks_compared
    from authorities
    left join same_weeks using (local_authority_code, sector, academic_year)
)

select * from compared
