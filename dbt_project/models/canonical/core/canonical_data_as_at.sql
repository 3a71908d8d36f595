-- Rule 9: up to when an authority's data go, in each academic year. Once a later year has marks, that is the
-- year's last open half day: what is missing of June is missing, also in September.
with last_marked as (
    select
        last_marked.*,
        max(last_marked.academic_year) filter (where last_marked.last_marked_on is not null) over (
            partition by last_marked.local_authority_code
        ) as latest_year
    from {{ ref('canonical_last_marked') }} as last_marked
    where {{ in_touched_scope('last_marked') }}
)

select
    last_marked.local_authority_code,
    last_marked.academic_year,
    case
        when last_marked.academic_year < last_marked.latest_year then last_marked.last_open_on
        else last_marked.last_marked_on
    end as data_as_at,
    case
        when last_marked.academic_year < last_marked.latest_year then last_marked.last_open_opening
        else last_marked.last_marked_opening
    end as data_as_at_opening,
    case
        when last_marked.academic_year < last_marked.latest_year
            then greatest(last_marked.last_month, date_trunc('month', last_marked.last_open_on::timestamp)::date)
        else last_marked.last_month
    end as last_month
from last_marked
