with pupil_months as (
    select * from {{ ref('control_pupil_month_counts') }} as pupil_months
    where {{ in_touched_scope('pupil_months') }}
),

opening_months as (
    select
        openings.local_authority_code,
        openings.academic_year,
        openings.seed_code,
        openings.month,
        sum(openings.row_count) as row_count,
        sum(openings.pupil_checksum)::bigint as pupil_checksum,
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        sum(openings.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('control_opening_counts') }} as openings
    where {{ in_touched_scope('openings') }}
    group by openings.local_authority_code, openings.academic_year, openings.seed_code, openings.month
),

openings as (
    select
        opening_months.local_authority_code,
        opening_months.academic_year,
        opening_months.seed_code,
        sum(opening_months.row_count) as row_count,
        array_agg(opening_months.pupil_checksum order by opening_months.month) as pupil_checksums,
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        sum(opening_months.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from opening_months
    group by opening_months.local_authority_code, opening_months.academic_year, opening_months.seed_code
),

weekday_codes as (
    select
        codes.local_authority_code,
        codes.academic_year,
        codes.seed_code,
        sum(codes.openings) as row_count,
        sum(codes.openings::bigint * uuid_hash(codes.pupil_token)) as token_checksum,
        coalesce(sum(codes.openings) filter (where attendance_codes.reason = 'late'), 0) as openings_late,
        {% for category in opening_categories() if category not in ['openings_late', 'openings_not_recorded'] -%}
        coalesce(sum(codes.openings) filter (
            where {{ opening_category('attendance_codes.category') }} = '{{ category }}'
        ), 0) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('pseudonymised_attendance_pupil_weekday_codes') }} as codes
    left join {{ ref('attendance_codes') }} as attendance_codes
        on codes.attendance_code = attendance_codes.attendance_code::smallint
    where {{ in_touched_scope('codes') }}
    group by codes.local_authority_code, codes.academic_year, codes.seed_code
),

school_weekdays as (
    select
        weekdays.local_authority_code,
        weekdays.academic_year,
        weekdays.seed_code,
        sum(weekdays.openings_not_recorded) as row_count
    from {{ ref('pseudonymised_school_weekdays') }} as weekdays
    where {{ in_touched_scope('weekdays') }}
    group by weekdays.local_authority_code, weekdays.academic_year, weekdays.seed_code
),

balanced as (
    select
        local_authority_code,
        academic_year,
        'canonical to pupil months' as hop,
        seed_code,
        coalesce(openings.row_count, 0)::bigint as amount_in,
        coalesce(pupil_months.row_count, 0)::bigint as amount_out,
        openings.pupil_checksums is not distinct from pupil_months.pupil_checksums
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        and coalesce(openings.{{ category }}, 0) = coalesce(pupil_months.{{ category }}, 0)
        {% endfor -%}
        as checksum_matches
    from openings
    full join pupil_months using (local_authority_code, academic_year, seed_code)
    union all
    select
        local_authority_code,
        academic_year,
        'pupil months to weekday codes' as hop,
        seed_code,
        coalesce(pupil_months.row_count, 0)::bigint as amount_in,
        coalesce(weekday_codes.row_count, 0)::bigint as amount_out,
        coalesce(weekday_codes.token_checksum, 0) = coalesce(pupil_months.token_checksum, 0)
        {% for category in opening_categories() if category != 'openings_not_recorded' -%}
        and coalesce(weekday_codes.{{ category }}, 0) = coalesce(pupil_months.{{ category }}, 0)
        {% endfor -%}
        as checksum_matches
    from weekday_codes
    full join pupil_months using (local_authority_code, academic_year, seed_code)
    union all
    select
        local_authority_code,
        academic_year,
        'pupil months to school weekdays' as hop,
        seed_code,
        coalesce(pupil_months.openings_not_recorded, 0)::bigint as amount_in,
        coalesce(school_weekdays.row_count, 0)::bigint as amount_out,
        true as checksum_matches
    from school_weekdays
    full join pupil_months using (local_authority_code, academic_year, seed_code)
)

select * from balanced
