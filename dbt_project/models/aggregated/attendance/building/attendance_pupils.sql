{{ config(materialized='view') }}

with pupils as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.pupil_token,
        pupils.seed_code,
        pupils.sector,
        pupils.stage,
        pupils.sex,
        pupils.simd_quintile,
        {{ possible_openings('pupils') }} as openings_possible,
        pupils.openings_attended,
        pupils.openings_not_counted,
        pupils.openings_late
    from {{ ref('pupil_year_attendance') }} as pupils
    where {{ counts_in_school_rows('pupils') }}
        and {{ possible_openings('pupils') }} > 0
),

flagged as (
    select
        pupils.*,
        pupils.openings_not_counted > 0 as is_not_counted,
        pupils.openings_late > 0 as is_late
    from pupils
)

select * from flagged
