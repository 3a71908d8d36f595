{{ config(materialized='table') }}
{%- set breakdowns = {
    'deprivation_group': 'deprivation_group', 'sex': 'sex', 'support_need': 'support_need',
    'english_group': 'english_group', 'free_meals': "case when free_meal_registered then 'registered' else 'others' end",
} %}
-- Free meals say nothing before P6, so of P7 and S3 alone.
with achieved_levels as (
    select * from {{ ref('achieved_levels') }}
),

groups as (
    {% for breakdown, value in breakdowns.items() -%}
        select
            achieved_levels.local_authority_code,
            {{ seed_text('achieved_levels.seed_code') }} as seed_code,
            achieved_levels.sector,
            achieved_levels.academic_year,
            achieved_levels.stage,
            achieved_levels.organiser,
            achieved_levels.language,
            '{{ breakdown }}' as breakdown,
            {{ value }} as pupil_group,
            {{ cohort_columns('achieved_levels.is_achieved') }},
            min(achieved_levels.state) as state
        from achieved_levels
        {% if breakdown == 'free_meals' -%}
            where achieved_levels.stage in ('P7', 'S3_third', 'S3_fourth')
                and achieved_levels.free_meal_registered is not null
        {% endif -%}
        group by 1, 2, 3, 4, 5, 6, 7, 8, 9
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from groups
