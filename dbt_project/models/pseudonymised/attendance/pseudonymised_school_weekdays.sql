with missing_months as (
    select
        enrolled_months.local_authority_code,
        enrolled_months.academic_year,
        enrolled_months.pupil_id,
        enrolled_months.seed_code,
        enrolled_months.month,
        enrolled_months.expected_slots & ~coalesce(marked_months.marked_slots, 0) as missing_slots
    from {{ ref('canonical_enrolled_months') }} as enrolled_months
    left join {{ ref('canonical_marked_months') }} as marked_months
        on enrolled_months.local_authority_code = marked_months.local_authority_code
        and enrolled_months.pupil_id = marked_months.pupil_id
        and enrolled_months.seed_code = marked_months.seed_code
        and enrolled_months.month = marked_months.month
    where {{ in_touched_scope('enrolled_months') }}
        and enrolled_months.expected_slots & ~coalesce(marked_months.marked_slots, 0) <> 0
),

pupil_years as (
    select * from {{ ref('canonical_pupil_years') }}
),

half_days as (
    select month, weekday, 'AM' as opening, morning_slot as slot from {{ ref('canonical_days') }}
    union all
    select month, weekday, 'PM' as opening, afternoon_slot as slot from {{ ref('canonical_days') }}
)

select
    missing_months.local_authority_code,
    missing_months.seed_code,
    pupil_years.sector,
    missing_months.academic_year,
    half_days.weekday,
    half_days.opening,
    count(*)::integer as openings_not_recorded
from missing_months
inner join pupil_years
    on missing_months.local_authority_code = pupil_years.local_authority_code
    and missing_months.academic_year = pupil_years.academic_year
    and missing_months.pupil_id = pupil_years.pupil_id
    and missing_months.seed_code = pupil_years.seed_code
inner join half_days
    on missing_months.month = half_days.month
    and missing_months.missing_slots & half_days.slot <> 0
group by
    missing_months.local_authority_code, missing_months.seed_code, pupil_years.sector,
    missing_months.academic_year, half_days.weekday, half_days.opening
