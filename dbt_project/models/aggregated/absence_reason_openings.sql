with codes as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        attendance_codes.reason,
        sum(codes.openings) as openings
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    inner join {{ ref('attendance_codes') }} as attendance_codes
        on codes.attendance_code = attendance_codes.attendance_code::smallint
    where {{ in_touched_scope('codes') }}
        and attendance_codes.category not in ('attendance', 'not_counted')
    group by
        codes.local_authority_code, codes.academic_year, codes.pupil_token, codes.seed_code, attendance_codes.reason
),

pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.pupil_token,
        pupil_years.seed_code,
        pupil_years.sector
    from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
),

by_pupil as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        lpad(codes.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        codes.reason,
        codes.openings
    from codes
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
),

-- distinct: a pupil may have several of the reasons that join, or be absent for one at several schools
by_school as (
    select
        by_pupil.local_authority_code,
        by_pupil.academic_year,
        by_pupil.seed_code,
        by_pupil.sector,
        {{ school_reason('by_pupil.reason') }} as reason,
        count(distinct by_pupil.pupil_token)::integer as pupils,
        sum(by_pupil.openings)::bigint as openings
    from by_pupil
    group by
        by_pupil.local_authority_code, by_pupil.academic_year, by_pupil.seed_code, by_pupil.sector,
        {{ school_reason('by_pupil.reason') }}
),

by_authority as (
    select
        by_pupil.local_authority_code,
        by_pupil.academic_year,
        'all' as seed_code,
        coalesce(by_pupil.sector, 'all') as sector,
        by_pupil.reason,
        count(distinct by_pupil.pupil_token)::integer as pupils,
        sum(by_pupil.openings)::bigint as openings
    from by_pupil
    group by
        by_pupil.local_authority_code, by_pupil.academic_year, by_pupil.reason,
        grouping sets ((), (by_pupil.sector))
)

select * from by_school
union all
select * from by_authority
