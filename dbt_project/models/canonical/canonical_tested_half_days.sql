-- Rule 8, first test: half of the pupils of one stage, or of the school where no stage is large enough.
with stage_half_days as (
    select * from {{ ref('canonical_stage_half_days') }} as stage_half_days
    where {{ in_touched_month('stage_half_days', month_of('stage_half_days')) }}
),

delivered_schools as (
    select distinct -- one school of its half days
        delivered.local_authority_code,
        delivered.academic_year,
        delivered.seed_code
    from {{ ref('canonical_delivered_half_days') }} as delivered
)

select
    stage_half_days.local_authority_code,
    stage_half_days.academic_year,
    stage_half_days.seed_code,
    stage_half_days.opening_date,
    stage_half_days.opening,
    case
        when max(stage_half_days.pupils_on_roll) >= {{ var('calendar_minimum_stage_pupils') }}
            then bool_or(
                stage_half_days.pupils_on_roll >= {{ var('calendar_minimum_stage_pupils') }}
                and stage_half_days.pupils_marked
                    >= {{ var('calendar_marked_share') }} * stage_half_days.pupils_on_roll
            )
        else sum(stage_half_days.pupils_marked)
            >= {{ var('calendar_marked_share') }} * sum(stage_half_days.pupils_on_roll)
    end as is_open
from stage_half_days
left join delivered_schools
    on stage_half_days.local_authority_code = delivered_schools.local_authority_code
    and stage_half_days.academic_year = delivered_schools.academic_year
    and stage_half_days.seed_code = delivered_schools.seed_code
where delivered_schools.seed_code is null
group by
    stage_half_days.local_authority_code, stage_half_days.academic_year, stage_half_days.seed_code,
    stage_half_days.opening_date, stage_half_days.opening
