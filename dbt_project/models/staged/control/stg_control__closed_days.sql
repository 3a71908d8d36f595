-- Of a school and day the last entry counts: one of the school overtakes an earlier one of the whole authority, and
-- the reverse.
with entries as (
    select closed_days.*
    from {{ source('control', 'closed_days') }} as closed_days
    -- entries made after the build began are not in it
    inner join {{ source('control', 'build_state') }} as build_state on closed_days.event_id <= build_state.event_id
),

days as (
    select
        entries.local_authority_code,
        coalesce(entries.seed_code, 0) as seed_code,
        days.day::date as closed_on,
        entries.is_closed,
        entries.entry_id
    from entries
    cross join lateral generate_series(
        entries.first_day::timestamp, entries.last_day::timestamp, interval '1 day'
    ) as days (day)
),

latest as (
    select distinct on (days.local_authority_code, days.closed_on, days.seed_code) days.*
    from days
    order by days.local_authority_code asc, days.closed_on asc, days.seed_code asc, days.entry_id desc
)

select
    latest.local_authority_code,
    {{ academic_year_of('latest.closed_on') }} as academic_year,
    latest.seed_code,
    latest.closed_on,
    latest.is_closed
from latest
left join latest as everywhere
    on latest.local_authority_code = everywhere.local_authority_code
    and latest.closed_on = everywhere.closed_on
    and everywhere.seed_code = 0
where everywhere.entry_id is null
    or latest.entry_id >= everywhere.entry_id
