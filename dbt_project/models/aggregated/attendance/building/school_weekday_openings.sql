{%- set categories = opening_categories() | reject('in', ['openings_late', 'openings_not_recorded']) | list -%}
with openings as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.seed_code,
        codes.sector,
        codes.weekday,
        codes.opening,
        {% for category in categories -%}
            coalesce(sum(codes.openings) filter (
                where {{ opening_category('attendance_codes.category') }} = '{{ category }}'
            ), 0)::bigint as {{ category }},
        {% endfor -%}
        coalesce(sum(codes.openings) filter (where attendance_codes.reason = 'late'), 0)::bigint as openings_late
    from {{ ref('school_code_openings') }} as codes
    inner join {{ ref('attendance_codes') }} as attendance_codes
        on codes.attendance_code = attendance_codes.attendance_code::smallint
    where {{ in_touched_scope('codes') }}
    group by
        codes.local_authority_code, codes.academic_year, codes.seed_code, codes.sector, codes.weekday, codes.opening
),

half_days as (
    select
        weekdays.weekday,
        halves.opening,
        2 * weekdays.weekday + halves.half as position
    from generate_series(1, 7) as weekdays (weekday)
    cross join (values ('AM', 0), ('PM', 1)) as halves (opening, half)
),

-- one row per person and half day of the week, each measure 1 where the person has such a mark on it
persons as (
    select
        marks.local_authority_code,
        marks.academic_year,
        marks.seed_code,
        marks.sector,
        half_days.weekday,
        half_days.opening,
        {% for category in categories + ['openings_late'] -%}
            (marks.{{ category }} >> half_days.position) & 1 as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('pupil_marks') }} as marks
    cross join half_days
    where {{ in_touched_scope('marks') }}
),

behind as (
    select
        persons.local_authority_code,
        persons.academic_year,
        persons.seed_code,
        persons.sector,
        persons.weekday,
        persons.opening,
        {{ pupils_behind('persons') }}
    from persons
    group by
        persons.local_authority_code, persons.academic_year, persons.seed_code, persons.sector, persons.weekday,
        persons.opening
),

not_recorded as (
    select
        school_weekdays.local_authority_code,
        school_weekdays.academic_year,
        lpad(school_weekdays.seed_code::text, 7, '0') as seed_code,
        school_weekdays.sector,
        school_weekdays.weekday::integer as weekday,
        school_weekdays.opening,
        school_weekdays.openings_not_recorded
    from {{ ref('pseudonymised_school_weekdays') }} as school_weekdays
    where {{ in_touched_scope('school_weekdays') }}
),

combined as (
    select
        local_authority_code,
        academic_year,
        seed_code,
        sector,
        weekday,
        opening,
        {% for column in behind_columns() if column != 'behind_pupils' -%}
            coalesce(behind.{{ column }}, 0)::integer as {{ column }},
        {% endfor -%}
        {% for category in categories + ['openings_late'] -%}
            coalesce(openings.{{ category }}, 0)::bigint as {{ category }},
        {% endfor -%}
        coalesce(not_recorded.openings_not_recorded, 0)::bigint as openings_not_recorded
    from openings
    full join not_recorded using (local_authority_code, academic_year, seed_code, sector, weekday, opening)
    left join behind using (local_authority_code, academic_year, seed_code, sector, weekday, opening)
)

select * from combined
