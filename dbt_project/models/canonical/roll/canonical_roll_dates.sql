-- Rule 45: stocks at month ends and now. A snapshot has all leavers of its year with their dates, so the first one after a
-- month's end tells that day; what later ones correct counts from their own month on.
with snapshots as (
    select distinct -- two deliveries may hold the same one
        files.local_authority_code,
        files.academic_year,
        files.extracted_at,
        {{ day_of('files.extracted_at') }} as extracted_on
    from {{ ref('stg_control__files') }} as files
    where files.feed = 'enrolments'
        and {{ in_touched_scope('files') }}
),

years as (
    select
        snapshots.local_authority_code,
        snapshots.academic_year,
        academic_years.census_on,
        academic_years.ends_on,
        max(snapshots.extracted_at) as last_extracted_at,
        max(snapshots.extracted_on) as last_extracted_on,
        snapshots.academic_year < max(snapshots.academic_year) over (
            partition by snapshots.local_authority_code
        ) as is_over
    from snapshots
    inner join {{ ref('academic_years') }} as academic_years using (academic_year)
    group by
        snapshots.local_authority_code, snapshots.academic_year, academic_years.census_on, academic_years.ends_on
),

months as (
    select
        years.*,
        begins.month::date as month,
        (begins.month + interval '1 month' - interval '1 day')::date as ends_at
    from years
    cross join lateral generate_series(
        date_trunc('month', years.census_on::timestamp),
        date_trunc('month', years.ends_on::timestamp) - interval '1 month',
        interval '1 month'
    ) as begins (month)
),

month_ends as (
    select
        months.local_authority_code,
        months.academic_year,
        months.month,
        true as is_month_end,
        least(months.ends_at, max(snapshots.extracted_on)) as as_at,
        coalesce(
            min(snapshots.extracted_at) filter (where snapshots.extracted_on >= months.ends_at),
            max(snapshots.extracted_at)
        ) as read_at
    from months
    inner join snapshots
        on months.local_authority_code = snapshots.local_authority_code
        and months.academic_year = snapshots.academic_year
        and snapshots.extracted_on >= months.month
    where months.last_extracted_on > months.census_on
    group by
        months.local_authority_code, months.academic_year, months.month, months.ends_at, months.is_over
    having months.is_over or max(snapshots.extracted_on) >= months.ends_at
),

latest as (
    select
        years.local_authority_code,
        years.academic_year,
        date_trunc('month', years.last_extracted_on::timestamp)::date as month,
        false as is_month_end,
        years.last_extracted_on as as_at,
        years.last_extracted_at as read_at
    from years
    where years.last_extracted_on >= years.census_on
),

dates as (
    select * from month_ends
    union all
    select * from latest
)

select * from dates
