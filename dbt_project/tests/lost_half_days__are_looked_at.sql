-- What: half days that no calendar covers and nobody delivered are taken for lost, not for a holiday (rule 8): they are
-- expected and not recorded.
-- When it matters: completeness of the school falls by them, below the floor its figures are [x].
-- How to fix: have what is missing delivered; where the school was closed, say so with `warehouse calendar close`, or
-- deliver a calendar. `warehouse calendar list` names the days.
{{ config(severity='warn') }}

select
    lost_half_days.local_authority_code,
    lost_half_days.opening_date,
    lost_half_days.reason,
    count(distinct lost_half_days.seed_code) as schools
from {{ ref('canonical_lost_half_days') }} as lost_half_days
group by lost_half_days.local_authority_code, lost_half_days.opening_date, lost_half_days.reason
