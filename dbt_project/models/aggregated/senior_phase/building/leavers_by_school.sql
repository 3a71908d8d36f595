{{ config(materialized='table') }}
with leaver_awards as (
    select * from {{ ref('leaver_awards') }} as leaver_awards
    where leaver_awards.award_set in ('national_qualifications', 'all_scqf')
)

select
    leaver_awards.local_authority_code,
    {{ seed_text('leaver_awards.seed_code') }} as seed_code,
    leaver_awards.academic_year,
    leaver_awards.award_set,
    leaver_awards.scqf_level,
    numbers.awards,
    count(*)::integer as leavers,
    (count(*) filter (where leaver_awards.subjects >= numbers.awards))::integer as achieved,
    {{ share('count(*) filter (where leaver_awards.subjects >= numbers.awards)', 'count(*)') }} as achieved_share,
    case leaver_awards.award_set when 'national_qualifications' then null else 'incomplete' end as other_providers,
    min(leaver_awards.state) as state
from leaver_awards
cross join generate_series(1, 5) as numbers (awards)
group by
    leaver_awards.local_authority_code, leaver_awards.seed_code, leaver_awards.academic_year,
    leaver_awards.award_set, leaver_awards.scqf_level, numbers.awards
