{#- A query: marks in raw by file, establishment and code as delivered, with the hashes of what they say but for the code. Of
    files where one looks for persons by SCN first, so that a person is looked up once for a pupil and not for each of 26.7
    million marks; by day too where an SCN leads to different persons at different dates. What is scanned only because it
    has its turn says the same of persons as long as it says the same of SCNs. -#}
{% macro mark_sums(files) -%}
    select
        by_scn.file_id,
        by_scn.seed_code,
        by_scn.delivered_code,
        file_ledger.local_authority_code,
        sum(by_scn.row_count) as row_count,
        bit_xor(by_scn.key_checksum) as key_checksum,
        sum(by_scn.mark_sum * {{ scn_hash('by_scn.scn') }}) as content,
        sum(by_scn.mark_sum * coalesce(
            {{ person_hash('pupil_scns.pupil_id') }}, {{ scn_hash('by_scn.scn') }}
        )) as resolved_content
    from (
        select
            row_counts._file_id as file_id,
            row_counts.seed_code,
            row_counts.attendance_code as delivered_code,
            row_counts.scn,
            case
                when row_counts.scn in (
                    select scns.scn from {{ ref('canonical_pupil_scns') }} as scns where scns.is_shared
                ) then row_counts.attendance_date
            end as shared_on,
            count(*) as row_count,
            {{ row_checksum('row_counts') }} as key_checksum,
            sum({{ mark_hash('row_counts') }}) as mark_sum
        from {{ source('raw', 'attendance') }} as row_counts
        where {{ has_to_be_scanned(files, 'row_counts._file_id', with_persons=true) }}
        group by 1, 2, 3, 4, 5
    ) as by_scn
    inner join file_ledger on by_scn.file_id = file_ledger.file_id
    left join {{ ref('canonical_pupil_scns') }} as pupil_scns
        on file_ledger.local_authority_code = pupil_scns.local_authority_code
            and by_scn.scn = pupil_scns.scn
            and coalesce(by_scn.shared_on, date '2000-01-01') between pupil_scns.valid_from and pupil_scns.valid_to
    group by by_scn.file_id, by_scn.seed_code, by_scn.delivered_code, file_ledger.local_authority_code
    union all
    select
        row_counts._file_id as file_id,
        row_counts.seed_code,
        row_counts.attendance_code as delivered_code,
        null as local_authority_code,
        count(*) as row_count,
        {{ row_checksum('row_counts') }} as key_checksum,
        sum({{ mark_content('row_counts', scn_hash('row_counts.scn')) }}) as content,
        null as resolved_content
    from {{ source('raw', 'attendance') }} as row_counts
    where {{ has_to_be_scanned(files, 'row_counts._file_id', with_persons=false) }}
    group by row_counts._file_id, row_counts.seed_code, row_counts.attendance_code
{%- endmacro %}
