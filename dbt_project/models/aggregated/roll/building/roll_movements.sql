-- Days of the roll that follow each other: the census, then each month's end.
with on_days as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.census_on as as_at,
        pupils.pupil_token,
        pupils.seed_code,
        pupils.sector,
        null::date as month
    from {{ ref('pseudonymised_census_roll') }} as pupils
    where {{ in_touched_scope('pupils') }}
    union all
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.as_at,
        pupils.pupil_token,
        pupils.seed_code,
        pupils.sector,
        pupils.month
    from {{ ref('pseudonymised_month_rolls') }} as pupils
    where pupils.is_month_end
        and {{ in_touched_scope('pupils') }}
),

days as (
    select distinct -- one day of its pupils
        on_days.local_authority_code,
        on_days.academic_year,
        on_days.as_at,
        on_days.month
    from on_days
),

steps as (
    select
        days.*,
        lag(days.as_at) over (
            partition by days.local_authority_code, days.academic_year order by days.as_at
        ) as from_on
    from days
),

-- who is on one of the two days of a step, or on both
told as (
    select
        steps.local_authority_code,
        steps.academic_year,
        steps.month,
        on_days.pupil_token,
        max(on_days.seed_code) filter (where on_days.as_at = steps.from_on) as seed_code_before,
        max(on_days.seed_code) filter (where on_days.as_at = steps.as_at) as seed_code_after,
        max(on_days.sector) filter (where on_days.as_at = steps.from_on) as sector_before,
        max(on_days.sector) filter (where on_days.as_at = steps.as_at) as sector_after
    from steps
    inner join on_days
        on steps.local_authority_code = on_days.local_authority_code
        and steps.academic_year = on_days.academic_year
        and on_days.as_at in (steps.from_on, steps.as_at)
    where steps.from_on is not null
        and steps.month is not null
    group by steps.local_authority_code, steps.academic_year, steps.month, on_days.pupil_token
),

moved as (
    select
        told.*,
        {{ movement('told.seed_code_before', 'told.seed_code_after') }} as movement
    from told
)

select
    moved.local_authority_code,
    moved.academic_year,
    moved.month,
    moved.pupil_token,
    moved.movement,
    lpad(coalesce(moved.seed_code_after, moved.seed_code_before)::text, 7, '0') as seed_code,
    coalesce(moved.sector_after, moved.sector_before) as sector
from moved
where moved.movement is not null
