-- Rule 7. A row that is missing from a later snapshot of its year stands for the days up to that snapshot.
with calendar as (
    select
        calendar.local_authority_code,
        {{ academic_year_of('calendar.opening_date') }} as academic_year,
        calendar.extracted_at,
        calendar.next_extracted_at,
        calendar.extract_date,
        calendar.sequence,
        calendar.seed_code,
        calendar.opening_date,
        calendar.opening,
        calendar.is_open,
        calendar._row_number
    from {{ ref('stg_seemis__calendar') }} as calendar
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
)

select
    latest.local_authority_code,
    latest.academic_year,
    latest.seed_code,
    latest.opening_date,
    latest.opening,
    latest.is_open
    and (
        latest.next_extracted_at is null
        or latest.opening_date <= {{ day_of('latest.next_extracted_at') }}
    ) as is_open
from latest
