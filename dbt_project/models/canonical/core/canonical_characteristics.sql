-- Rules 14 and 15: values from the latest snapshot of the year up to the reference day, or else the earliest after.
with reference_days as (
    select * from {{ ref('canonical_reference_days') }} as reference_days
    where {{ in_touched_scope('reference_days') }}
),

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

early_learning as (
    select stages.stage from {{ ref('stages') }} as stages
    where stages.sector = 'early_learning'
),

-- the stage likewise, of the base school on the day; early learning counts nowhere (rule 5)
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
    left join early_learning on enrolments.stage = early_learning.stage
    where early_learning.stage is null
    order by
        reference_days.local_authority_code, reference_days.academic_year, reference_days.pupil_id,
        {{ day_of('enrolments.valid_from') }} <= reference_days.reference_on desc,
        -- what a later snapshot up to the day says otherwise, or no longer has, is out of date
        case
            when {{ day_of('enrolments.valid_from') }} > reference_days.reference_on then null
            when {{ day_of('enrolments.valid_to') }} <= reference_days.reference_on then enrolments.valid_to
            else 'infinity'
        end desc,
        case
            when {{ day_of('enrolments.valid_from') }} > reference_days.reference_on then enrolments.valid_from
        end,
        reference_days.reference_on between enrolments.entry_date and coalesce(
            enrolments.leaving_date, date '2999-12-31'
        ) desc,
        enrolments.is_base_school desc,
        enrolments.entry_date desc,
        enrolments.seed_code
)

select
    reference_days.local_authority_code,
    reference_days.academic_year,
    reference_days.pupil_id,
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
