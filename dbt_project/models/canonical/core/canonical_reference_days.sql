-- Rule 13: as at which day a pupil counts in an authority and academic year.
with enrolment_years as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }} and enrolment_years.status in ('on_roll', 'guest')
),

marked_schools as (
    select * from {{ ref('canonical_marked_schools') }} as marked_schools
    where {{ in_touched_scope('marked_schools') }}
),

academic_years as (
    select * from {{ ref('academic_years') }}
),

counted as (
    select
        enrolment_years.local_authority_code, enrolment_years.academic_year, enrolment_years.pupil_id,
        enrolment_years.counts_from, enrolment_years.counts_to
    from enrolment_years
    left join marked_schools
        on enrolment_years.local_authority_code = marked_schools.local_authority_code
        and enrolment_years.academic_year = marked_schools.academic_year
        and enrolment_years.pupil_id = marked_schools.pupil_id
        and enrolment_years.seed_code = marked_schools.seed_code
    where {{ is_confirmed('enrolment_years', 'marked_schools') }}
),

pupils_of_year as (
    select counted.local_authority_code, counted.academic_year, counted.pupil_id
    from counted
    union
    select marked_schools.local_authority_code, marked_schools.academic_year, marked_schools.pupil_id
    from marked_schools
)

select
    pupils_of_year.local_authority_code,
    pupils_of_year.academic_year,
    pupils_of_year.pupil_id,
    case
        when coalesce(bool_or(academic_years.census_on between counted.counts_from and counted.counts_to), true)
            then academic_years.census_on
        else coalesce(
            min(counted.counts_from) filter (where counted.counts_from > academic_years.census_on),
            max(counted.counts_to)
        )
    end as reference_on
from pupils_of_year
inner join academic_years on pupils_of_year.academic_year = academic_years.academic_year
left join counted
    on pupils_of_year.local_authority_code = counted.local_authority_code
    and pupils_of_year.academic_year = counted.academic_year
    and pupils_of_year.pupil_id = counted.pupil_id
group by
    pupils_of_year.local_authority_code, pupils_of_year.academic_year, pupils_of_year.pupil_id,
    academic_years.census_on
