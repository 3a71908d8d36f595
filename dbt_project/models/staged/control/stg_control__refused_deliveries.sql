with attempts as (
    select distinct on (attempts.delivery_key)
        attempts.delivery_key,
        attempts.outcome,
        attempts.reason,
        attempts.started_at
    from {{ source('control', 'attempts') }} as attempts
    where attempts.outcome is not null
    order by attempts.delivery_key asc, attempts.attempt_id desc
)

select
    attempts.delivery_key,
    split_part(attempts.delivery_key, '/', 1) as local_authority_code,
    -- by day of the month, so that a folder named after the 31st of February is no error
    (left(split_part(attempts.delivery_key, '/', 2), 7) || '-01')::date
    + substr(split_part(attempts.delivery_key, '/', 2), 9, 2)::integer - 1 as extract_date,
    attempts.reason,
    attempts.started_at as attempted_at
from attempts
where
    attempts.outcome = 'refused'
    and attempts.delivery_key ~ '^S[0-9]{8}/20[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]'
