{%- set categories = opening_categories() | reject('in', ['openings_late', 'openings_not_recorded']) | list -%}
-- Sets as bits, so that persons with a mark of some kind are counted from one row each and not from 2.5 million: of
-- half days of the week, bit 2 * weekday for the morning and the next for the afternoon; of codes, by their position.
with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.reason = 'late' as is_late,
        {{ opening_category('attendance_codes.category') }} as category,
        1 << {{ code_position('attendance_codes.attendance_code') }} as code_bit
    from {{ ref('attendance_codes') }} as attendance_codes
),

codes as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        1 << (2 * codes.weekday + case codes.opening when 'AM' then 0 else 1 end) as half_day_bit,
        attendance_codes.code_bit,
        attendance_codes.is_late,
        attendance_codes.category
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    inner join attendance_codes using (attendance_code)
    where {{ in_touched_scope('codes') }}
),

by_pupil as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        bit_or(codes.code_bit) as codes,
        coalesce(bit_or(codes.half_day_bit) filter (where codes.is_late), 0) as openings_late,
        {% for category in categories -%}
            coalesce(bit_or(codes.half_day_bit) filter (where codes.category = '{{ category }}'), 0) as {{ category }}
            {{- ',' if not loop.last }}
        {% endfor %}
    from codes
    group by codes.local_authority_code, codes.academic_year, codes.pupil_token, codes.seed_code
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

placed as (
    select
        by_pupil.local_authority_code,
        by_pupil.academic_year,
        by_pupil.pupil_token,
        lpad(by_pupil.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        by_pupil.codes,
        by_pupil.openings_late,
        {% for category in categories -%}
            by_pupil.{{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from by_pupil
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
)

select * from placed
