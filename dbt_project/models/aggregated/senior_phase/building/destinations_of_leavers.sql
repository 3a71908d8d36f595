{{ config(materialized='table') }}
-- Initial and follow-up apart, each once it is known of any leaver of the year.
with leavers as (
    select * from {{ ref('mainstream_leavers') }}
),

editions as (
    select
        leavers.*,
        'initial' as edition,
        leavers.initial_destination as found
    from leavers
    union all
    select
        leavers.*,
        'follow_up' as edition,
        leavers.follow_up_destination as found
    from leavers
),

known as (
    select
        editions.*,
        count(editions.found) over (
            partition by editions.local_authority_code, editions.academic_year, editions.edition
        ) as known_of
    from editions
)

select
    known.pupil_token,
    known.local_authority_code,
    known.academic_year,
    known.edition,
    known.seed_code,
    known.simd_quintile,
    coalesce(known.found, 'unknown') as destination,
    {{ is_positive_destination('destinations', 'known.academic_year') }} as is_positive
from known
inner join {{ ref('leaver_destinations') }} as destinations
    on coalesce(known.found, 'unknown') = destinations.destination
where known.known_of > 0
order by known.pupil_token
