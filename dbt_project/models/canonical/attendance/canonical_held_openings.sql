-- depends_on: {{ ref('canonical_attendance_openings') }}
-- The rows are written by the materialization of the openings, in their transaction.
with placeholder_scns as (
    select
        authorities.local_authority_code,
        placeholders.scn::integer as scn
    from {{ ref('placeholder_scns') }} as placeholders
    inner join {{ ref('local_authorities') }} as authorities
        on coalesce(placeholders.local_authority_code, authorities.local_authority_code)
        = authorities.local_authority_code
)

select
    set_aside.local_authority_code,
    set_aside.academic_year,
    set_aside.attendance_date,
    set_aside.opening,
    set_aside.seed_code,
    set_aside.attendance_code,
    set_aside.recorded_at,
    set_aside._file_id,
    set_aside._row_number,
    (set_aside.local_authority_code, set_aside.scn) in (
        select
            placeholder_scns.local_authority_code,
            placeholder_scns.scn
        from placeholder_scns
    ) as has_placeholder_scn
from {{ ref('canonical_attendance_openings').include(identifier=false) }}.attendance_set_aside as set_aside
where set_aside.reason = 'held_identity'
