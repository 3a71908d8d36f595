with pupil_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.pupil_token,
        pupil_months.seed_code,
        {% for category in opening_categories() -%}
        pupil_months.{{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('pseudonymised_attendance_pupil_months') }} as pupil_months
    where {{ in_touched_scope('pupil_months') }}
),

pupil_years as (
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
        pupil_years.is_persistent_absence_school
    from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
),

school_totals as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.pupil_token,
        pupil_months.seed_code,
        {% for category in opening_categories() -%}
        sum(pupil_months.{{ category }})::integer as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_months
    group by
        pupil_months.local_authority_code, pupil_months.academic_year,
        pupil_months.pupil_token, pupil_months.seed_code
),

described as (
    select
        school_totals.*,
        pupil_years.sector,
        pupil_years.stage,
        pupil_years.sex,
        pupil_years.simd_quintile,
        pupil_years.deprivation_group,
        pupil_years.is_persistent_absence_school,
        count(*) over (
            partition by
                school_totals.local_authority_code, school_totals.academic_year, school_totals.pupil_token
        ) as schools
    from school_totals
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
),

-- characteristics are the same at every school of a pupil's year, so min() picks the only value; but a stage that is
-- foreign to a department counts with the nearest there, so of all schools together it is that of the base school
persons_at_several_schools as (
    select
        described.local_authority_code,
        described.academic_year,
        described.pupil_token,
        case when grouping(described.sector) = 0 then 'sector' else 'authority' end as counts_in,
        coalesce(described.sector, 'several') as sector,
        coalesce(
            min(described.stage) filter (where described.is_persistent_absence_school), min(described.stage)
        ) as stage,
        min(described.sex) as sex,
        min(described.simd_quintile) as simd_quintile,
        min(described.deprivation_group) as deprivation_group,
        {% for category in opening_categories() -%}
        sum(described.{{ category }})::integer as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from described
    where described.schools > 1
    group by
        described.local_authority_code, described.academic_year, described.pupil_token,
        grouping sets ((described.sector), ())
),

counted as (
    select
        described.local_authority_code,
        described.academic_year,
        described.pupil_token,
        case when described.schools = 1 then 'everywhere' else 'school' end as counts_in,
        lpad(described.seed_code::text, 7, '0') as seed_code,
        {{ pupil_year_columns('described') }}
    from described
    union all
    select
        persons.local_authority_code,
        persons.academic_year,
        persons.pupil_token,
        persons.counts_in,
        'several' as seed_code,
        {{ pupil_year_columns('persons') }}
    from persons_at_several_schools as persons
)

select * from counted
