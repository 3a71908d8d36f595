-- depends_on: {{ ref('control_audited_scopes') }}
-- depends_on: {{ ref('stg_control__file_ledger') }}
-- Files do not change once they have landed: what is new, what no longer agrees with the ledger and what has its
-- turn is scanned, the others stand as they were counted.
{%- set is_scanned = has_to_be_scanned('row_counts.file_id') %}
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.status = 'landed'
),

row_counts as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        row_counts.*
    from {{ ref('stg_seemis__row_counts') }} as row_counts
    inner join file_ledger using (file_id)
    where {{ is_scanned }}
),

counts as (
    select
        row_counts.local_authority_code,
        row_counts.academic_year,
        row_counts.file_id,
        row_counts.seed_code,
        row_counts.row_count,
        row_counts.key_checksum,
        row_counts.natural_key_checksum
    from row_counts
    {% if is_incremental() -%}
    union all
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        standing.file_id,
        standing.seed_code,
        standing.row_count,
        standing.key_checksum,
        standing.natural_key_checksum
    from {{ this }} as standing
    inner join file_ledger using (file_id)
    where not {{ is_scanned | replace('row_counts.', 'standing.') }}
    {%- endif %}
)

select * from counts
