with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.reason,
        {{ school_reason('attendance_codes.reason') }} as school_reason,
        1 << {{ code_position('attendance_codes.attendance_code') }} as code_bit
    from {{ ref('attendance_codes') }} as attendance_codes
    where attendance_codes.category not in ('attendance', 'not_counted')
),

openings as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.seed_code,
        codes.sector,
        attendance_codes.reason,
        attendance_codes.school_reason,
        sum(codes.openings) as openings
    from {{ ref('school_code_openings') }} as codes
    inner join attendance_codes using (attendance_code)
    where {{ in_touched_scope('codes') }}
    group by
        codes.local_authority_code, codes.academic_year, codes.seed_code, codes.sector, attendance_codes.reason,
        attendance_codes.school_reason
),

marks as (
    select
        marks.local_authority_code,
        marks.academic_year,
        marks.pupil_token,
        marks.seed_code,
        marks.sector,
        marks.codes
    from {{ ref('pupil_marks') }} as marks
    where {{ in_touched_scope('marks') }}
),

-- a person at several schools is one person of the sector and of the authority
persons as (
    select
        marks.local_authority_code,
        marks.academic_year,
        coalesce(marks.sector, 'all') as sector,
        bit_or(marks.codes) as codes
    from marks
    group by
        marks.local_authority_code, marks.academic_year, marks.pupil_token,
        grouping sets ((), (marks.sector))
),

reasons as (
    select 'school' as place, attendance_codes.school_reason as reason, bit_or(attendance_codes.code_bit) as code_bits
    from attendance_codes
    group by attendance_codes.school_reason
    union all
    select 'authority' as place, attendance_codes.reason, attendance_codes.code_bit
    from attendance_codes
),

pupils as (
    select marks.local_authority_code, marks.academic_year, marks.seed_code, marks.sector, reasons.reason, count(*) as pupils
    from marks
    inner join reasons on reasons.place = 'school' and marks.codes & reasons.code_bits <> 0
    group by marks.local_authority_code, marks.academic_year, marks.seed_code, marks.sector, reasons.reason
    union all
    select persons.local_authority_code, persons.academic_year, 'all' as seed_code, persons.sector, reasons.reason, count(*)
    from persons
    inner join reasons on reasons.place = 'authority' and persons.codes & reasons.code_bits <> 0
    group by persons.local_authority_code, persons.academic_year, persons.sector, reasons.reason
),

places as (
    select
        openings.local_authority_code, openings.academic_year, openings.seed_code, openings.sector,
        openings.school_reason as reason, openings.openings
    from openings
    union all
    select
        openings.local_authority_code, openings.academic_year, 'all' as seed_code, row_of.sector, openings.reason,
        openings.openings
    from openings
    cross join lateral (values (openings.sector), ('all')) as row_of (sector)
),

summed as (
    select
        places.local_authority_code,
        places.academic_year,
        places.seed_code,
        places.sector,
        places.reason,
        max(coalesce(pupils.pupils, 0))::integer as pupils,
        sum(places.openings)::bigint as openings
    from places
    left join pupils using (local_authority_code, academic_year, seed_code, sector, reason)
    group by places.local_authority_code, places.academic_year, places.seed_code, places.sector, places.reason
)

select * from summed
