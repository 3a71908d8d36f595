{{ config(materialized='table') }}
-- Values of Insight come first; else those of our own matching, where enough of the leavers are matched.
with awards as (
    select * from {{ ref('leaver_attainment_by_school') }}
),

draws as (
    select
        drawn.local_authority_code,
        drawn.seed_code,
        drawn.sector,
        drawn.academic_year,
        max(drawn.matched) as matched,
        {{ each_compared('max(drawn.{m}) filter (where drawn.draw = 0) as {m}') }},
        {{ each_compared('min(drawn.{m}) as {m}_low') }},
        {{ each_compared('max(drawn.{m}) as {m}_high') }}
    from {{ ref('comparison_draws') }} as drawn
    group by drawn.local_authority_code, drawn.seed_code, drawn.sector, drawn.academic_year
),

insight as (
    select
        given.local_authority_code,
        given.seed_code,
        given.academic_year,
        {{ each_compared("max(given.comparison_percent) filter (where given.measure = '{m}') / 100 as {m}") }}
    from {{ ref('stg_control__comparison_values') }} as given
    group by given.local_authority_code, given.seed_code, given.academic_year
),

sourced as (
    select
        awards.*,
        draws.matched,
        {{ each_compared('insight.{m} as {m}_insight') }},
        {{ each_compared('draws.{m} as {m}_own') }},
        {{ each_compared('draws.{m}_low') }},
        {{ each_compared('draws.{m}_high') }},
        case
            when insight.seed_code is not null then 'insight'
            when draws.matched >= {{ var('comparison_matched_share') }} * awards.cohort then 'own'
        end as comparison_source
    from awards
    left join draws
        on awards.local_authority_code = draws.local_authority_code
        and awards.seed_code = draws.seed_code
        and awards.sector = draws.sector
        and awards.academic_year = draws.academic_year
    left join insight
        on awards.local_authority_code = insight.local_authority_code
        and awards.seed_code = insight.seed_code
        and awards.academic_year = insight.academic_year
)

select
    sourced.local_authority_code,
    sourced.seed_code,
    sourced.sector,
    sourced.academic_year,
    sourced.leavers,
    sourced.cohort,
    sourced.comparison_source,
    case
        when sourced.comparison_source = 'own' and sourced.matched >= 0.95 * sourced.cohort then '95% or more'
        when sourced.comparison_source = 'own' then '90% to under 95%'
    end as matched_band,
    {{ each_compared(compared_figures('sourced')) }},
    sourced.other_providers,
    sourced.state
from sourced
