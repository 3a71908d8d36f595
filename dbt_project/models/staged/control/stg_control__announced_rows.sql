-- Of deliveries that count, files that have not landed: a withdrawn delivery has announced nothing.
with deliveries as (
    select * from {{ source('control', 'deliveries_in_force') }}
),

landed as (
    select files_in_force.file_id from {{ source('control', 'files_in_force') }} as files_in_force
),

announced as (
    select * from {{ source('control', 'announced_rows') }}
),

lost_files as (
    select
        files.file_id,
        files.feed,
        deliveries.local_authority_code,
        deliveries.extract_date,
        files.rows_manifest
    from {{ source('control', 'files') }} as files
    inner join deliveries on files.delivery_id = deliveries.delivery_id
    left join landed on files.file_id = landed.file_id
    where landed.file_id is null
        and files.rows_manifest > 0
)

select
    lost_files.file_id,
    lost_files.feed,
    lost_files.local_authority_code,
    lost_files.extract_date,
    coalesce(announced.seed_code, 0) as seed_code,
    coalesce(announced.row_count, lost_files.rows_manifest) as row_count
from lost_files
left join announced on lost_files.file_id = announced.file_id
where announced.row_count is null
    or announced.row_count > 0
