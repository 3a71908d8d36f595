-- What: at most a share of unmapped_codes_ceiling of a school's recorded openings has a code that is neither national
-- nor mapped.
-- When it matters: the school's figures are [x] until then, since its own code for present would count as absence.
-- How to fix: add the codes named to the seed local_attendance_codes, with the national code they stand for.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'school_facts'}}}) }}

with codes as (
    select
        file_ledger.local_authority_code,
        file_ledger.academic_year,
        string_agg(distinct warnings.detail, ', ' order by warnings.detail) as codes
    from {{ ref('stg_control__warnings') }} as warnings
    inner join {{ ref('stg_control__file_ledger') }} as file_ledger using (file_id)
    where file_ledger.is_in_force
        and warnings.kind = 'unmapped_code'
    group by file_ledger.local_authority_code, file_ledger.academic_year
)

select
    school_facts.local_authority_code,
    school_facts.academic_year,
    school_facts.seed_code,
    school_facts.sector,
    codes.codes
from {{ ref('school_facts') }} as school_facts
left join codes using (local_authority_code, academic_year)
where school_facts.has_unmapped_codes
