-- Rule 7: a calendar is to speak of the whole year.
with coverage as (
    {{ calendar_coverage() }}
),

delivered as (
    select
        file_years.local_authority_code,
        file_years.academic_year,
        max(files.extract_date) as delivered_on
    from {{ ref('stg_control__file_years') }} as file_years
    inner join {{ ref('stg_control__files') }} as files on file_years.file_id = files.file_id
    where file_years.feed = 'calendar'
    group by file_years.local_authority_code, file_years.academic_year
),

marked as (
    select
        school_months.local_authority_code,
        school_months.academic_year,
        school_months.seed_code,
        max(days.attendance_date) as last_marked_on
    from {{ ref('canonical_school_months') }} as school_months
    inner join {{ ref('canonical_days') }} as days
        on school_months.month = days.month
        and school_months.marked_slots & (days.morning_slot | days.afternoon_slot) <> 0
    group by school_months.local_authority_code, school_months.academic_year, school_months.seed_code
)

select
    coverage.local_authority_code,
    coverage.academic_year,
    coverage.seed_code,
    coverage.covered_to,
    delivered.delivered_on,
    marked.last_marked_on
from coverage
left join delivered
    on coverage.local_authority_code = delivered.local_authority_code
    and coverage.academic_year = delivered.academic_year
left join marked
    on coverage.local_authority_code = marked.local_authority_code
    and coverage.academic_year = marked.academic_year
    and coverage.seed_code = marked.seed_code
where coverage.covered_to < marked.last_marked_on
    or ({{ stops_early('coverage') }} and coverage.covered_to < delivered.delivered_on)
