-- Rules 1, 2 and 4: the person of a mark is the one that its SCN leads to at its date; null while there is none.
with attendance as (
    select * from {{ ref('stg_seemis__attendance') }}
),

pupil_scns as (
    select * from {{ ref('canonical_pupil_scns') }}
)

select
    attendance.local_authority_code,
    attendance.academic_year,
    attendance.attendance_date,
    attendance.opening,
    pupil_scns.pupil_id,
    attendance.seed_code,
    attendance.attendance_code,
    attendance.recorded_at,
    attendance.extracted_at,
    attendance.extract_date,
    attendance.sequence,
    attendance.scn,
    attendance._file_id,
    attendance._row_number
from attendance
left join pupil_scns
    on attendance.local_authority_code = pupil_scns.local_authority_code
    and attendance.scn = pupil_scns.scn
    and attendance.attendance_date between pupil_scns.valid_from and pupil_scns.valid_to
