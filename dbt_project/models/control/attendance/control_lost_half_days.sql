select
    lost_half_days.local_authority_code,
    lost_half_days.academic_year,
    lost_half_days.seed_code,
    lost_half_days.opening_date,
    lost_half_days.opening,
    lost_half_days.reason
from {{ ref('canonical_lost_half_days') }} as lost_half_days
