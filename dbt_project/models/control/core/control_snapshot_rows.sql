-- depends_on: {{ ref('control_audited_scopes') }}
-- Rows of a snapshot, found in raw and resolved to persons: those that have to be in canonical, and those that are no
-- version of their own: a person named twice (under an old and a new SCN), or an enrolment whose SCN is not among the
-- pupils yet. Looked at row by row are snapshots that are new, that do not agree with canonical and that have their
-- turn; the others stand as they were found.
{%- set is_looked_at = snapshots_to_look_at('snapshots.file_id') %}
with snapshots as (
    select distinct -- one of its establishments
        counts.local_authority_code,
        counts.academic_year,
        counts.feed,
        counts.file_id,
        counts.file_ids
    from {{ ref('control_snapshot_counts') }} as counts
    where {{ in_touched_scope('counts') }} and counts.is_in_force
),

looked_at as (
    select
        snapshots.local_authority_code,
        snapshots.academic_year,
        snapshots.feed,
        snapshots.file_id,
        unnest(snapshots.file_ids) as member_id
    from snapshots
    where {{ is_looked_at }}
),

pupils as (
    select
        looked_at.local_authority_code,
        looked_at.academic_year,
        looked_at.file_id,
        0 as seed_code,
        identities.pupil_id,
        {{ snapshot_row_hash('pupils', 'pupils', ['identities.pupil_id', 'identities.pupil_id', 'holders.pupil_id']) }}
            as row_hash,
        row_number() over (
            partition by looked_at.file_id, identities.pupil_id
            order by pupils.extract_date desc, pupils.sequence desc, pupils.updated_at desc, pupils._row_number desc
        ) as place
    from {{ ref('stg_seemis__pupils') }} as pupils
    inner join looked_at on pupils._file_id = looked_at.member_id and looked_at.feed = 'pupils'
    inner join {{ ref('stg_vault__identities') }} as identities
        on pupils.local_authority_code = identities.local_authority_code
            and pupils.seemis_pupil_id = identities.seemis_pupil_id
    -- SCNs that lead to one person whatever the date
    left join {{ ref('canonical_pupil_scns') }} as holders
        on pupils.local_authority_code = holders.local_authority_code
            and pupils.scn = holders.scn
            and not holders.is_shared
    where pupils._file_id = any(array(select looked_at.member_id from looked_at))
),

enrolments as (
    select
        looked_at.local_authority_code,
        looked_at.academic_year,
        looked_at.file_id,
        enrolments.seed_code,
        pupil_scns.pupil_id,
        {{ snapshot_row_hash('enrolments', 'enrolments', ['pupil_scns.pupil_id']) }} as row_hash,
        row_number() over (
            partition by looked_at.file_id, pupil_scns.pupil_id, enrolments.seed_code, enrolments.entry_date
            order by
                enrolments.extract_date desc, enrolments.sequence desc,
                enrolments.updated_at desc, enrolments._row_number desc
        ) as place
    from {{ ref('stg_seemis__enrolments') }} as enrolments
    inner join looked_at on enrolments._file_id = looked_at.member_id and looked_at.feed = 'enrolments'
    left join {{ ref('canonical_pupil_scns') }} as pupil_scns
        on enrolments.local_authority_code = pupil_scns.local_authority_code
            and enrolments.scn = pupil_scns.scn
            and {{ day_of('enrolments.extracted_at') }} between pupil_scns.valid_from and pupil_scns.valid_to
    where enrolments._file_id = any(array(select looked_at.member_id from looked_at))
),

resolved as (
    select * from pupils
    union all
    select * from enrolments
),

found as (
    select
        resolved.local_authority_code,
        resolved.academic_year,
        resolved.file_id,
        resolved.seed_code,
        count(resolved.pupil_id) filter (where resolved.place = 1) as row_count,
        coalesce(bit_xor(resolved.row_hash) filter (where resolved.place = 1 and resolved.pupil_id is not null), 0)
            as row_checksum,
        count(resolved.pupil_id) filter (where resolved.place > 1) as repeated,
        count(*) - count(resolved.pupil_id) as held
    from resolved
    group by resolved.local_authority_code, resolved.academic_year, resolved.file_id, resolved.seed_code
    {% if is_incremental() -%}
    union all
    select
        standing.local_authority_code,
        standing.academic_year,
        standing.file_id,
        standing.seed_code,
        standing.row_count,
        standing.row_checksum,
        standing.repeated,
        standing.held
    from {{ this }} as standing
    inner join snapshots using (file_id)
    where not {{ is_looked_at }}
    {%- endif %}
)

select * from found
