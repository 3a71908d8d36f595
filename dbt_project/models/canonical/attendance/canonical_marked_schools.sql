-- Rule 9. While an authority has no snapshot of a year, a mark confirms an enrolment that has it among its days. Such
-- enrolments last to the end of the year, so a mark that confirms one confirms those at the school that began before it.
with schools as (
    select distinct -- one pupil and school of their months
        marked_months.local_authority_code,
        marked_months.academic_year,
        marked_months.pupil_id,
        marked_months.seed_code
    from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_scope('marked_months') }}
),

unconfirmed as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }} and enrolment_years.needs_mark
),

confirmed as (
    select
        unconfirmed.local_authority_code,
        unconfirmed.academic_year,
        unconfirmed.pupil_id,
        unconfirmed.seed_code,
        max(unconfirmed.entry_date) as entry_date
    from unconfirmed
    inner join {{ ref('canonical_marked_months') }} as marked_months
        on unconfirmed.local_authority_code = marked_months.local_authority_code
        and unconfirmed.academic_year = marked_months.academic_year
        and unconfirmed.pupil_id = marked_months.pupil_id
        and unconfirmed.seed_code = marked_months.seed_code
        and marked_months.marked_slots
        & {{ slots_between('unconfirmed.counts_from', 'unconfirmed.counts_to', 'marked_months.month') }} <> 0
    group by
        unconfirmed.local_authority_code, unconfirmed.academic_year, unconfirmed.pupil_id, unconfirmed.seed_code
)

select
    schools.local_authority_code,
    schools.academic_year,
    schools.pupil_id,
    schools.seed_code,
    confirmed.entry_date as confirms_entries_to
from schools
left join confirmed
    on schools.local_authority_code = confirmed.local_authority_code
    and schools.academic_year = confirmed.academic_year
    and schools.pupil_id = confirmed.pupil_id
    and schools.seed_code = confirmed.seed_code
