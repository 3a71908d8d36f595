with weeks as (
    select * from {{ ref('attendance_by_school_week') }} as weeks
    where {{ in_touched_scope('weeks') }}
),

same_weeks as (
    {{ same_weeks_last_year('weeks', ['local_authority_code', 'seed_code', 'sector']) }}
),

schools as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        schools.pupils,
        schools.openings_possible,
        schools.openings_attended,
        schools.openings_authorised,
        schools.openings_not_authorised,
        schools.openings_not_counted,
        schools.openings_not_recorded,
        schools.openings_late,
        schools.completeness,
        schools.attendance_rate,
        schools.national_rate,
        schools.national_rate_year,
        schools.calendar_source,
        schools.is_provisional,
        schools.data_as_at,
        schools.behind_marked,
        schools.behind_pupils,
        schools.behind_smallest_month,
        schools.behind_largest_month,
        schools.behind_authorised,
        schools.behind_not_authorised,
        schools.behind_late,
        schools.withheld
    from {{ ref('attendance_of_schools') }} as schools
    where {{ in_touched_scope('schools') }}
        and schools.breakdown = 'all'
),

compared as (
    select
        schools.*,
        same_weeks.rate_same_weeks_last_year,
        same_weeks.weeks_compared
    from schools
    left join same_weeks using (local_authority_code, seed_code, sector, academic_year)
)

select * from compared
