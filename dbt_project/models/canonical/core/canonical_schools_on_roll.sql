-- Rule 9: an enrolment of an earlier year that nothing confirms is no pupil on roll.
with marked_schools as (
    select * from {{ ref('canonical_marked_schools') }} as marked_schools
    where {{ in_touched_scope('marked_schools') }}
)

select distinct -- a school of its enrolments
    enrolment_years.local_authority_code,
    enrolment_years.academic_year,
    enrolment_years.seed_code
from {{ ref('canonical_enrolment_years') }} as enrolment_years
left join marked_schools
    on enrolment_years.local_authority_code = marked_schools.local_authority_code
    and enrolment_years.academic_year = marked_schools.academic_year
    and enrolment_years.pupil_id = marked_schools.pupil_id
    and enrolment_years.seed_code = marked_schools.seed_code
where {{ in_touched_scope('enrolment_years') }}
    and enrolment_years.status in ('on_roll', 'guest')
    and {{ is_confirmed('enrolment_years', 'marked_schools') }}
