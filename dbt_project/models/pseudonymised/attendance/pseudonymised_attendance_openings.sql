-- Rule 6: in the order of the pseudonyms; as the marks lie, a register's list lines up with it.
select
    tokens.pupil_token,
    openings.local_authority_code,
    openings.seed_code,
    openings.attendance_date,
    openings.opening,
    openings.attendance_code
from {{ ref('canonical_attendance_openings') }} as openings
inner join {{ ref('stg_vault__tokens') }} as tokens on openings.pupil_id = tokens.pupil_id
order by tokens.pupil_token, openings.attendance_date, openings.opening, openings.seed_code
