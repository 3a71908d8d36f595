{#- A query: the stages that a sector has rows of, units and pupils without a known stage among them (RULES 43). -#}
{% macro stages_of_sectors() -%}
    select
        stages.sector,
        stages.stage
    from {{ ref('stages') }} as stages
    where stages.sector in ('primary', 'secondary', 'special')
    union all
    select
        further.sector,
        further.stage
    from (
        values ('primary', 'SP'), ('secondary', 'SP'), ('primary', 'unknown'), ('secondary', 'unknown')
    ) as further (sector, stage)
{%- endmacro %}
