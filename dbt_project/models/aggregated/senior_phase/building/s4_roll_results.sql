{{ config(materialized='table') }}
-- Who stands behind what is released of results by the end of a stage: the S4 roll of the census, stayed on or not.
with rolls as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.pupil_token,
        pupils.seed_code,
        pupils.sector,
        pupils.stage
    from {{ ref('roll_census_pupils') }} as pupils
    where pupils.stage = 'S4'
),

-- awards at a level or better by the end of each stage, each subject once; also of who has none
counted as (
    select
        rolls.local_authority_code,
        rolls.academic_year,
        rolls.pupil_token
        {%- for award_set, column in {'national': 'national_level', 'all_scqf': 'scqf_level'}.items() -%}
            {%- for end, years, levels in [('s4', 0, [4, 5]), ('s5', 1, [6]), ('s6', 2, [7])] -%}
                {%- for level in levels -%}
                    ,
        count(distinct awards.subject) filter (
            where awards.{{ column }} >= {{ level }}
                and awards.academic_year <= {{ years_after('rolls.academic_year', years) }}
        ) as {{ award_set }}_by_{{ end }}_at_{{ level }}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor %}
    from rolls
    left join {{ ref('counted_awards') }} as awards
        on rolls.pupil_token = awards.pupil_token
        and rolls.local_authority_code = awards.local_authority_code
    group by rolls.local_authority_code, rolls.academic_year, rolls.pupil_token
),

reached as (
    select
        counted.local_authority_code,
        counted.academic_year,
        counted.pupil_token
        {%- for award_set in ('national', 'all_scqf') -%}
            ,
        case
            when counted.{{ award_set }}_by_s4_at_5 >= 5 then 'five_5'
            when counted.{{ award_set }}_by_s4_at_5 >= 1 then '5'
            when counted.{{ award_set }}_by_s4_at_4 >= 1 then '4'
            else 'below_4'
        end as {{ award_set }}_by_s4,
        case
            when counted.{{ award_set }}_by_s5_at_6 >= 5 then 'five_6'
            when counted.{{ award_set }}_by_s5_at_6 >= 3 then 'three_6'
            when counted.{{ award_set }}_by_s5_at_6 >= 1 then '6'
            else 'below_6'
        end as {{ award_set }}_by_s5,
        case when counted.{{ award_set }}_by_s6_at_7 >= 1 then '7' else 'below_7' end as {{ award_set }}_by_s6
        {%- endfor %}
    from counted
)

select
    rolls.local_authority_code,
    rolls.academic_year,
    rolls.pupil_token,
    rolls.seed_code,
    rolls.sector,
    rolls.stage,
    {% for end in ('s4', 's5', 's6') -%}
        {%- for award_set in ('national', 'all_scqf') -%}
            case when years.by_{{ end }} = 'not_yet' then 'not_asked' else reached.{{ award_set }}_by_{{ end }} end
        as {{ award_set }}_by_{{ end }}{{ ',' if not (loop.last and end == 's6') }}
    {% endfor -%}
    {%- endfor %}
from rolls
inner join reached
    on rolls.local_authority_code = reached.local_authority_code
    and rolls.academic_year = reached.academic_year
    and rolls.pupil_token = reached.pupil_token
inner join {{ ref('s4_roll_years') }} as years
    on rolls.local_authority_code = years.local_authority_code
    and rolls.academic_year = years.academic_year
order by rolls.pupil_token
