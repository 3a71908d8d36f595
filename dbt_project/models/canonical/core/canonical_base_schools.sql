-- Rule 18: the school at which a pupil counts for persistent absence.
with data_as_at as (
    select * from {{ ref('canonical_data_as_at') }} as data_as_at
    where {{ in_touched_scope('data_as_at') }}
),

marked_schools as (
    select * from {{ ref('canonical_marked_schools') }} as marked_schools
    where {{ in_touched_scope('marked_schools') }}
),

base_enrolments as (
    select
        enrolment_years.*,
        data_as_at.data_as_at
    from {{ ref('canonical_enrolment_years') }} as enrolment_years
    inner join data_as_at
        on enrolment_years.local_authority_code = data_as_at.local_authority_code
        and enrolment_years.academic_year = data_as_at.academic_year
    left join marked_schools
        on enrolment_years.local_authority_code = marked_schools.local_authority_code
        and enrolment_years.academic_year = marked_schools.academic_year
        and enrolment_years.pupil_id = marked_schools.pupil_id
        and enrolment_years.seed_code = marked_schools.seed_code
    where {{ in_touched_scope('enrolment_years') }}
        and enrolment_years.is_base_school
        and enrolment_years.status = 'on_roll'
        and enrolment_years.counts_from <= data_as_at.data_as_at
        and {{ is_confirmed('enrolment_years', 'marked_schools') }}
),

latest as (
    select distinct on (
        base_enrolments.local_authority_code, base_enrolments.academic_year, base_enrolments.pupil_id
    ) base_enrolments.*
    from base_enrolments
    order by
        base_enrolments.local_authority_code, base_enrolments.academic_year, base_enrolments.pupil_id,
        least(base_enrolments.counts_to, base_enrolments.data_as_at) desc,
        base_enrolments.entry_date desc,
        base_enrolments.seed_code
)

select
    latest.local_authority_code,
    latest.academic_year,
    latest.pupil_id,
    latest.seed_code
from latest
