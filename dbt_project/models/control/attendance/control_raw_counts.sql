-- depends_on: {{ ref('control_audited_scopes') }}
-- depends_on: {{ ref('control_opening_counts') }}, {{ ref('canonical_attendance_openings') }}
-- Files do not change once they have landed: what is new, what no longer agrees with the ledger or with the openings,
-- and what has its turn is scanned; the others stand as they were counted.
-- A pupil's marks of a year are added up by code in memory: half a million groups in a large city.
{{ config(pre_hook=in_one_process()) }}
{%- set files = files_to_scan() %}
{%- set is_scanned = has_to_be_scanned(files, 'row_counts.file_id') %}
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.status = 'landed'
),

mark_sums as (
    {{ mark_sums(files) }}
),

marks as (
    select
        mark_sums.file_id,
        mark_sums.seed_code,
        sum(mark_sums.row_count)::bigint as row_count,
        bit_xor(mark_sums.key_checksum) as key_checksum,
        sum(mark_sums.content * {{ code_hash('mark_sums.delivered_code') }}) as content,
        sum(mark_sums.resolved_content * {{ code_hash(
            "coalesce(local_codes.attendance_code, national_codes.attendance_code, '99')::smallint"
        ) }}) as resolved_content
    from mark_sums
    left join {{ ref('local_attendance_codes') }} as local_codes
        on mark_sums.local_authority_code = local_codes.local_authority_code
            and mark_sums.delivered_code = local_codes.local_code
    left join {{ ref('attendance_codes') }} as national_codes
        on mark_sums.delivered_code = national_codes.attendance_code
    group by mark_sums.file_id, mark_sums.seed_code
),

row_counts as (
    select * from marks
    union all
    select
        row_counts.file_id,
        row_counts.seed_code,
        row_counts.row_count,
        row_counts.key_checksum,
        row_counts.content,
        null::numeric as resolved_content
    from {{ ref('stg_seemis__row_counts') }} as row_counts
    where {{ is_scanned }}
),

counts as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        row_counts.file_id,
        row_counts.seed_code,
        row_counts.row_count,
        row_counts.key_checksum,
        row_counts.content,
        {{ 'coalesce(row_counts.resolved_content, standing.resolved_content)' if is_incremental()
            else 'row_counts.resolved_content' }} as resolved_content
    from row_counts
    inner join file_ledger on row_counts.file_id = file_ledger.file_id
    {% if is_incremental() -%}
        left join {{ this }} as standing
            on row_counts.file_id = standing.file_id
                and row_counts.seed_code = standing.seed_code
        union all
        select
            file_ledger.local_authority_code,
            file_ledger.academic_year,
            standing.file_id,
            standing.seed_code,
            standing.row_count,
            standing.key_checksum,
            standing.content,
            standing.resolved_content
        from {{ this }} as standing
        inner join file_ledger on standing.file_id = file_ledger.file_id
        where not {{ is_scanned | replace('row_counts.', 'standing.') }}
    {%- endif %}
)

select * from counts
