{{ config(materialized='table') }}
-- The same pupils in P4 and, three years on, in P7: by the results of both returns, whoever is in one alone among them.
with in_p4 as (
    select
        results.*,
        {{ years_after('results.academic_year', 3) }} as year_of_p7
    from {{ ref('returned_results') }} as results
    where results.stage = 'P4'
),

in_p7 as (
    select * from {{ ref('returned_results') }} as results
    where results.stage = 'P7'
),

joined as (
    select
        coalesce(in_p7.local_authority_code, in_p4.local_authority_code) as local_authority_code,
        coalesce(in_p7.academic_year, in_p4.year_of_p7) as academic_year,
        coalesce(in_p7.pupil_token, in_p4.pupil_token) as pupil_token,
        coalesce(in_p7.seed_code, in_p4.seed_code) as seed_code,
        {% for organiser in followed_organisers() -%}
            {{ progress_result('in_p4.' ~ organiser, 'in_p7.' ~ organiser) }} as {{ organiser }}_progress,
        {% endfor -%}
        {{ taught_then('in_p4.taught_in', 'not_in_p4') }} as taught_in_p4,
        case
            when in_p7.pupil_token is null then 'not_followed'
            else {{ taught_then('in_p4.taught_in', 'not_followed') }}
        end as taught_of_followed
    from in_p4
    full outer join in_p7
        on in_p4.local_authority_code = in_p7.local_authority_code
        and in_p4.year_of_p7 = in_p7.academic_year
        and in_p4.pupil_token = in_p7.pupil_token
),

-- years of P7 with a return of P4 three years before, in which no few pupils are had by subtraction from both
years as (
    select
        joined.local_authority_code,
        joined.academic_year
    from joined
    group by joined.local_authority_code, joined.academic_year
    having {{ is_progress_told('joined') }}
)

select
    joined.local_authority_code,
    joined.academic_year,
    joined.pupil_token,
    joined.seed_code,
    'primary' as sector,
    {% for organiser in followed_organisers() -%}
        joined.{{ organiser }}_progress,
    {% endfor -%}
    joined.taught_in_p4,
    joined.taught_of_followed
from joined
inner join years
    on joined.local_authority_code = years.local_authority_code
    and joined.academic_year = years.academic_year
order by joined.pupil_token
