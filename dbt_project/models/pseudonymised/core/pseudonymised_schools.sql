with pupil_years as (
    select * from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
),

-- on roll on the census date or, before the census, on the latest day
on_roll as (
    select
        enrolments.local_authority_code,
        enrolments.academic_year,
        enrolments.seed_code,
        pupil_years.sector,
        count(distinct enrolments.pupil_id)::integer as pupils
    from {{ ref('canonical_enrolment_years') }} as enrolments
    inner join pupil_years using (local_authority_code, academic_year, pupil_id, seed_code)
    inner join {{ ref('academic_years') }} as academic_years on enrolments.academic_year = academic_years.academic_year
    left join {{ ref('canonical_data_as_at') }} as data_as_at
        on enrolments.local_authority_code = data_as_at.local_authority_code
        and enrolments.academic_year = data_as_at.academic_year
    where
        enrolments.is_base_school
        and enrolments.status = 'on_roll'
        and least(academic_years.census_on, coalesce(data_as_at.data_as_at, academic_years.census_on))
        between enrolments.counts_from and enrolments.counts_to
    group by
        enrolments.local_authority_code, enrolments.academic_year, enrolments.seed_code, pupil_years.sector
),

schools as (
    select distinct -- a department of its pupils
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code,
        pupil_years.sector
    from pupil_years
),

published as (
    select * from {{ ref('schools') }}
),

profiles as (
    select
        schools.local_authority_code,
        schools.seed_code,
        schools.sector,
        schools.academic_year,
        coalesce(establishments.establishment_name, published.school_name, 'Unnamed school') as school_name,
        coalesce(establishments.denomination, published.denomination) as denomination,
        coalesce(establishments.gaelic_medium, published.gaelic_medium) as gaelic_medium,
        coalesce(establishments.medium_of_education, published.medium_of_education) as medium_of_education,
        coalesce(establishments.half_day_openings_per_week, published.half_day_openings_per_week)::integer
            as half_day_openings_per_week,
        coalesce(establishments.planning_capacity, establishments.working_capacity) as capacity,
        coalesce(establishments.integrated_special_unit, published.integrated_special_unit)
            as integrated_special_unit,
        coalesce(establishments.opened_on, published.opened_on) as opened_on,
        coalesce(establishments.closed_on, published.closed_on) as closed_on,
        coalesce(establishments.mothballed_on, published.mothballed_on) as mothballed_on,
        coalesce(on_roll.pupils, 0) as pupils
    from schools
    left join on_roll using (local_authority_code, academic_year, seed_code, sector)
    left join {{ ref('canonical_establishments') }} as establishments
        on schools.local_authority_code = establishments.local_authority_code
        and schools.seed_code = establishments.seed_code
    left join published
        on schools.seed_code = published.seed_code
        and schools.sector = published.sector
)

select * from profiles
