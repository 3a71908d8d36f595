-- A code is looked up in the authority's own mapping first, then in the national list; else it is 99,
-- an absence of unknown reason.
with attendance as (
    select * from {{ source('raw', 'attendance') }}
),

files as (
    select * from {{ ref('stg_control__files') }}
),

local_codes as (
    select * from {{ ref('local_attendance_codes') }}
),

national_codes as (
    select * from {{ ref('attendance_codes') }}
),

placeholder_scns as (
    select
        authorities.local_authority_code,
        placeholders.scn::integer as scn
    from {{ ref('placeholder_scns') }} as placeholders
    inner join {{ ref('local_authorities') }} as authorities
        on placeholders.local_authority_code is null
        or placeholders.local_authority_code = authorities.local_authority_code
)

select
    files.local_authority_code,
    {{ academic_year_of('attendance.attendance_date') }} as academic_year,
    files.extracted_at,
    files.extract_date,
    files.sequence,
    attendance.scn,
    attendance.seed_code,
    attendance.attendance_date,
    attendance.opening,
    coalesce(local_codes.attendance_code, national_codes.attendance_code, '99')::smallint as attendance_code,
    attendance.recorded_at,
    attendance._file_id,
    attendance._row_number,
    (files.local_authority_code, attendance.scn) in (
        select
            placeholder_scns.local_authority_code,
            placeholder_scns.scn
        from placeholder_scns
    ) as has_placeholder_scn
from attendance
inner join files on attendance._file_id = files.file_id
left join local_codes
    on files.local_authority_code = local_codes.local_authority_code
    and attendance.attendance_code = local_codes.local_code
left join national_codes on attendance.attendance_code = national_codes.attendance_code
