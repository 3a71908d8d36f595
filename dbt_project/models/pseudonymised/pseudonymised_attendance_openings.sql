select
    tokens.pupil_token,
    openings.local_authority_code,
    openings.seed_code,
    openings.attendance_date,
    openings.opening,
    openings.attendance_code
from {{ ref('canonical_attendance_openings') }} as openings
inner join {{ ref('stg_vault__tokens') }} as tokens on openings.pupil_id = tokens.pupil_id
