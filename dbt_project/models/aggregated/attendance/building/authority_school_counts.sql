with cells as (
    select
        cells.local_authority_code,
        cells.academic_year,
        row_of.sector,
        cells.stage,
        cells.simd_quintile,
        cells.month,
        cells.seed_code || cells.sector as school
    from {{ ref('monthly_attendance_cells') }} as cells
    cross join lateral (values (cells.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('cells') }}
        and {{ counts_in_school_rows('cells') }}
        and {{ possible_openings('cells') }} > 0
),

counted as (
    select
        cells.local_authority_code,
        cells.academic_year,
        cells.sector,
        coalesce(cells.stage, 'all') as stage,
        coalesce(cells.simd_quintile, 'all') as simd_quintile,
        coalesce(cells.month::text, 'all') as month,
        count(distinct cells.school)::integer as schools_counted
    from cells
    group by
        cells.local_authority_code, cells.academic_year, cells.sector,
        grouping sets ((), (cells.month), (cells.stage, cells.simd_quintile, cells.month))
)

select * from counted
