{{ config(materialized='table') }}
-- What stands beside each other is not cause and effect: the page that shows it says so.
with achieved_levels as (
    select
        achieved_levels.*,
        bands.attendance_band
    from {{ ref('achieved_levels') }} as achieved_levels
    inner join {{ ref('attendance_bands_of_pupils') }} as bands
        on achieved_levels.pupil_token = bands.pupil_token
        and achieved_levels.local_authority_code = bands.local_authority_code
        and achieved_levels.academic_year = bands.academic_year
    where achieved_levels.organiser in ('literacy', 'numeracy')
        and achieved_levels.language = 'english'
)

select
    achieved_levels.local_authority_code,
    achieved_levels.academic_year,
    achieved_levels.stage,
    achieved_levels.organiser,
    coalesce(achieved_levels.simd_quintile, 'all') as simd_quintile,
    achieved_levels.attendance_band,
    {{ cohort_columns('achieved_levels.is_achieved') }},
    min(achieved_levels.state) as state
from achieved_levels
group by
    achieved_levels.local_authority_code, achieved_levels.academic_year, achieved_levels.stage,
    achieved_levels.organiser, achieved_levels.attendance_band,
    grouping sets ((), (achieved_levels.simd_quintile))
