with pupil_years as (
    select * from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
)

select
    tokens.pupil_token,
    pupil_years.seed_code,
    pupil_years.academic_year,
    pupil_years.local_authority_code,
    pupil_years.sector,
    {{ stage_of_sector('pupil_years.stage', 'pupil_years.sector') }} as stage,
    pupil_years.sex,
    pupil_years.simd_quintile,
    pupil_years.simd_decile,
    pupil_years.deprivation_group,
    pupil_years.urban_rural_class,
    pupil_years.ethnicity_group,
    pupil_years.age_on_30_september,
    pupil_years.free_meal_registered,
    pupil_years.looked_after,
    pupil_years.is_provisional,
    pupil_years.is_persistent_absence_school
from pupil_years
inner join tokens on pupil_years.pupil_id = tokens.pupil_id
