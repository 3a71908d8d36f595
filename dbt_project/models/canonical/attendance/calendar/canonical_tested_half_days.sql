-- Rule 8, first test: half of the pupils of one stage, or of the school where no stage is large enough.
with stage_half_days as (
    select * from {{ ref('canonical_stage_half_days') }} as stage_half_days
    where {{ in_touched_month('stage_half_days', month_of('stage_half_days')) }}
),

coverage as (
    {{ calendar_coverage() }}
),

tested as (
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
    left join coverage
        on stage_half_days.local_authority_code = coverage.local_authority_code
        and stage_half_days.academic_year = coverage.academic_year
        and stage_half_days.seed_code = coverage.seed_code
    where coverage.seed_code is null
        or stage_half_days.opening_date > coverage.covered_to
    group by
        stage_half_days.local_authority_code, stage_half_days.academic_year, stage_half_days.seed_code,
        stage_half_days.opening_date, stage_half_days.opening
)

select
    tested.local_authority_code,
    tested.academic_year,
    tested.seed_code,
    tested.opening_date,
    tested.opening,
    tested.is_open and not {{ is_shut('tested') }} as is_open
from tested
{{ closures_of('tested') }}
