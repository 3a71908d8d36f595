select distinct -- one pupil and school of their months
    marked_months.local_authority_code,
    marked_months.academic_year,
    marked_months.pupil_id,
    marked_months.seed_code
from {{ ref('canonical_marked_months') }} as marked_months
where {{ in_touched_scope('marked_months') }}
