with identity_map as (
    select * from {{ source('vault', 'identity_map') }}
)

select
    identity_map.local_authority_code,
    identity_map.seemis_pupil_id,
    identity_map.pupil_id
from identity_map
