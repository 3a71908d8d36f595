-- Rule 5. By month, so that a night looks at the months it touches and not at the year again.
with marked_months as (
    select marked_months.* from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_month('marked_months', 'marked_months.month') }}
),

enrolled_months as (
    select enrolled_months.* from {{ ref('canonical_enrolled_months') }} as enrolled_months
    where {{ in_touched_month('enrolled_months', 'enrolled_months.month') }}
)

select
    marked_months.local_authority_code,
    marked_months.academic_year,
    marked_months.pupil_id,
    marked_months.seed_code,
    marked_months.month,
    {{ slot_count('marked_months.marked_slots & ~coalesce(enrolled_months.enrolled_slots, 0)') }} as openings
from marked_months
left join enrolled_months
    on marked_months.local_authority_code = enrolled_months.local_authority_code
    and marked_months.pupil_id = enrolled_months.pupil_id
    and marked_months.seed_code = enrolled_months.seed_code
    and marked_months.month = enrolled_months.month
where marked_months.marked_slots & ~coalesce(enrolled_months.enrolled_slots, 0) <> 0
