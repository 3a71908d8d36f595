with establishments as (
    select * from {{ ref('stg_seemis__establishments') }} as establishments
    where {{ in_touched_scope('establishments') }}
),

schools as (
    select * from {{ ref('schools') }}
),

latest_delivered as (
    select distinct on (establishments.local_authority_code, establishments.seed_code)
        establishments.*
    from establishments
    order by
        establishments.local_authority_code, establishments.seed_code, establishments.extracted_at desc,
        establishments.extract_date desc, establishments.sequence desc, establishments._row_number desc
)

select
    latest_delivered.local_authority_code,
    latest_delivered.seed_code,
    latest_delivered.establishment_name,
    latest_delivered.departments,
    latest_delivered.denomination,
    latest_delivered.gaelic_medium,
    latest_delivered.half_day_openings_per_week::smallint as half_day_openings_per_week,
    latest_delivered.planning_capacity,
    latest_delivered.working_capacity,
    latest_delivered.capacity_as_at,
    latest_delivered.condition,
    latest_delivered.suitability,
    latest_delivered.medium_of_education,
    latest_delivered.integrated_special_unit,
    latest_delivered.opened_on,
    latest_delivered.closed_on,
    latest_delivered.mothballed_on,
    exists (
        select 1 from schools where schools.seed_code = latest_delivered.seed_code
    ) as is_published
from latest_delivered
