with pupil_years as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        row_of.sector as row_sector,
        {{ pupil_year_columns('pupil_years') }}
    from {{ ref('pupil_year_attendance') }} as pupil_years
    cross join lateral (values (pupil_years.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('pupil_years') }}
        and ({{ counts_in_authority_rows('pupil_years', 'row_of.sector') }})
),

cells as (
    select
        cells.local_authority_code,
        cells.academic_year,
        row_of.sector as row_sector,
        cells.month,
        {% for column in behind_columns() -%}
        cells.{{ column }},
        {% endfor -%}
        {{ pupil_year_columns('cells') }}
    from {{ ref('monthly_attendance_cells') }} as cells
    cross join lateral (values (cells.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('cells') }}
        and ({{ counts_in_authority_rows('cells', 'row_of.sector') }})
),

by_year as (
    select
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.row_sector as sector,
        coalesce(pupil_years.stage, 'all') as stage,
        coalesce(pupil_years.simd_quintile, 'all') as simd_quintile,
        'all' as month,
        {{ pupils_behind('pupil_years') }},
        {% for category in opening_categories() -%}
        sum(pupil_years.{{ category }})::bigint as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from pupil_years
    group by
        pupil_years.local_authority_code, pupil_years.academic_year, pupil_years.row_sector,
        grouping sets ((), (pupil_years.stage), (pupil_years.simd_quintile))
),

by_month as (
    select
        cells.local_authority_code,
        cells.academic_year,
        cells.row_sector as sector,
        coalesce(cells.stage, 'all') as stage,
        coalesce(cells.simd_quintile, 'all') as simd_quintile,
        cells.month::text as month,
        {% for column in behind_columns() -%}
        sum(cells.{{ column }})::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        sum(cells.{{ category }})::bigint as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from cells
    group by
        cells.local_authority_code, cells.academic_year, cells.row_sector, cells.month,
        grouping sets ((), (cells.stage), (cells.simd_quintile), (cells.stage, cells.simd_quintile))
),

monthly_range as (
    select
        by_month.local_authority_code,
        by_month.academic_year,
        by_month.sector,
        by_month.stage,
        by_month.simd_quintile,
        min(by_month.behind_pupils) as behind_smallest_month,
        max(by_month.behind_pupils) as behind_largest_month
    from by_month
    group by
        by_month.local_authority_code, by_month.academic_year, by_month.sector, by_month.stage,
        by_month.simd_quintile
),

ranged as (
    select
        openings.*,
        monthly_range.behind_smallest_month,
        monthly_range.behind_largest_month
    from (select * from by_year union all select * from by_month) as openings
    left join monthly_range using (local_authority_code, academic_year, sector, stage, simd_quintile)
    -- totals; both stage and quintile within a sector; and one of them for all sectors, for the year
    where (openings.stage = 'all' and openings.simd_quintile = 'all')
        or (openings.stage <> 'all' and openings.simd_quintile <> 'all' and openings.sector <> 'all')
        or (
            (openings.stage = 'all' or openings.simd_quintile = 'all')
            and openings.sector = 'all' and openings.month = 'all'
        )
)

select * from ranged
