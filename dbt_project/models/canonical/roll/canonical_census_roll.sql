-- Pupils at their base school on the census date (rules 13 to 18), with what the census asks besides pupil years.
with censuses as (
    select
        delivered_years.local_authority_code,
        delivered_years.academic_year,
        academic_years.census_on
    from {{ ref('canonical_delivered_years') }} as delivered_years
    inner join {{ ref('academic_years') }} as academic_years using (academic_year)
    where not delivered_years.is_provisional
),

-- two base schools at once: the later entry, then the lower SEED code
on_roll as (
    select distinct on (enrolments.local_authority_code, enrolments.academic_year, enrolments.pupil_id)
        enrolments.local_authority_code,
        enrolments.academic_year,
        enrolments.pupil_id,
        enrolments.seed_code,
        censuses.census_on
    from {{ ref('canonical_enrolment_years') }} as enrolments
    inner join censuses using (local_authority_code, academic_year)
    where enrolments.is_base_school
        and enrolments.status = 'on_roll'
        and censuses.census_on between enrolments.counts_from and enrolments.counts_to
    order by
        enrolments.local_authority_code asc,
        enrolments.academic_year asc,
        enrolments.pupil_id asc,
        enrolments.entry_date desc,
        enrolments.seed_code asc
),

-- the latest snapshot up to the census, or else the earliest after it (rule 14)
pupil_values as (
    select distinct on (pupils.local_authority_code, pupils.academic_year, pupils.pupil_id)
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.pupil_id,
        pupils.english_level,
        pupils.free_meal_registered,
        pupils.gaelic_education
    from {{ ref('canonical_pupils') }} as pupils
    inner join censuses using (local_authority_code, academic_year)
    order by
        pupils.local_authority_code asc, pupils.academic_year asc, pupils.pupil_id asc,
        {{ day_of('pupils.valid_from') }} <= censuses.census_on desc,
        case when {{ day_of('pupils.valid_from') }} <= censuses.census_on then pupils.valid_from end desc,
        pupils.valid_from
),

counted as (
    select
        on_roll.local_authority_code,
        on_roll.academic_year,
        on_roll.pupil_id,
        on_roll.seed_code,
        pupil_years.sector,
        {{ stage_of_sector('pupil_years.stage', 'pupil_years.sector') }} as stage,
        pupil_years.sex,
        pupil_years.simd_quintile,
        case
            when pupil_values.english_level in ('new', 'early', 'developing', 'competent', 'fluent') then 'yes'
            when pupil_values.english_level = 'first_language' then 'no'
            else 'unknown'
        end as english_as_additional_language,
        coalesce(pupil_values.free_meal_registered, false) as free_meal_registered,
        coalesce(pupil_values.gaelic_education in ('through_gaelic', 'medium'), false) as is_taught_in_gaelic,
        on_roll.census_on
    from on_roll
    inner join {{ ref('canonical_pupil_years') }} as pupil_years
        using (local_authority_code, academic_year, pupil_id, seed_code)
    left join pupil_values using (local_authority_code, academic_year, pupil_id)
)

select * from counted
