{{ config(materialized='table') }}
-- A pupil of a closed return once, at the stage and school of the most judgements, with a result in each organiser.
with judged as (
    select
        levels.pupil_token,
        levels.local_authority_code,
        levels.academic_year,
        levels.seed_code,
        levels.stage,
        levels.organiser,
        levels.language,
        levels.state,
        case
            when not curriculum_levels.is_in_cohort then 'not_assessed'
            else {{ distance('curriculum_levels.position', 'expected_levels.position') }}
        end as level
    from {{ ref('pseudonymised_levels') }} as levels
    inner join {{ ref('expected_levels') }} as expected_levels
        on levels.stage = expected_levels.stage
        and expected_levels.measure = 'expected'
    inner join {{ ref('curriculum_levels') }} as curriculum_levels on levels.level_achieved = curriculum_levels.level
    where levels.is_in_return
        and levels.state in ('returned', 'published')
),

counted as (
    select
        judged.pupil_token,
        judged.local_authority_code,
        judged.academic_year,
        judged.stage,
        judged.seed_code,
        count(*) as judgements
    from judged
    group by
        judged.pupil_token, judged.local_authority_code, judged.academic_year, judged.stage, judged.seed_code
),

-- a pupil counts once a year, at the stage and school of the most judgements
homes as (
    select distinct on (counted.local_authority_code, counted.academic_year, counted.pupil_token)
        counted.pupil_token,
        counted.local_authority_code,
        counted.academic_year,
        counted.stage,
        counted.seed_code
    from counted
    order by
        counted.local_authority_code asc, counted.academic_year asc, counted.pupil_token asc,
        counted.judgements desc, counted.stage asc, counted.seed_code asc
),

results as (
    select
        homes.pupil_token,
        homes.local_authority_code,
        homes.academic_year,
        homes.seed_code,
        homes.stage,
        {% for column, organiser, language in returned_organisers() -%}
            {{ level_in('judged', organiser, language) }} as {{ column }}_level,
        {% endfor -%}
        min(judged.state) as state
    from homes
    inner join judged
        on homes.pupil_token = judged.pupil_token
        and homes.local_authority_code = judged.local_authority_code
        and homes.academic_year = judged.academic_year
        and homes.stage = judged.stage
    group by
        homes.pupil_token, homes.local_authority_code, homes.academic_year, homes.seed_code, homes.stage
),

achieved as (
    select
        {% for column, _, _ in returned_organisers() -%}
            {{ result_of('results.' ~ column ~ '_level') }} as {{ column }},
        {% endfor -%}
        results.*
    from results
)

select
    results.local_authority_code,
    results.academic_year,
    results.pupil_token,
    {{ seed_text('results.seed_code') }} as seed_code,
    {{ sector_of_stage('results.stage') }} as sector,
    results.stage,
    {{ taught_in(
        'results.stage',
        ['results.gaelic_reading', 'results.gaelic_writing', 'results.gaelic_listening_and_talking']
    ) }} as taught_in,
    results.reading,
    results.writing,
    results.listening_and_talking,
    {{ literacy_result('results.reading', 'results.writing', 'results.listening_and_talking') }} as literacy,
    results.numeracy,
    results.gaelic_reading,
    results.gaelic_writing,
    results.gaelic_listening_and_talking,
    {{ literacy_result(
        'results.gaelic_reading', 'results.gaelic_writing', 'results.gaelic_listening_and_talking'
    ) }} as gaelic_literacy,
    {% for column, _, _ in returned_organisers() -%}
        results.{{ column }}_level,
    {% endfor -%}
    results.state
from achieved as results
order by results.pupil_token
