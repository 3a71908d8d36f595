{{ config(materialized='table') }}
with leaver_awards as (
    select * from {{ ref('leaver_awards') }} as leaver_awards
    where leaver_awards.award_set <> 'breadth_and_depth'
)

select
    leaver_awards.local_authority_code,
    leaver_awards.academic_year,
    leaver_awards.award_set,
    leaver_awards.scqf_level,
    numbers.awards,
    coalesce(leaver_awards.simd_quintile, 'all') as simd_quintile,
    count(*)::integer as leavers,
    (count(*) filter (where leaver_awards.subjects >= numbers.awards))::integer as achieved,
    {{ share('count(*) filter (where leaver_awards.subjects >= numbers.awards)', 'count(*)') }} as achieved_share,
    case leaver_awards.award_set when 'all_scqf' then 'incomplete' end as other_providers,
    '{{ var("simd_edition") }}' as simd_edition,
    min(leaver_awards.state) as state
from leaver_awards
cross join generate_series(1, 5) as numbers (awards)
group by
    leaver_awards.local_authority_code, leaver_awards.academic_year, leaver_awards.award_set,
    leaver_awards.scqf_level, numbers.awards, grouping sets ((), (leaver_awards.simd_quintile))
