{{ config(materialized='view') }}

select
    pupils.local_authority_code,
    pupils.academic_year,
    case when pupils.is_month_end then pupils.month end as month,
    pupils.is_month_end,
    not pupils.is_month_end as is_latest,
    pupils.pupil_token,
    lpad(pupils.seed_code::text, 7, '0') as seed_code,
    pupils.sector,
    pupils.stage,
    pupils.as_at
from {{ ref('pseudonymised_month_rolls') }} as pupils
