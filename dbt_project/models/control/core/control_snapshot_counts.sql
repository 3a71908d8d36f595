-- depends_on: {{ ref('control_audited_scopes') }}
-- A snapshot's row is in canonical when a version of its person (and enrolment) covers the instant of the snapshot.
with file_ledger as (
    select * from {{ ref('stg_control__file_ledger') }} as file_ledger
    where {{ in_touched_scope('file_ledger') }}
        and file_ledger.feed in ('pupils', 'enrolments')
        and file_ledger.status = 'landed'
),

-- two deliveries may hold the same instant: one line, under the later
snapshots as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        file_ledger.feed,
        file_ledger.is_in_force,
        file_ledger.extracted_at,
        max(file_ledger.file_id) as file_id,
        array_agg(file_ledger.file_id) as file_ids
    from file_ledger
    group by
        file_ledger.local_authority_code, file_ledger.academic_year, file_ledger.feed, file_ledger.is_in_force,
        file_ledger.extracted_at
),

delivered as (
    select
        snapshots.file_id,
        raw_counts.seed_code,
        sum(raw_counts.row_count) as row_count
    from snapshots
    inner join {{ ref('control_raw_counts') }} as raw_counts on raw_counts.file_id = any(snapshots.file_ids)
    group by snapshots.file_id, raw_counts.seed_code
),

-- hashed once for each version, not for each snapshot that it covers
versions as materialized (
    select
        'pupils' as feed,
        pupils.local_authority_code,
        pupils.academic_year,
        0 as seed_code,
        pupils.valid_from,
        pupils.valid_to,
        {{ snapshot_row_hash('pupils', 'pupils', ['pupils.pupil_id', 'identities.pupil_id', 'holders.pupil_id']) }}
            as row_hash
    from {{ ref('canonical_pupils') }} as pupils
    left join {{ ref('stg_vault__identities') }} as identities
        on pupils.local_authority_code = identities.local_authority_code
            and pupils.seemis_pupil_id = identities.seemis_pupil_id
    -- SCNs that lead to one person whatever the date
    left join {{ ref('canonical_pupil_scns') }} as holders
        on pupils.local_authority_code = holders.local_authority_code
            and pupils.scn = holders.scn
            and not holders.is_shared
    where {{ in_touched_scope('pupils') }}
    union all
    select
        'enrolments' as feed,
        enrolments.local_authority_code,
        enrolments.academic_year,
        enrolments.seed_code,
        enrolments.valid_from,
        enrolments.valid_to,
        {{ snapshot_row_hash('enrolments', 'enrolments', ['enrolments.pupil_id']) }} as row_hash
    from {{ ref('canonical_enrolments') }} as enrolments
    where {{ in_touched_scope('enrolments') }}
),

standing as (
    select
        snapshots.file_id,
        versions.seed_code,
        count(*) as row_count,
        bit_xor(versions.row_hash) as row_checksum
    from snapshots
    inner join versions
        on versions.feed = snapshots.feed
            and versions.local_authority_code = snapshots.local_authority_code
            and versions.academic_year = snapshots.academic_year
            and versions.valid_from <= snapshots.extracted_at
            and snapshots.extracted_at < coalesce(versions.valid_to, 'infinity')
    where snapshots.is_in_force
    group by snapshots.file_id, versions.seed_code
),

compared as (
    select
        file_id,
        seed_code,
        coalesce(delivered.row_count, 0)::bigint as amount_in,
        coalesce(standing.row_count, 0)::bigint as amount_out,
        coalesce(standing.row_checksum, 0) as row_checksum
    from delivered
    full join standing using (file_id, seed_code)
),

counts as (
    select
        snapshots.local_authority_code,
        snapshots.academic_year,
        snapshots.feed,
        compared.file_id,
        compared.seed_code,
        snapshots.file_ids,
        snapshots.is_in_force,
        compared.amount_in,
        compared.amount_out,
        compared.row_checksum
    from compared
    inner join snapshots using (file_id)
)

select * from counts
