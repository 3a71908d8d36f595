with codes as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        codes.weekday,
        codes.opening,
        codes.attendance_code,
        codes.openings
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    where {{ in_touched_scope('codes') }}
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

summed as (
    select
        codes.local_authority_code,
        codes.academic_year,
        lpad(codes.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        codes.weekday::integer as weekday,
        codes.opening,
        codes.attendance_code,
        sum(codes.openings)::bigint as openings
    from codes
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
    group by
        codes.local_authority_code, codes.academic_year, codes.seed_code, pupil_years.sector, codes.weekday,
        codes.opening, codes.attendance_code
)

select * from summed
