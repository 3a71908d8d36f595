{{ config(materialized='table') }}
with support_needs as (
    {{ rows_of_feed('support_needs') }}
)

select
    support_needs.local_authority_code,
    support_needs.academic_year,
    support_needs.pupil_id,
    support_needs.start_date,
    support_needs.plan_type,
    support_needs.need_code,
    support_needs.nature_of_support,
    support_needs.mainstream_integration,
    support_needs.end_date,
    support_needs.file_id,
    support_needs.row_number
from support_needs
where support_needs.fate = 'counts'
