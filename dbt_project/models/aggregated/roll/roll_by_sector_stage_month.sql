-- Rule 43: every stage of the sector has a row, whether anybody is in it or not.
with counted as (
    select
        pupils.local_authority_code,
        pupils.sector,
        pupils.month,
        pupils.stage,
        count(*)::integer as pupils
    from {{ ref('roll_month_pupils') }} as pupils
    where pupils.is_month_end
    group by pupils.local_authority_code, pupils.sector, pupils.month, pupils.stage
),

rolls as (
    select
        sectors.local_authority_code,
        sectors.sector,
        sectors.month,
        listed.stage,
        sectors.academic_year,
        coalesce(counted.pupils, 0) as pupils,
        sectors.as_at
    from {{ ref('roll_by_sector_month') }} as sectors
    inner join ({{ stages_of_sectors() }}) as listed using (sector)
    left join counted using (local_authority_code, sector, month, stage)
)

select * from rolls
