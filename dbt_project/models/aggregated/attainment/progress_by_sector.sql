-- Progress is of primaries: P4 of a return, and P7 of the one three years on.
with years as (
    select
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        min(schools.state) as state
    from {{ ref('returned_schools') }} as schools
    where schools.sector = 'primary'
    group by schools.local_authority_code, schools.sector, schools.academic_year
),

counted as (
    select
        years.local_authority_code,
        years.sector,
        years.academic_year,
        {{ years_after('years.academic_year', -3) }} as academic_year_of_p4,
        {{ progress_figures('pupils') }},
        years.state
    from years
    inner join {{ ref('followed_pupils') }} as pupils
        on years.local_authority_code = pupils.local_authority_code
        and years.academic_year = pupils.academic_year
    group by years.local_authority_code, years.sector, years.academic_year, years.state
)

select * from counted
