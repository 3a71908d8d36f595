-- depends_on: {{ ref('control_audited_scopes') }}
{%- set values = [
    'establishment_name', 'departments', 'denomination', 'gaelic_medium', 'half_day_openings_per_week',
    'planning_capacity', 'working_capacity', 'capacity_as_at', 'condition', 'suitability', 'medium_of_education',
    'integrated_special_unit', 'opened_on', 'closed_on', 'mothballed_on',
] %}
-- Of establishments and calendar the latest snapshot of a year counts: its rows have to be in canonical, the rows of
-- older ones are superseded (a calendar day that a later snapshot lacks is kept, so these are never fewer). Rows are
-- joined by key, so their values are compared instead of a checksum.
with file_ledger as (
    select
        file_ledger.*,
        file_ledger.is_in_force and row_number() over (
            partition by
                file_ledger.local_authority_code, file_ledger.feed, file_ledger.is_in_force,
                case when file_ledger.feed = 'calendar' then file_ledger.academic_year end
            order by file_ledger.extracted_at desc, file_ledger.extract_date desc, file_ledger.sequence desc
        ) = 1 as is_latest
    from {{ ref('stg_control__file_ledger') }} as file_ledger
    where file_ledger.feed in ('establishments', 'calendar')
        and file_ledger.status = 'landed'
),

raw_counts as (
    select * from {{ ref('control_raw_counts') }} as raw_counts
    where {{ in_touched_scope('raw_counts') }}
),

later_files as (
    select distinct -- as many files as are later
        calendars.file_id,
        others.academic_year
    from file_ledger as calendars
    inner join file_ledger as later
        on later.local_authority_code = calendars.local_authority_code
            and later.feed = calendars.feed
            and later.is_in_force
            and later.file_id <> calendars.file_id
            and (later.extracted_at, later.extract_date, later.sequence)
            > (calendars.extracted_at, calendars.extract_date, calendars.sequence)
    inner join {{ ref('stg_control__file_years') }} as others on others.file_id = later.file_id
    where calendars.is_latest and calendars.feed = 'calendar'
),

standing as (
    select
        calendar._file_id as file_id,
        calendar.seed_code,
        count(*) as row_count,
        bool_and(
            later_files.file_id is not null
            or half_days.is_open = (
                calendar.is_open and (
                    calendar.next_extracted_at is null
                    or calendar.opening_date <= {{ day_of('calendar.next_extracted_at') }}
                )
            )
        ) as is_same
    from {{ ref('stg_seemis__calendar') }} as calendar
    inner join {{ ref('canonical_delivered_half_days') }} as half_days
        on half_days.local_authority_code = calendar.local_authority_code
            and half_days.seed_code = calendar.seed_code
            and half_days.opening_date = calendar.opening_date
            and half_days.opening = calendar.opening
    -- a later file that speaks of another year may have days of this one too
    left join later_files
        on later_files.file_id = calendar._file_id
            and later_files.academic_year = half_days.academic_year
    where calendar._file_id = any(array(
        select file_ledger.file_id from file_ledger where file_ledger.is_latest and {{ in_touched_scope('file_ledger') }}
    ))
    group by calendar._file_id, calendar.seed_code
    union all
    select
        establishments._file_id as file_id,
        establishments.seed_code,
        count(*) as row_count,
        bool_and(
            (canonical_establishments.{{ values | join(', canonical_establishments.') }})
            is not distinct from (establishments.{{ values | join(', establishments.') }})
        ) as is_same
    from {{ ref('stg_seemis__establishments') }} as establishments
    inner join {{ ref('canonical_establishments') }} as canonical_establishments
        on canonical_establishments.local_authority_code = establishments.local_authority_code
            and canonical_establishments.seed_code = establishments.seed_code
    where establishments._file_id = any(array(
        select file_ledger.file_id from file_ledger where file_ledger.is_latest and {{ in_touched_scope('file_ledger') }}
    ))
    group by establishments._file_id, establishments.seed_code
),

balanced as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        'raw to canonical' as hop,
        raw_counts.file_id,
        raw_counts.seed_code,
        file_ledger.delivery_key,
        file_ledger.feed,
        raw_counts.row_count as amount_in,
        coalesce(standing.row_count, 0)::bigint as amount_out,
        {{ explained({
            'superseded': 'case when file_ledger.is_in_force and not file_ledger.is_latest then raw_counts.row_count end',
            'withdrawn': 'case when not file_ledger.is_in_force then raw_counts.row_count end',
        }) }} as explained,
        coalesce(standing.is_same, true) as checksum_matches
    from raw_counts
    inner join file_ledger on raw_counts.file_id = file_ledger.file_id
    left join standing
        on standing.file_id = raw_counts.file_id
            and standing.seed_code = raw_counts.seed_code
)

select * from balanced
