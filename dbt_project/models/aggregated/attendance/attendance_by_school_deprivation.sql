with schools as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        schools.value as deprivation_group,
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
        and schools.breakdown = 'deprivation_group'
)

select * from schools
