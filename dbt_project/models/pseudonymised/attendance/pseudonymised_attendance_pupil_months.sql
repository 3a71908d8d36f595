with marked_months as (
    select marked_months.* from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_month('marked_months', 'marked_months.month') }}
),

enrolled_months as (
    select * from {{ ref('canonical_enrolled_months') }} as enrolled_months
    where {{ in_touched_month('enrolled_months', 'enrolled_months.month') }} and enrolled_months.expected_slots <> 0
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
),

months as (
    select
        local_authority_code,
        academic_year,
        pupil_id,
        seed_code,
        month,
        coalesce(marked_months.openings_attended, 0) as openings_attended,
        coalesce(marked_months.openings_late, 0) as openings_late,
        coalesce(marked_months.openings_authorised, 0) as openings_authorised,
        coalesce(marked_months.openings_unauthorised, 0) as openings_unauthorised,
        coalesce(marked_months.openings_excluded, 0) as openings_excluded,
        coalesce(marked_months.openings_unknown_reason, 0) as openings_unknown_reason,
        coalesce(marked_months.openings_not_counted, 0) as openings_not_counted,
        coalesce(marked_months.marked_slots, 0) as marked_slots,
        coalesce(marked_months.attended_slots, 0) as attended_slots,
        coalesce(marked_months.not_counted_slots, 0) as not_counted_slots,
        coalesce(enrolled_months.expected_slots, 0) & ~coalesce(marked_months.marked_slots, 0) as not_recorded_slots,
        {{ slot_count('coalesce(enrolled_months.expected_slots, 0) & ~coalesce(marked_months.marked_slots, 0)') }}
            as openings_not_recorded
    from marked_months
    full join enrolled_months using (local_authority_code, academic_year, pupil_id, seed_code, month)
)

select
    tokens.pupil_token,
    months.seed_code,
    months.month,
    months.local_authority_code,
    months.academic_year,
    months.openings_attended,
    months.openings_late,
    months.openings_authorised,
    months.openings_unauthorised,
    months.openings_excluded,
    months.openings_unknown_reason,
    months.openings_not_counted,
    months.openings_not_recorded,
    months.marked_slots & ~months.not_counted_slots as possible_slots,
    months.attended_slots,
    months.not_counted_slots,
    months.not_recorded_slots
from months
inner join tokens on months.pupil_id = tokens.pupil_id
where months.marked_slots <> 0 or months.openings_not_recorded > 0
