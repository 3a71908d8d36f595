-- depends_on: {{ ref('control_audited_scopes') }}
-- One pass over the openings of the months that a build touches: a night costs as much as the month, not the year.
with attendance_codes as (
    select
        attendance_codes.attendance_code::smallint as attendance_code,
        attendance_codes.reason = 'late' as is_late,
        {{ opening_category('attendance_codes.category') }} as category
    from {{ ref('attendance_codes') }} as attendance_codes
),

days as (
    select * from {{ ref('canonical_days') }}
),

-- by day first, so that the month is looked up once for each group and not for each of 26.7 million rows
by_code as (
    select
        openings.local_authority_code,
        openings.attendance_date,
        openings._file_id as file_id,
        openings.seed_code,
        openings.attendance_code,
        count(*) as row_count,
        sum({{ mark_content('openings', person_hash('openings.pupil_id')) }}) as content,
        sum(hashint4(openings.pupil_id)) as pupil_checksum
    from {{ ref('canonical_attendance_openings') }} as openings
    where {{ openings_of_touched_months('openings') }}
    group by
        openings.local_authority_code, openings.attendance_date, openings._file_id, openings.seed_code,
        openings.attendance_code
),

counts as (
    select
        by_code.local_authority_code,
        days.academic_year,
        days.month,
        by_code.file_id,
        by_code.seed_code,
        sum(by_code.row_count)::bigint as row_count,
        sum(by_code.content * {{ code_hash('by_code.attendance_code') }}) as content,
        sum(by_code.pupil_checksum)::bigint as pupil_checksum,
        coalesce(sum(by_code.row_count) filter (where attendance_codes.is_late), 0)::bigint as openings_late,
    {% for category in opening_categories() if category not in ['openings_late', 'openings_not_recorded'] -%}
        coalesce(sum(by_code.row_count) filter (where attendance_codes.category = '{{ category }}'), 0)::bigint
            as {{ category }}{{ ',' if not loop.last }}
    {% endfor %}
    from by_code
    inner join days on by_code.attendance_date = days.attendance_date
    left join attendance_codes on by_code.attendance_code = attendance_codes.attendance_code
    group by by_code.local_authority_code, days.academic_year, days.month, by_code.file_id, by_code.seed_code
)

select * from counts
