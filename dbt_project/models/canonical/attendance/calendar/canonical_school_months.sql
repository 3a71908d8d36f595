select
    marked_months.local_authority_code,
    marked_months.academic_year,
    marked_months.seed_code,
    marked_months.month,
    bit_or(marked_months.marked_slots) as marked_slots
from {{ ref('canonical_marked_months') }} as marked_months
where {{ in_touched_month('marked_months', 'marked_months.month') }}
group by
    marked_months.local_authority_code, marked_months.academic_year, marked_months.seed_code, marked_months.month
