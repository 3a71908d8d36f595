{{ config(materialized='table') }}
-- Results of a year are before review until a row after the reviews has come.
with results as (
    select * from {{ ref('pseudonymised_results') }} as results
    where results.entry_status = 'resulted'
)

select
    results.local_authority_code,
    results.academic_year,
    case when bool_or(results.result_stage = 'post_review') then 'post_review' else 'pre_review' end as state
from results
group by results.local_authority_code, results.academic_year
