-- depends_on: {{ ref('canonical_attendance_openings') }}
-- The rows are written by the materialization of the openings, in their transaction.
select
    set_aside.local_authority_code,
    set_aside.academic_year,
    set_aside.reason,
    set_aside.attendance_date,
    set_aside.opening,
    set_aside.pupil_id,
    set_aside.seed_code,
    set_aside.attendance_code,
    set_aside.recorded_at,
    set_aside._file_id,
    set_aside._row_number
from {{ ref('canonical_attendance_openings').include(identifier=false) }}.attendance_set_aside as set_aside
where set_aside.reason in ('out_of_scope', 'marked_elsewhere')
