with tokens as (
    select * from {{ source('vault', 'tokens') }}
)

select
    tokens.pupil_id,
    tokens.token as pupil_token
from tokens
where tokens.domain = 'analytics'
