{#- A relation: the stages that have rows in each sector, whether a pupil is in them or not (RULES 43). Beside those of
    the sector, a mainstream school may have pupils of no stage, or of special education. -#}
{% macro listed_stages() -%}
    (
        select stages.sector, stages.stage
        from {{ ref('stages') }} as stages
        where stages.sector in ('primary', 'secondary', 'special')
        union all
        values ('primary', 'SP'), ('primary', 'unknown'), ('secondary', 'SP'), ('secondary', 'unknown')
    )
{%- endmacro %}

{#- A relation: the quintiles of deprivation that have rows, those without a data zone among them (RULES 43). -#}
{% macro listed_quintiles() -%}
    (values ('1'), ('2'), ('3'), ('4'), ('5'), ('unknown'))
{%- endmacro %}
