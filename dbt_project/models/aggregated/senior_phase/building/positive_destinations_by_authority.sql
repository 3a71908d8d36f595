{{ config(materialized='table') }}
with destinations as (
    select * from {{ ref('destinations_of_leavers') }}
)

select
    destinations.local_authority_code,
    destinations.academic_year,
    destinations.edition,
    coalesce(destinations.simd_quintile, 'all') as simd_quintile,
    count(*)::integer as leavers,
    (count(*) filter (where destinations.is_positive))::integer as positive,
    {{ share('count(*) filter (where destinations.is_positive)', 'count(*)') }} as positive_share,
    '{{ var("simd_edition") }}' as simd_edition
from destinations
group by
    destinations.local_authority_code, destinations.academic_year, destinations.edition,
    grouping sets ((), (destinations.simd_quintile))
