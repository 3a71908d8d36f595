-- Rule 7. A row that is missing from a later snapshot of its year stands for the days up to that snapshot. A calendar
-- speaks of the years of its rows: next year's, which comes in spring, does not end this one's. Days after the last row
-- that stands are not the calendar's.
with calendar as (
    select
        calendar.local_authority_code,
        {{ academic_year_of('calendar.opening_date') }} as academic_year,
        calendar.extracted_at,
        calendar.extract_date,
        calendar.sequence,
        calendar.seed_code,
        calendar.opening_date,
        calendar.opening,
        calendar.is_open,
        calendar._row_number
    from {{ ref('stg_seemis__calendar') }} as calendar
),

instants as (
    select distinct -- two deliveries may hold the same one
        file_years.local_authority_code,
        file_years.academic_year,
        files.extracted_at
    from {{ ref('stg_control__file_years') }} as file_years
    inner join {{ ref('stg_control__files') }} as files on file_years.file_id = files.file_id
    where file_years.feed = 'calendar'
),

next_instants as (
    select
        instants.*,
        lead(instants.extracted_at) over (
            partition by instants.local_authority_code, instants.academic_year
            order by instants.extracted_at
        ) as next_extracted_at
    from instants
),

latest as (
    select distinct on (
        calendar.local_authority_code, calendar.seed_code, calendar.opening_date, calendar.opening
    ) calendar.*
    from calendar
    where {{ in_touched_scope('calendar') }}
    order by
        calendar.local_authority_code, calendar.seed_code, calendar.opening_date, calendar.opening,
        calendar.extracted_at desc, calendar.extract_date desc, calendar.sequence desc,
        calendar._row_number desc
),

dated as (
    select
        latest.*,
        next_instants.next_extracted_at is null
        or latest.opening_date <= {{ day_of('next_instants.next_extracted_at') }} as is_standing
    from latest
    left join next_instants
        on latest.local_authority_code = next_instants.local_authority_code
        and latest.academic_year = next_instants.academic_year
        and latest.extracted_at = next_instants.extracted_at
),

covered as (
    select
        dated.*,
        max(dated.opening_date) filter (where dated.is_standing) over (
            partition by dated.local_authority_code, dated.academic_year, dated.seed_code
        ) as covered_to
    from dated
)

select
    covered.local_authority_code,
    covered.academic_year,
    covered.seed_code,
    covered.opening_date,
    covered.opening,
    covered.is_open and covered.is_standing and not {{ is_shut('covered') }} as is_open
from covered
{{ closures_of('covered') }}
where covered.opening_date <= covered.covered_to
