-- What: each feed of each establishment came when its contract expects it.
-- When it matters: figures that rest on a late feed are older than the page's other figures.
-- How to fix: ask the authority's export job for the feed; `warehouse freshness` has the dates.
{{ config(severity='warn') }}

select
    freshness.local_authority_code,
    freshness.feed,
    freshness.status,
    count(*) as establishments,
    min(freshness.due_at) as due_at
from {{ ref('control_freshness') }} as freshness
where freshness.status <> 'fresh'
group by freshness.local_authority_code, freshness.feed, freshness.status
