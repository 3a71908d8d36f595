with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
),

file_establishments as (
    select * from {{ ref('stg_control__file_establishments') }}
),

raw_counts as (
    select * from {{ ref('control_raw_counts') }} as raw_counts
    where {{ in_touched_scope('raw_counts') }}
),

-- rows whose establishment cannot be read are rejected, and lacking where the manifest counted them
by_establishment as (
    select
        file_establishments.file_id,
        file_establishments.seed_code,
        file_establishments.rows_manifest,
        file_establishments.rows_file,
        sum(file_establishments.rows_manifest - file_establishments.rows_file) over in_file as rows_lacking,
        sum(file_establishments.rows_rejected) filter (where file_establishments.rows_manifest is null) over in_file
            as rows_unreadable
    from file_establishments
    inner join file_ledger using (file_id)
    where file_ledger.status = 'landed'
    window in_file as (partition by file_establishments.file_id)
),

-- a file that did not land, or whose manifest does not go by establishment, has one line for the whole of it
manifest_to_file as (
    select
        file_ledger.file_id,
        0 as seed_code,
        'manifest to file' as hop,
        file_ledger.rows_manifest as amount_in,
        case when file_ledger.status = 'landed' then file_ledger.rows_file else 0 end as amount_out,
        case when file_ledger.status = 'landed'
            then {{ explained({'blank': 'case when file_ledger.rows_manifest = file_ledger.rows_file + file_ledger.rows_blank'
                ~ ' then file_ledger.rows_blank end'}) }}
            else jsonb_build_object(file_ledger.status, file_ledger.rows_manifest) end as explained,
        true as checksum_matches
    from file_ledger
    where file_ledger.rows_manifest is not null
    union all
    select
        by_establishment.file_id,
        by_establishment.seed_code,
        'manifest to file by establishment' as hop,
        by_establishment.rows_manifest as amount_in,
        by_establishment.rows_file as amount_out,
        {{ explained({
            'rejected': 'case when by_establishment.rows_lacking <= by_establishment.rows_unreadable'
            ~ ' then by_establishment.rows_manifest - by_establishment.rows_file end',
        }) }} as explained,
        true as checksum_matches
    from by_establishment
    where by_establishment.rows_manifest is not null
),

file_to_raw as (
    select
        file_id,
        seed_code,
        'file to raw' as hop,
        coalesce(file_establishments.rows_file, 0) as amount_in,
        coalesce(raw_counts.row_count, 0) as amount_out,
        {{ explained({
            'rejected': 'coalesce(file_establishments.rows_rejected, 0)',
            'duplicate_key': 'coalesce(file_establishments.rows_duplicate, 0)',
        }) }} as explained,
        coalesce(file_establishments.key_checksum, 0) = coalesce(raw_counts.key_checksum, 0)
        -- a file that has not been taken over yet is without
        and coalesce(file_establishments.content = coalesce(raw_counts.content, 0), true) as checksum_matches
    from (
        select file_establishments.* from file_establishments inner join file_ledger using (file_id)
        where file_ledger.status = 'landed'
    ) as file_establishments
    full join raw_counts using (file_id, seed_code)
),

lines as (
    select * from manifest_to_file
    union all
    select * from file_to_raw
),

balanced as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        lines.hop,
        lines.file_id,
        lines.seed_code,
        file_ledger.delivery_key,
        file_ledger.feed,
        lines.amount_in::bigint as amount_in,
        lines.amount_out::bigint as amount_out,
        lines.explained,
        lines.checksum_matches
    from lines
    inner join file_ledger using (file_id)
)

select * from balanced
