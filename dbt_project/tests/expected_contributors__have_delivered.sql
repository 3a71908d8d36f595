-- What: every school with pupils on roll has a mark on its latest open day that is due.
-- When it matters: its figures stop at the day shown, and those of its authority lack it.
-- How to fix: by the reason. Not sent: ask the school or the export job. Quarantined: `warehouse deliveries` says why;
-- have it delivered again under a new sequence.
{{ config(severity='warn') }}

select
    contributors.local_authority_code,
    contributors.seed_code,
    contributors.last_marked_on,
    contributors.last_due_on,
    contributors.reason
from {{ ref('control_expected_contributors') }} as contributors
where contributors.is_missing
    and contributors.academic_year = (
        select max(latest.academic_year)
        from {{ ref('control_expected_contributors') }} as latest
        where latest.local_authority_code = contributors.local_authority_code
    )
