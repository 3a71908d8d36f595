-- depends_on: {{ ref('control_audited_scopes') }}
-- Of a feed without models of its own each row in force is in canonical by itself, or another row of its key is there,
-- or a later snapshot of its year came, or its candidate number leads to nobody. What canonical keeps of a row's values
-- has to be what raw has.
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }} and file_ledger.status = 'landed'
),

raw_counts as (
    select * from {{ ref('control_raw_counts') }} as raw_counts
    where {{ in_touched_scope('raw_counts') }}
),

{% for feed in feeds_that_stand() -%}
{%- set told = feeds()[feed] -%}
{%- set rows = 'canonical_' ~ feed -%}
{{ feed }}_found as (
    select
        staged._file_id as file_id,
        {{ 'coalesce(staged.seed_code, 0)' if told.has_establishment else '0' }} as seed_code,
        {{ 'staged.pupil_id is null' if told.has_pupil else 'false' }} as is_held,
        rows_kept.file_id is not distinct from staged._file_id
        and rows_kept.row_number is not distinct from staged._row_number as is_kept,
        rows_kept.file_id is not null
        {{- ' or staged.next_extracted_at is not null' if told.kind == 'snapshot' }} as has_another,
        {{ values_agree(feed, 'rows_kept', 'staged') }} as is_same
    from ({{ persons_of_feed(feed) }}) as staged
    left join {{ ref(rows) }} as rows_kept
        on ({{ key_of_feed(feed, 'rows_kept') | join(', ') }}) = ({{ key_of_feed(feed, 'staged') | join(', ') }})
),

{{ feed }}_kept as (
    select
        rows_kept.file_id,
        {{ 'coalesce(rows_kept.seed_code, 0)' if told.has_establishment else '0' }} as seed_code,
        count(*) as row_count
    from {{ ref(rows) }} as rows_kept
    where {{ in_touched_scope('rows_kept') }}
    group by 1, 2
),

{% endfor -%}

found as (
    {% for feed in feeds_that_stand() -%}
    select
        found.file_id,
        found.seed_code,
        count(*) filter (where not found.is_kept and found.is_held) as held,
        count(*) filter (where not found.is_kept and not found.is_held and found.has_another) as superseded,
        bool_and(found.is_same) filter (where found.is_kept) as is_same
    from {{ feed }}_found as found
    group by found.file_id, found.seed_code
    union all
    {% endfor -%}
    select
        null::integer as file_id,
        null::integer as seed_code,
        null::bigint as held,
        null::bigint as superseded,
        null::boolean as is_same
    where false
),

kept as (
    {% for feed in feeds_that_stand() -%}
    select kept.file_id, kept.seed_code, kept.row_count
    from {{ feed }}_kept as kept
    union all
    {% endfor -%}
    select
        null::integer as file_id,
        null::integer as seed_code,
        null::bigint as row_count
    where false
),

-- rows that canonical has of a file that is not in force any more are in no file of the other side
lines as (
    select
        file_id,
        seed_code,
        coalesce(raw_counts.row_count, 0) as amount_in,
        coalesce(kept.row_count, 0) as amount_out
    from raw_counts
    full join kept using (file_id, seed_code)
),

balanced as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        'raw to canonical' as hop,
        lines.file_id,
        lines.seed_code,
        file_ledger.delivery_key,
        file_ledger.feed,
        lines.amount_in::bigint as amount_in,
        lines.amount_out::bigint as amount_out,
        {{ explained({
            'superseded': 'case when file_ledger.is_in_force then found.superseded end',
            'held_identity': 'case when file_ledger.is_in_force then found.held end',
            'withdrawn': 'case when not file_ledger.is_in_force then lines.amount_in end',
        }) }} as explained,
        coalesce(found.is_same, true) as checksum_matches
    from lines
    inner join file_ledger on lines.file_id = file_ledger.file_id
    left join found
        on lines.file_id = found.file_id
            and lines.seed_code = found.seed_code
    where file_ledger.feed in ('{{ (feeds_by_contract() or [""]) | join("', '") }}')
)

select * from balanced
