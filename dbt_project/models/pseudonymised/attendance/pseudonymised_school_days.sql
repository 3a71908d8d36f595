-- Delivered calendars alone: what is inferred follows from pupils' marks, and a day of one school would tell of few.
with half_days as (
    select half_days.* from {{ ref('canonical_delivered_half_days') }} as half_days
    where {{ in_touched_scope('half_days') }}
)

select
    half_days.local_authority_code,
    half_days.academic_year,
    half_days.seed_code,
    half_days.opening_date,
    coalesce(bool_or(half_days.is_open) filter (where half_days.opening = 'AM'), false) as is_open_in_the_morning,
    coalesce(bool_or(half_days.is_open) filter (where half_days.opening = 'PM'), false) as is_open_in_the_afternoon
from half_days
group by half_days.local_authority_code, half_days.academic_year, half_days.seed_code, half_days.opening_date
