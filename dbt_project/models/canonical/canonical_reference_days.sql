-- Rules 13 to 15: as at which day, and with which values, a pupil counts in an authority and academic year.
with enrolment_years as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_scope('enrolment_years') }} and enrolment_years.status <> 'withdrawn'
),

marked_pupils as (
    select distinct -- one pupil of their months
        marked_months.local_authority_code,
        marked_months.academic_year,
        marked_months.pupil_id
    from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_scope('marked_months') }}
),

academic_years as (
    select * from {{ ref('academic_years') }}
),

counted as (
    select
        enrolment_years.local_authority_code, enrolment_years.academic_year, enrolment_years.pupil_id,
        enrolment_years.counts_from, enrolment_years.counts_to
    from enrolment_years
    left join marked_pupils
        on enrolment_years.local_authority_code = marked_pupils.local_authority_code
        and enrolment_years.academic_year = marked_pupils.academic_year
        and enrolment_years.pupil_id = marked_pupils.pupil_id
    where not enrolment_years.needs_mark or marked_pupils.pupil_id is not null
),

pupils_of_year as (
    select counted.local_authority_code, counted.academic_year, counted.pupil_id
    from counted
    union
    select marked_pupils.local_authority_code, marked_pupils.academic_year, marked_pupils.pupil_id
    from marked_pupils
),

reference_days as (
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
),

-- the latest snapshot up to the day, or else the earliest after it
pupil_values as (
    select distinct on (reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id)
        reference_days.local_authority_code,
        reference_days.academic_year,
        reference_days.pupil_id,
        pupils.date_of_birth,
        pupils.sex,
        pupils.data_zone_code,
        pupils.ethnicity_code,
        pupils.free_meal_registered,
        pupils.looked_after
    from reference_days
    inner join {{ ref('canonical_pupils') }} as pupils
        on reference_days.local_authority_code = pupils.local_authority_code
        and reference_days.academic_year = pupils.academic_year
        and reference_days.pupil_id = pupils.pupil_id
    order by
        reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id,
        {{ day_of('pupils.valid_from') }} <= reference_days.reference_on desc,
        case when {{ day_of('pupils.valid_from') }} <= reference_days.reference_on then pupils.valid_from end desc,
        pupils.valid_from
),

-- the same for the stage, of the base school on the day
stage_values as (
    select distinct on (reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id)
        reference_days.local_authority_code,
        reference_days.academic_year,
        reference_days.pupil_id,
        enrolments.stage
    from reference_days
    inner join {{ ref('canonical_enrolments') }} as enrolments
        on reference_days.local_authority_code = enrolments.local_authority_code
        and reference_days.academic_year = enrolments.academic_year
        and reference_days.pupil_id = enrolments.pupil_id
        and enrolments.status <> 'withdrawn'
    order by
        reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id,
        {{ day_of('enrolments.valid_from') }} <= reference_days.reference_on desc,
        reference_days.reference_on between enrolments.entry_date and coalesce(
            enrolments.leaving_date, date '2999-12-31'
        ) desc,
        enrolments.is_base_school desc,
        case
            when {{ day_of('enrolments.valid_from') }} <= reference_days.reference_on then enrolments.valid_from
        end desc,
        enrolments.valid_from,
        enrolments.entry_date desc,
        enrolments.seed_code
)

select
    reference_days.local_authority_code,
    reference_days.academic_year,
    reference_days.pupil_id,
    reference_days.reference_on,
    coalesce(stage_values.stage, 'unknown') as stage,
    pupil_values.date_of_birth,
    coalesce(pupil_values.sex, 'unknown') as sex,
    pupil_values.data_zone_code,
    pupil_values.ethnicity_code,
    pupil_values.free_meal_registered,
    pupil_values.looked_after
from reference_days
left join pupil_values
    on reference_days.local_authority_code = pupil_values.local_authority_code
    and reference_days.academic_year = pupil_values.academic_year
    and reference_days.pupil_id = pupil_values.pupil_id
left join stage_values
    on reference_days.local_authority_code = stage_values.local_authority_code
    and reference_days.academic_year = stage_values.academic_year
    and reference_days.pupil_id = stage_values.pupil_id
