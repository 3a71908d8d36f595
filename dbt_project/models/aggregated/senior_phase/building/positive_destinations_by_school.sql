{{ config(materialized='table') }}
with destinations as (
    select * from {{ ref('destinations_of_leavers') }}
)

select
    destinations.local_authority_code,
    {{ seed_text('destinations.seed_code') }} as seed_code,
    destinations.academic_year,
    destinations.edition,
    count(*)::integer as leavers,
    (count(*) filter (where destinations.is_positive))::integer as positive,
    {{ share('count(*) filter (where destinations.is_positive)', 'count(*)') }} as positive_share
from destinations
group by
    destinations.local_authority_code, destinations.seed_code, destinations.academic_year, destinations.edition
