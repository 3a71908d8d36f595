{%- set cell = ['sector', 'stage', 'sex', 'simd_quintile', 'deprivation_group'] -%}
with pupil_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.pupil_token,
        lpad(pupil_months.seed_code::text, 7, '0') as seed_code,
        pupil_months.month,
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
        pupil_years.counts_in,
        {{ cell | join(',\n        ') }}
    from {{ ref('pupil_year_attendance') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
        and {{ counts_in_school_rows('pupil_years') }}
),

persons as (
    select
        persons.local_authority_code,
        persons.academic_year,
        persons.pupil_token,
        persons.stage as stage_of_person
    from {{ ref('pupil_year_attendance') }} as persons
    where {{ in_touched_scope('persons') }}
        and persons.counts_in = 'authority'
),

described as (
    select
        pupil_months.*,
        pupil_years.counts_in,
        {% for column in cell -%}
        pupil_years.{{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_months
    inner join pupil_years using (local_authority_code, academic_year, pupil_token, seed_code)
),

-- the few at several schools, once for each sector and once for the authority
persons_at_several_schools as (
    select
        local_authority_code,
        academic_year,
        pupil_token,
        'several' as seed_code,
        described.month,
        {% for category in opening_categories() -%}
        sum(described.{{ category }})::integer as {{ category }},
        {% endfor -%}
        case when grouping(described.sector) = 0 then 'sector' else 'authority' end as counts_in,
        coalesce(described.sector, 'several') as sector,
        case when grouping(described.sector) = 0 then min(described.stage) else min(persons.stage_of_person) end as stage,
        {% for column in cell[2:] -%}
        min(described.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from described
    inner join persons using (local_authority_code, academic_year, pupil_token)
    where described.counts_in = 'school'
    group by
        local_authority_code, academic_year, pupil_token, described.month,
        grouping sets ((described.sector), ())
),

counted as (
    select * from described
    union all
    select * from persons_at_several_schools
),

cells as (
    select
        counted.local_authority_code,
        counted.academic_year,
        counted.month,
        counted.counts_in,
        counted.seed_code,
        {% for column in cell -%}
        counted.{{ column }},
        {% endfor -%}
        {{ pupils_behind('counted') }},
        {% for category in opening_categories() -%}
        sum(counted.{{ category }})::integer as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from counted
    group by
        counted.local_authority_code, counted.academic_year, counted.month, counted.counts_in, counted.seed_code,
        {% for column in cell %}counted.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
)

select * from cells
