-- Rows of a snapshot that are no version of their own: a person named twice (under an old and a new SCN), or an
-- enrolment whose SCN is not among the pupils yet. Only snapshots whose counts differ are looked at row by row.
with differing as (
    select distinct -- one file of its establishments
        counts.local_authority_code,
        counts.academic_year,
        counts.feed,
        counts.file_id as snapshot_file_id,
        unnest(counts.file_ids) as file_id
    from {{ ref('control_snapshot_counts') }} as counts
    where {{ in_touched_scope('counts') }}
        and counts.is_in_force
        and counts.amount_in <> counts.amount_out
),

pupils as (
    select
        differing.local_authority_code,
        differing.academic_year,
        differing.snapshot_file_id as file_id,
        0 as seed_code,
        count(*) - count(distinct identities.pupil_id) as repeated,
        0::bigint as held
    from {{ ref('stg_seemis__pupils') }} as pupils
    inner join differing on pupils._file_id = differing.file_id and differing.feed = 'pupils'
    inner join {{ ref('stg_vault__identities') }} as identities
        on pupils.local_authority_code = identities.local_authority_code
            and pupils.seemis_pupil_id = identities.seemis_pupil_id
    where pupils._file_id = any(array(select differing.file_id from differing))
    group by differing.local_authority_code, differing.academic_year, differing.snapshot_file_id
),

resolved as (
    select
        differing.local_authority_code,
        differing.academic_year,
        differing.snapshot_file_id as file_id,
        enrolments.seed_code,
        enrolments.entry_date,
        pupil_scns.pupil_id
    from {{ ref('stg_seemis__enrolments') }} as enrolments
    inner join differing on enrolments._file_id = differing.file_id and differing.feed = 'enrolments'
    left join {{ ref('canonical_pupil_scns') }} as pupil_scns
        on enrolments.local_authority_code = pupil_scns.local_authority_code
            and enrolments.scn = pupil_scns.scn
            and {{ day_of('enrolments.extracted_at') }} between pupil_scns.valid_from and pupil_scns.valid_to
    where enrolments._file_id = any(array(select differing.file_id from differing))
),

enrolments as (
    select
        resolved.local_authority_code,
        resolved.academic_year,
        resolved.file_id,
        resolved.seed_code,
        count(resolved.pupil_id) - count(distinct (resolved.pupil_id, resolved.entry_date))
            filter (where resolved.pupil_id is not null) as repeated,
        count(*) - count(resolved.pupil_id) as held
    from resolved
    group by resolved.local_authority_code, resolved.academic_year, resolved.file_id, resolved.seed_code
),

repeats as (
    select * from pupils
    where pupils.repeated > 0
    union all
    select * from enrolments
    where enrolments.repeated > 0 or enrolments.held > 0
)

select * from repeats
