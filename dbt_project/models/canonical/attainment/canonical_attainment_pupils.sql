{{ config(materialized='table') }}
-- Rules 13 to 15 for the groups that attainment is shown by: as at the reference day of the year.
with characteristics as (
    select * from {{ ref('canonical_characteristics') }}
),

reference_days as (
    select * from {{ ref('canonical_reference_days') }}
),

-- the level of English in the snapshot in force on the day, else in the earliest after it
english_levels as (
    select distinct on (reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id)
        reference_days.local_authority_code,
        reference_days.academic_year,
        reference_days.pupil_id,
        pupils.english_level
    from reference_days
    inner join {{ ref('canonical_pupils') }} as pupils
        on reference_days.local_authority_code = pupils.local_authority_code
        and reference_days.academic_year = pupils.academic_year
        and reference_days.pupil_id = pupils.pupil_id
    order by
        reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id,
        {{ day_of('pupils.valid_from') }} <= reference_days.reference_on desc,
        case when {{ day_of('pupils.valid_from') }} <= reference_days.reference_on then pupils.valid_from end desc,
        pupils.valid_from
),

-- years of an authority whose support needs were delivered: elsewhere nobody knows
years_with_needs as (
    select distinct -- one year of its needs
        needs.local_authority_code,
        needs.academic_year
    from {{ ref('canonical_support_needs') }} as needs
),

pupils_with_needs as (
    select distinct -- a pupil may have several
        needs.local_authority_code,
        needs.academic_year,
        needs.pupil_id
    from {{ ref('canonical_support_needs') }} as needs
    inner join reference_days
        on needs.local_authority_code = reference_days.local_authority_code
        and needs.academic_year = reference_days.academic_year
        and needs.pupil_id = reference_days.pupil_id
    where needs.start_date <= reference_days.reference_on
        and coalesce(needs.end_date, reference_days.reference_on) >= reference_days.reference_on
)

select
    characteristics.local_authority_code,
    characteristics.academic_year,
    characteristics.pupil_id,
    characteristics.stage,
    characteristics.sex,
    {{ levels_simd_quintile('data_zones.quintile') }} as simd_quintile,
    data_zones.quintile::smallint as home_quintile,
    data_zones.decile::smallint as home_decile,
    {{ deprivation_group_of('data_zones.quintile') }} as deprivation_group,
    characteristics.free_meal_registered,
    characteristics.looked_after,
    case
        when years_with_needs.academic_year is null then 'unknown'
        when characteristics.stage = 'SP' or pupils_with_needs.pupil_id is not null then 'recorded'
        else 'none'
    end as support_need,
    {{ english_group('english_levels.english_level') }} as english_group
from characteristics
left join {{ ref('data_zones') }} as data_zones on characteristics.data_zone_code = data_zones.data_zone_code
left join english_levels
    on characteristics.local_authority_code = english_levels.local_authority_code
    and characteristics.academic_year = english_levels.academic_year
    and characteristics.pupil_id = english_levels.pupil_id
left join years_with_needs
    on characteristics.local_authority_code = years_with_needs.local_authority_code
    and characteristics.academic_year = years_with_needs.academic_year
left join pupils_with_needs
    on characteristics.local_authority_code = pupils_with_needs.local_authority_code
    and characteristics.academic_year = pupils_with_needs.academic_year
    and characteristics.pupil_id = pupils_with_needs.pupil_id
