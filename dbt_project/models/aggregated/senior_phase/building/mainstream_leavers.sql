{{ config(materialized='table') }}
-- The headline of leavers is mainstream; who has no data zone gets that of the school.
with leavers as (
    select * from {{ ref('pseudonymised_leavers') }} as leavers
    where {{ is_mainstream_leaver('leavers.leaving_stage') }}
),

school_zones as (
    select
        schools.seed_code,
        min(data_zones.quintile) as quintile
    from {{ ref('schools') }} as schools
    inner join {{ ref('data_zones') }} as data_zones on schools.data_zone_code = data_zones.data_zone_code
    group by schools.seed_code
),

editions as (
    select
        leavers.local_authority_code,
        leavers.academic_year,
        case when count(leavers.follow_up_destination) > 0 then 'follow_up' else 'initial' end as state
    from leavers
    group by leavers.local_authority_code, leavers.academic_year
)

select
    leavers.pupil_token,
    leavers.local_authority_code,
    leavers.academic_year,
    leavers.seed_code,
    leavers.leaving_stage,
    {{ leavers_simd_quintile('pupils.home_quintile', 'school_zones.quintile') }} as simd_quintile,
    leavers.initial_destination,
    leavers.follow_up_destination,
    editions.state
from leavers
inner join editions
    on leavers.local_authority_code = editions.local_authority_code
    and leavers.academic_year = editions.academic_year
left join {{ ref('pseudonymised_attainment_pupils') }} as pupils
    on leavers.pupil_token = pupils.pupil_token
    and leavers.local_authority_code = pupils.local_authority_code
    and leavers.academic_year = pupils.academic_year
left join school_zones on leavers.seed_code = school_zones.seed_code
order by leavers.pupil_token
