with files as (
    select * from {{ source('control', 'files') }}
),

deliveries as (
    select * from {{ source('control', 'deliveries') }}
),

-- deliveries that landed after the build began are not in it
registered as (
    select distinct ledger_events.delivery_id -- a delivery may have landed several times
    from {{ source('control', 'ledger_events') }} as ledger_events
    inner join {{ source('control', 'build_state') }} as build_state
        on ledger_events.event_id <= build_state.event_id
),

latest_years as (
    select
        file_years.file_id,
        max(file_years.academic_year) as academic_year
    from {{ source('control', 'file_years') }} as file_years
    group by file_years.file_id
)

select
    files.file_id,
    files.delivery_id,
    deliveries.delivery_key,
    deliveries.local_authority_code,
    coalesce(latest_years.academic_year, {{ academic_year_of('deliveries.extract_date') }}) as academic_year,
    deliveries.environment,
    deliveries.extract_date,
    deliveries.sequence,
    files.feed,
    files.kind,
    files.status,
    files.reason,
    files.extracted_at,
    files.landed_at,
    files.rows_manifest,
    files.rows_file,
    files.rows_accepted,
    files.rows_rejected,
    files.rows_duplicate,
    coalesce(files.rows_blank, 0) as rows_blank,
    files_in_force.file_id is not null as is_in_force
from files
inner join deliveries on files.delivery_id = deliveries.delivery_id
inner join registered on files.delivery_id = registered.delivery_id
left join latest_years on files.file_id = latest_years.file_id
left join {{ source('control', 'files_in_force') }} as files_in_force on files.file_id = files_in_force.file_id
