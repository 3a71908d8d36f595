{{ config(materialized='view') }}
select
    data_zones.local_authority_code,
    bool_or(data_zones.quintile = 1) as has_most_deprived_fifth
from {{ ref('data_zones') }} as data_zones
group by data_zones.local_authority_code
