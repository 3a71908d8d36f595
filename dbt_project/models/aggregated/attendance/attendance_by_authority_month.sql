with authorities as (
    select
        authorities.local_authority_code,
        authorities.sector,
        authorities.academic_year,
        authorities.month::date as month,
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
        authorities.behind_late,
        authorities.withheld
    from {{ ref('attendance_of_authorities') }} as authorities
    where {{ in_touched_scope('authorities') }}
        and authorities.month <> 'all'
        and authorities.stage = 'all'
        and authorities.simd_quintile = 'all'
)

select * from authorities
