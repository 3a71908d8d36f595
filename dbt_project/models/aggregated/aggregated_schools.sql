with years as (
    select
        facts.local_authority_code,
        max(facts.academic_year) as academic_year
    from {{ ref('school_facts') }} as facts
    where {{ in_touched_scope('facts') }}
    group by facts.local_authority_code
),

school_facts as (
    select facts.*
    from {{ ref('school_facts') }} as facts
    inner join years using (local_authority_code, academic_year)
),

totals as (
    select totals.*
    from {{ ref('attendance_of_schools') }} as totals
    inner join years using (local_authority_code, academic_year)
    where totals.breakdown = 'all'
),

-- on roll on the census date or, before the census, on the latest day
on_roll as (
    select
        enrolments.local_authority_code,
        enrolments.academic_year,
        lpad(enrolments.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        count(distinct enrolments.pupil_id)::integer as pupils
    from {{ ref('canonical_enrolment_years') }} as enrolments
    inner join years using (local_authority_code, academic_year)
    inner join {{ ref('canonical_pupil_years') }} as pupil_years
        using (local_authority_code, academic_year, pupil_id, seed_code)
    inner join {{ ref('pseudonymised_school_years') }} as school_years
        using (local_authority_code, academic_year, seed_code)
    where enrolments.is_base_school
        and enrolments.status = 'on_roll'
        and least(school_years.census_on, coalesce(school_years.data_as_at, school_years.census_on))
        between enrolments.counts_from and enrolments.counts_to
    group by enrolments.local_authority_code, enrolments.academic_year, enrolments.seed_code, pupil_years.sector
),

published as (
    select * from {{ ref('schools') }}
),

profiles as (
    select
        school_facts.local_authority_code,
        school_facts.seed_code,
        school_facts.sector,
        school_facts.academic_year,
        coalesce(establishments.establishment_name, published.school_name, 'Unnamed school') as school_name,
        coalesce(establishments.denomination, published.denomination) as denomination,
        coalesce(establishments.gaelic_medium, published.gaelic_medium) as gaelic_medium,
        coalesce(establishments.medium_of_education, published.medium_of_education) as medium_of_education,
        coalesce(establishments.half_day_openings_per_week, published.half_day_openings_per_week)::integer
            as half_day_openings_per_week,
        establishments.capacity,
        coalesce(establishments.integrated_special_unit, published.integrated_special_unit)
            as integrated_special_unit,
        coalesce(establishments.opened_on, published.opened_on) as opened_on,
        coalesce(establishments.closed_on, published.closed_on) as closed_on,
        coalesce(establishments.mothballed_on, published.mothballed_on) as mothballed_on,
        coalesce(on_roll.pupils, 0) as pupils,
        school_facts.calendar_source,
        school_facts.is_provisional,
        school_facts.data_as_at,
        coalesce(totals.behind_pupils, 0) as behind_pupils,
        totals.behind_smallest_month,
        totals.behind_largest_month,
        case when not school_facts.are_totals_due then 'not_yet_due' end as withheld
    from school_facts
    left join totals using (local_authority_code, academic_year, seed_code, sector)
    left join on_roll using (local_authority_code, academic_year, seed_code, sector)
    left join {{ ref('canonical_establishments') }} as establishments
        on establishments.local_authority_code = school_facts.local_authority_code
            and establishments.seed_code = school_facts.seed_code::integer
    left join published
        on published.seed_code = school_facts.seed_code::integer
            and published.sector = school_facts.sector
)

select * from profiles
