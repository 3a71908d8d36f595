with codes as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        codes.weekday,
        codes.opening,
        codes.openings,
        attendance_codes.reason = 'late' as is_late,
        {{ opening_category('attendance_codes.category') }} as category
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    inner join {{ ref('attendance_codes') }} as attendance_codes
        on codes.attendance_code = attendance_codes.attendance_code::smallint
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

pupil_halves as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.pupil_token,
        codes.seed_code,
        codes.weekday,
        codes.opening,
        {% for category in opening_categories() if category not in ['openings_late', 'openings_not_recorded'] -%}
        coalesce(sum(codes.openings) filter (where codes.category = '{{ category }}'), 0) as {{ category }},
        {% endfor -%}
        coalesce(sum(codes.openings) filter (where codes.is_late), 0) as openings_late
    from codes
    group by
        codes.local_authority_code, codes.academic_year, codes.pupil_token, codes.seed_code,
        codes.weekday, codes.opening
),

recorded as (
    select
        pupil_halves.local_authority_code,
        pupil_halves.academic_year,
        pupil_halves.seed_code,
        pupil_years.sector,
        pupil_halves.weekday,
        pupil_halves.opening,
        {{ pupils_behind('pupil_halves') }},
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        sum(pupil_halves.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_halves
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
    group by
        pupil_halves.local_authority_code, pupil_halves.academic_year, pupil_halves.seed_code, pupil_years.sector,
        pupil_halves.weekday, pupil_halves.opening
),

not_recorded as (
    select
        school_weekdays.local_authority_code,
        school_weekdays.academic_year,
        school_weekdays.seed_code,
        school_weekdays.sector,
        school_weekdays.weekday,
        school_weekdays.opening,
        school_weekdays.openings_not_recorded
    from {{ ref('pseudonymised_school_weekdays') }} as school_weekdays
    where {{ in_touched_scope('school_weekdays') }}
),

combined as (
    select
        local_authority_code,
        academic_year,
        lpad(seed_code::text, 7, '0') as seed_code,
        sector,
        weekday::integer as weekday,
        opening,
        {% for column in behind_columns() if column != 'behind_pupils' -%}
        coalesce(recorded.{{ column }}, 0)::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        coalesce(recorded.{{ category }}, 0)::bigint as {{ category }},
        {% endfor -%}
        coalesce(not_recorded.openings_not_recorded, 0)::bigint as openings_not_recorded
    from recorded
    full join not_recorded using (local_authority_code, academic_year, seed_code, sector, weekday, opening)
)

select * from combined
