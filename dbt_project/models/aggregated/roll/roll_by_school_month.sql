-- Rule 43: every school of the census list has a row in each month, and one that opens later from then on.
with month_ends as (
    select distinct -- a day of its pupils
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.month,
        pupils.as_at
    from {{ ref('roll_month_pupils') }} as pupils
    where pupils.is_month_end
),

counted as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.month,
        pupils.seed_code,
        pupils.sector,
        count(*)::integer as pupils
    from {{ ref('roll_month_pupils') }} as pupils
    where pupils.is_month_end
    group by pupils.local_authority_code, pupils.academic_year, pupils.month, pupils.seed_code, pupils.sector
),

listed as (
    select
        month_ends.*,
        lpad(schools.seed_code::text, 7, '0') as seed_code,
        schools.sector
    from month_ends
    inner join {{ ref('pseudonymised_census_schools') }} as schools using (local_authority_code, academic_year)
    union
    select
        month_ends.*,
        counted.seed_code,
        counted.sector
    from month_ends
    inner join counted
        on month_ends.local_authority_code = counted.local_authority_code
        and month_ends.academic_year = counted.academic_year
        and month_ends.month >= counted.month
),

rolls as (
    select
        listed.local_authority_code,
        listed.seed_code,
        listed.sector,
        listed.month,
        listed.academic_year,
        coalesce(counted.pupils, 0) as pupils,
        listed.as_at
    from listed
    left join counted using (local_authority_code, academic_year, month, seed_code, sector)
)

select * from rolls
