-- depends_on: {{ ref('control_audited_scopes') }}
-- Files do not change once they have landed: what is new, what no longer agrees with the ledger and what has its
-- turn is scanned, the others stand as they were counted.
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.status = 'landed'
),

{% if is_incremental() -%}
standing as (
    select standing.* from {{ this }} as standing
    where {{ in_touched_scope('standing') }}
),

counted as (
    select
        standing.file_id,
        sum(standing.row_count) as row_count
    from standing
    group by standing.file_id
),

in_turn as (
    select audited.local_authority_code, audited.academic_year
    from {{ ref('control_audited_scopes') }} as audited
    where audited.audited_at > {{ own_last_build() }}
),
{%- endif %}

scanned as (
    select file_ledger.*
    from file_ledger
    {% if is_incremental() -%}
        left join counted using (file_id)
        left join in_turn using (local_authority_code, academic_year)
    where counted.row_count is distinct from file_ledger.rows_accepted
        or in_turn.academic_year is not null
    {%- endif %}
),

-- an array and not a join, so that only the blocks of these files are read
row_counts as (
    select * from {{ ref('stg_seemis__row_counts') }} as row_counts
    where row_counts.file_id = any(array(select scanned.file_id from scanned))
),

counts as (
    select
        scanned.local_authority_code,
        scanned.academic_year,
        scanned.file_id,
        row_counts.seed_code,
        row_counts.row_count,
        row_counts.key_checksum
    from row_counts
    inner join scanned using (file_id)
    {% if is_incremental() -%}
    union all
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        standing.file_id,
        standing.seed_code,
        standing.row_count,
        standing.key_checksum
    from standing
    inner join file_ledger using (file_id)
    where not standing.file_id = any(array(select scanned.file_id from scanned))
    {%- endif %}
)

select * from counts
