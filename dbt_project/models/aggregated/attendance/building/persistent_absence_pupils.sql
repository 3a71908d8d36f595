with pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.pupil_token,
        lpad(pupil_years.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        pupil_years.stage,
        pupil_years.sex,
        pupil_years.simd_quintile,
        pupil_years.deprivation_group
    from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
        and pupil_years.is_persistent_absence_school
),

totals as (
    select
        totals.local_authority_code,
        totals.academic_year,
        totals.pupil_token,
        {{ possible_openings('totals') }} as possible,
        {{ absent_openings('totals') }} as absent
    from {{ ref('pupil_year_attendance') }} as totals
    where {{ in_touched_scope('totals') }}
        and totals.counts_in in ('everywhere', 'authority')
),

judged as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.pupil_token,
        pupil_years.seed_code,
        pupil_years.sector,
        pupil_years.stage,
        pupil_years.sex,
        pupil_years.simd_quintile,
        pupil_years.deprivation_group,
        {{ absence_band('totals.absent', 'totals.possible') }} as band,
        {{ is_severely_absent('totals.absent', 'totals.possible') }} as is_severe,
        {{ is_persistently_absent('totals.absent', 'totals.possible') }} as is_persistent
    from pupil_years
    inner join totals using (local_authority_code, academic_year, pupil_token)
    where totals.possible >= {{ var('persistent_absence_minimum_openings') }}
)

select * from judged
