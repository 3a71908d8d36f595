-- depends_on: {{ ref('control_audited_scopes') }}
-- depends_on: {{ ref('control_opening_counts') }}, {{ ref('canonical_attendance_openings') }}
-- Files do not change once they have landed: what is new, what no longer agrees with the ledger or with the openings,
-- and what has its turn is scanned; the others stand as they were counted.
{%- set is_scanned = has_to_be_scanned('row_counts.file_id') %}
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.status = 'landed'
),

-- the subquery ends in `offset 0` so that its hash is made once for a row and not twice
mark_sums as (
    select
        marks.file_id,
        marks.seed_code,
        marks.delivered_code,
        marks.local_authority_code,
        count(*) as row_count,
        bit_xor(marks.key_hash) as key_checksum,
        sum(marks.mark_hash * marks.scn_hash) as content,
        sum(marks.mark_hash * coalesce(marks.person_hash, marks.scn_hash)) as resolved_content
    from (
        select
            row_counts._file_id as file_id,
            row_counts.seed_code,
            row_counts.attendance_code as delivered_code,
            file_ledger.local_authority_code,
            {{ row_hash('row_counts') }} as key_hash,
            {{ mark_hash('row_counts') }} as mark_hash,
            {{ scn_hash('row_counts.scn') }} as scn_hash,
            {{ person_hash('pupil_scns.pupil_id') }} as person_hash
        from {{ source('raw', 'attendance') }} as row_counts
        inner join file_ledger on row_counts._file_id = file_ledger.file_id
        left join {{ ref('canonical_pupil_scns') }} as pupil_scns
            on file_ledger.local_authority_code = pupil_scns.local_authority_code
                and row_counts.scn = pupil_scns.scn
                and row_counts.attendance_date between pupil_scns.valid_from and pupil_scns.valid_to
        where {{ is_scanned | replace('.file_id', '._file_id') }}
        offset 0
    ) as marks
    group by marks.file_id, marks.seed_code, marks.delivered_code, marks.local_authority_code
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
        row_counts.*
    from row_counts
    inner join file_ledger on row_counts.file_id = file_ledger.file_id
    {% if is_incremental() -%}
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
