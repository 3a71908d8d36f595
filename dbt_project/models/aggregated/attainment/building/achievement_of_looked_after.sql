{{ config(materialized='table') }}
-- Schools' records of looked after children are of poor quality and unpublished since 2016: the column says so.
with achieved_levels as (
    select * from {{ ref('achieved_levels') }} as achieved_levels
    where achieved_levels.looked_after in ('no', 'at_home', 'away')
),

counted as (
    select
        achieved_levels.local_authority_code,
        achieved_levels.academic_year,
        achieved_levels.sector,
        achieved_levels.organiser,
        achieved_levels.language,
        case when achieved_levels.looked_after = 'no' then 'others' else 'looked_after' end as pupil_group,
        {{ cohort_columns('achieved_levels.is_achieved') }},
        min(achieved_levels.state) as state
    from achieved_levels
    where achieved_levels.stage in ({{ pooled_stage() }}, 'S3_third')
    group by 1, 2, 3, 4, 5, 6
)

select
    counted.local_authority_code,
    counted.academic_year,
    counted.sector,
    counted.organiser,
    counted.language,
    counted.pupil_group,
    counted.cohort,
    counted.achieved,
    counted.achieved_share,
    'from school records; the figures of social work are the reference' as source_warning,
    counted.state
from counted
