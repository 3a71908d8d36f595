-- Rules 13 to 18: the characteristics that every figure of the year uses, the same at every school of the pupil.
with characteristics as (
    select * from {{ ref('canonical_characteristics') }} as characteristics
    where {{ in_touched_scope('characteristics') }}
),

marked_schools as (
    select * from {{ ref('canonical_marked_schools') }} as marked_schools
    where {{ in_touched_scope('marked_schools') }}
),

pupil_schools as (
    select
        enrolment_years.local_authority_code,
        enrolment_years.academic_year,
        enrolment_years.pupil_id,
        enrolment_years.seed_code
    from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }}
        and enrolment_years.status in ('on_roll', 'guest')
        and not enrolment_years.needs_mark
    union
    select
        marked_schools.local_authority_code, marked_schools.academic_year, marked_schools.pupil_id,
        marked_schools.seed_code
    from marked_schools
),

delivered_years as (
    select * from {{ ref('canonical_delivered_years') }}
),

departments as (
    select * from {{ ref('canonical_departments') }}
),

first_departments as (
    select departments.local_authority_code, departments.seed_code, departments.sector
    from departments
    where departments.position = 1
)

select
    pupil_schools.local_authority_code,
    pupil_schools.academic_year,
    pupil_schools.pupil_id,
    pupil_schools.seed_code,
    coalesce(departments.sector, first_departments.sector, stages.sector, 'special') as sector,
    characteristics.stage,
    characteristics.sex,
    coalesce(data_zones.quintile::text, 'unknown') as simd_quintile,
    data_zones.decile::smallint as simd_decile,
    case data_zones.quintile
        when 1 then 'most_deprived_fifth'
        when 2 then 'second_fifth'
        else 'rest'
    end as deprivation_group,
    data_zones.urban_rural_class::smallint as urban_rural_class,
    coalesce(ethnicity_groups.ethnicity_group, 'unknown') as ethnicity_group,
    extract(year from age(
        make_date(left(pupil_schools.academic_year, 4)::integer, 9, 30), characteristics.date_of_birth
    ))::smallint as age_on_30_september,
    characteristics.free_meal_registered,
    characteristics.looked_after,
    coalesce(delivered_years.is_provisional, true) as is_provisional,
    coalesce(base_schools.seed_code = pupil_schools.seed_code, false) as is_persistent_absence_school
from pupil_schools
inner join characteristics
    on pupil_schools.local_authority_code = characteristics.local_authority_code
    and pupil_schools.academic_year = characteristics.academic_year
    and pupil_schools.pupil_id = characteristics.pupil_id
left join delivered_years
    on pupil_schools.local_authority_code = delivered_years.local_authority_code
    and pupil_schools.academic_year = delivered_years.academic_year
left join {{ ref('stages') }} as stages on characteristics.stage = stages.stage
left join departments
    on pupil_schools.local_authority_code = departments.local_authority_code
    and pupil_schools.seed_code = departments.seed_code
    and stages.sector = departments.sector
left join first_departments
    on pupil_schools.local_authority_code = first_departments.local_authority_code
    and pupil_schools.seed_code = first_departments.seed_code
left join {{ ref('data_zones') }} as data_zones on characteristics.data_zone_code = data_zones.data_zone_code
left join {{ ref('ethnicity_groups') }} as ethnicity_groups
    on characteristics.ethnicity_code = ethnicity_groups.ethnicity_code
left join {{ ref('canonical_base_schools') }} as base_schools
    on pupil_schools.local_authority_code = base_schools.local_authority_code
    and pupil_schools.academic_year = base_schools.academic_year
    and pupil_schools.pupil_id = base_schools.pupil_id
