with enrolments as (
    select * from {{ ref('stg_seemis__enrolments') }}
),

pupil_scns as (
    select * from {{ ref('canonical_pupil_scns') }}
),

snapshot_rows as (
    select distinct on (
        enrolments.local_authority_code, enrolments.academic_year, pupil_scns.pupil_id,
        enrolments.seed_code, enrolments.entry_date, enrolments.extracted_at
    )
        enrolments.*,
        pupil_scns.pupil_id
    from enrolments
    inner join pupil_scns
        on enrolments.local_authority_code = pupil_scns.local_authority_code
        and enrolments.scn = pupil_scns.scn
        and {{ day_of('enrolments.extracted_at') }} between pupil_scns.valid_from and pupil_scns.valid_to
    where {{ in_touched_scope('enrolments') }}
    order by
        enrolments.local_authority_code, enrolments.academic_year, pupil_scns.pupil_id,
        enrolments.seed_code, enrolments.entry_date, enrolments.extracted_at,
        enrolments.extract_date desc, enrolments.sequence desc,
        enrolments.updated_at desc, enrolments._row_number desc
),

versions as (
    {{ versions(
        'snapshot_rows',
        ['local_authority_code', 'academic_year', 'pupil_id', 'seed_code', 'entry_date'],
        ['leaving_date', 'stage', 'registration_class', 'is_base_school', 'status', 'mode_of_attendance',
         'leaving_reason'],
    ) }}
)

select
    versions.local_authority_code,
    versions.academic_year,
    versions.pupil_id,
    versions.seed_code,
    versions.entry_date,
    versions.valid_from,
    versions.valid_to,
    versions.leaving_date,
    versions.stage,
    versions.registration_class,
    versions.is_base_school,
    versions.status,
    versions.mode_of_attendance,
    versions.leaving_reason
from versions
