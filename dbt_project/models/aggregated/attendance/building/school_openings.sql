with pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code,
        {{ pupil_year_columns('pupil_years') }}
    from {{ ref('pupil_year_attendance') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
        and {{ counts_in_school_rows('pupil_years') }}
),

cells as (
    select
        cells.local_authority_code,
        cells.academic_year,
        cells.seed_code,
        cells.month,
        {% for column in behind_columns() -%}
        cells.{{ column }},
        {% endfor -%}
        {{ pupil_year_columns('cells') }}
    from {{ ref('monthly_attendance_cells') }} as cells
    where {{ in_touched_scope('cells') }}
        and {{ counts_in_school_rows('cells') }}
),

by_group as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code,
        pupil_years.sector,
        {{ breakdown_of('pupil_years') }},
        {{ pupils_behind('pupil_years') }},
        {% for category in opening_categories() -%}
        sum(pupil_years.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_years
    group by
        pupil_years.local_authority_code, pupil_years.academic_year, pupil_years.seed_code, pupil_years.sector,
        grouping sets ((), (pupil_years.stage), (pupil_years.sex), (pupil_years.deprivation_group))
),

by_month as (
    select
        cells.local_authority_code,
        cells.academic_year,
        cells.seed_code,
        cells.sector,
        'month' as breakdown,
        cells.month::text as value,
        {% for column in behind_columns() -%}
        sum(cells.{{ column }})::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        sum(cells.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from cells
    group by
        cells.local_authority_code, cells.academic_year, cells.seed_code, cells.sector, cells.month
),

expected_by_month as (
    select
        cells.local_authority_code,
        cells.academic_year,
        cells.seed_code,
        cells.sector,
        {{ breakdown_of('cells') }},
        sum(cells.behind_pupils)::integer as pupils
    from cells
    group by
        cells.local_authority_code, cells.academic_year, cells.seed_code, cells.sector, cells.month,
        grouping sets ((), (cells.stage), (cells.sex), (cells.deprivation_group))
),

monthly_range as (
    select
        expected_by_month.local_authority_code,
        expected_by_month.academic_year,
        expected_by_month.seed_code,
        expected_by_month.sector,
        expected_by_month.breakdown,
        expected_by_month.value,
        min(expected_by_month.pupils) as behind_smallest_month,
        max(expected_by_month.pupils) as behind_largest_month
    from expected_by_month
    group by
        expected_by_month.local_authority_code, expected_by_month.academic_year, expected_by_month.seed_code,
        expected_by_month.sector, expected_by_month.breakdown, expected_by_month.value
),

ranged as (
    select
        openings.*,
        monthly_range.behind_smallest_month,
        monthly_range.behind_largest_month
    from (select * from by_group union all select * from by_month) as openings
    left join monthly_range
        on monthly_range.local_authority_code = openings.local_authority_code
            and monthly_range.academic_year = openings.academic_year
            and monthly_range.seed_code = openings.seed_code
            and monthly_range.sector = openings.sector
            and monthly_range.breakdown = case when openings.breakdown = 'month' then 'all' else openings.breakdown end
            and monthly_range.value = case when openings.breakdown = 'month' then 'all' else openings.value end
)

select * from ranged
