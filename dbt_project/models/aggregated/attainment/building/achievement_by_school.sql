{{ config(materialized='table') }}
with achieved_levels as (
    select * from {{ ref('achieved_levels') }}
),

of_years as (
    select
        achieved_levels.local_authority_code,
        {{ seed_text('achieved_levels.seed_code') }} as seed_code,
        achieved_levels.sector,
        achieved_levels.academic_year,
        achieved_levels.stage,
        achieved_levels.organiser,
        achieved_levels.language,
        {{ cohort_columns('achieved_levels.is_achieved') }},
        min(achieved_levels.state) as state
    from achieved_levels
    group by
        achieved_levels.local_authority_code, achieved_levels.seed_code, achieved_levels.sector,
        achieved_levels.academic_year, achieved_levels.stage, achieved_levels.organiser, achieved_levels.language
),

-- the year itself and the two before it, as far as there are returns of them
of_three_years as (
    select
        of_years.local_authority_code,
        of_years.seed_code,
        of_years.sector,
        of_years.academic_year,
        of_years.stage,
        of_years.organiser,
        of_years.language,
        count(*)::smallint as years_pooled,
        sum(earlier.cohort)::integer as cohort_three_years,
        sum(earlier.achieved)::integer as achieved_three_years
    from of_years
    inner join of_years as earlier
        using (local_authority_code, seed_code, sector, stage, organiser, language)
    where earlier.academic_year between {{ years_after('of_years.academic_year', -2) }} and of_years.academic_year
    group by
        of_years.local_authority_code, of_years.seed_code, of_years.sector, of_years.academic_year, of_years.stage,
        of_years.organiser, of_years.language
)

select
    of_years.local_authority_code,
    of_years.seed_code,
    of_years.sector,
    of_years.academic_year,
    of_years.stage,
    of_years.organiser,
    of_years.language,
    of_years.cohort,
    of_years.achieved,
    of_years.achieved_share,
    {{ ten_point_band('of_years.achieved', 'of_years.cohort') }} as official_band,
    of_three_years.years_pooled,
    of_three_years.cohort_three_years,
    of_three_years.achieved_three_years,
    {{ share('of_three_years.achieved_three_years', 'of_three_years.cohort_three_years') }} as share_three_years,
    of_years.state
from of_years
inner join of_three_years
    using (local_authority_code, seed_code, sector, academic_year, stage, organiser, language)
