with published as (
    select
        national_statistics.measure,
        national_statistics.sector,
        national_statistics.stage,
        national_statistics.pupil_group,
        national_statistics.rate,
        national_statistics.academic_year
    from {{ ref('national_statistics') }} as national_statistics
    where national_statistics.measure in ('attendance_rate', 'persistent_absence_rate')
),

grouped as (
    select
        published.measure,
        published.sector,
        case
            when published.stage <> 'all' and published.pupil_group = 'all' then 'stage'
            when published.stage <> 'all' then 'stage and group'
            when published.pupil_group in ('female', 'male') then 'sex'
            when published.pupil_group like 'simd_quintile_%' then 'simd_quintile'
            when published.pupil_group = 'all' then 'all'
            else 'group'
        end as breakdown,
        case published.pupil_group
            when 'female' then 'F'
            when 'male' then 'M'
            else case when published.stage <> 'all' then published.stage
                    else replace(published.pupil_group, 'simd_quintile_', '')
                end
        end as value,
        published.rate,
        published.academic_year
    from published
),

-- the most deprived fifth of the three groups is the first of the five
with_groups as (
    select * from grouped
    union all
    select
        grouped.measure,
        grouped.sector,
        'deprivation_group' as breakdown,
        'most_deprived_fifth' as value,
        grouped.rate,
        grouped.academic_year
    from grouped
    where grouped.breakdown = 'simd_quintile' and grouped.value = '1'
),

sectors (row_sector) as (
    values ('all'), ('primary'), ('secondary'), ('special')
),

latest as (
    select distinct on (sectors.row_sector, with_groups.measure, with_groups.breakdown, with_groups.value)
        with_groups.measure,
        sectors.row_sector as sector,
        with_groups.breakdown,
        with_groups.value,
        with_groups.rate::numeric(9, 8) as national_rate,
        with_groups.academic_year as national_rate_year
    from with_groups
    inner join sectors on with_groups.sector in (sectors.row_sector, 'all')
    where with_groups.breakdown in ('all', 'stage', 'sex', 'simd_quintile', 'deprivation_group')
    order by
        sectors.row_sector asc, with_groups.measure asc, with_groups.breakdown asc, with_groups.value asc,
        (with_groups.sector = sectors.row_sector) desc, with_groups.academic_year desc
)

select * from latest
