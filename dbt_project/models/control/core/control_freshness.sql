-- When the next delivery of a feed was due: attendance by the calendar, snapshots by their frequency and, since
-- nobody extracts in the holidays, not before the authority's next open day.
with expectations (feed, is_required, has_establishment, every_days, latency_days, due_by) as (
    values
    {% for feed, told in feeds().items() -%}
    (
        '{{ feed }}', {{ told.is_required }}, {{ told.has_establishment }}, {{ told.every_days }},
        {{ told.latency_days }}, time '{{ told.by }}'
    ){{ ',' if not loop.last }}
    {% endfor %}
),

as_of as (
    select
        file_ledger.local_authority_code,
        {{ judged_year('file_ledger') }} as academic_year,
        {{ judged_at('file_ledger') }} as as_of
    from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
    group by file_ledger.local_authority_code
),

contributors as (
    select contributors.*
    from {{ ref('control_expected_contributors') }} as contributors
    inner join as_of using (local_authority_code, academic_year)
),

-- a feed that names no establishment (pupils) is the whole authority's
places as (
    select contributors.local_authority_code, contributors.seed_code, expectations.feed
    from contributors
    inner join expectations on expectations.is_required and expectations.has_establishment
    union
    select as_of.local_authority_code, 0, expectations.feed
    from as_of
    inner join expectations on expectations.is_required and not expectations.has_establishment
    union
    select deliveries.local_authority_code, deliveries.seed_code, deliveries.feed
    from {{ ref('control_establishment_deliveries') }} as deliveries
    inner join as_of using (local_authority_code, academic_year)
    where deliveries.seed_code <> 0
),

deliveries as (
    select
        deliveries.local_authority_code,
        deliveries.seed_code,
        deliveries.feed,
        deliveries.last_extracted_at,
        deliveries.last_delivery_key
    from {{ ref('control_establishment_deliveries') }} as deliveries
    inner join as_of using (local_authority_code, academic_year)
),

-- materialized: put into the subquery below, it would be made anew for each school and feed (2 s of a city's night)
open_days as materialized (
    select distinct calendar.local_authority_code, calendar.opening_date -- open at any school
    from {{ ref('canonical_calendar') }} as calendar
    inner join as_of using (local_authority_code, academic_year)
    where calendar.is_open
),

dated as (
    select
        places.local_authority_code,
        places.seed_code,
        places.feed,
        deliveries.last_delivery_key,
        deliveries.last_extracted_at,
        case when places.feed = 'attendance' then contributors.marked_to end as data_to,
        case
            when places.feed = 'attendance' then case when contributors.is_missing then contributors.last_due_on end
            when deliveries.last_extracted_at is null then {{ day_of('as_of.as_of') }}
            else coalesce(
                (
                    select min(open_days.opening_date)
                    from open_days
                    where open_days.local_authority_code = places.local_authority_code
                        and open_days.opening_date >= {{ day_of('deliveries.last_extracted_at') }} + expectations.every_days
                ),
                {{ day_of('deliveries.last_extracted_at') }} + expectations.every_days
            )
        end + expectations.latency_days + expectations.due_by as due,
        as_of.as_of
    from places
    inner join as_of using (local_authority_code)
    inner join expectations using (feed)
    left join deliveries using (local_authority_code, seed_code, feed)
    left join contributors
        on contributors.local_authority_code = places.local_authority_code
            and contributors.seed_code = places.seed_code
),

judged as (
    select
        dated.local_authority_code,
        dated.seed_code,
        dated.feed,
        dated.last_delivery_key,
        dated.last_extracted_at,
        dated.data_to,
        dated.due at time zone 'Europe/London' as due_at,
        case
            when dated.last_extracted_at is null then 'missing'
            when dated.due at time zone 'Europe/London' <= dated.as_of then 'late'
            else 'fresh'
        end as status
    from dated
)

select * from judged
