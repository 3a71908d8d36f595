{#- For `grouping sets ((), (stage), (sex), (deprivation_group))`: which of them a row belongs to, and its value. -#}
{% macro breakdown_of(relation) -%}
    case
            when grouping({{ relation }}.stage) = 0 then 'stage'
            when grouping({{ relation }}.sex) = 0 then 'sex'
            when grouping({{ relation }}.deprivation_group) = 0 then 'deprivation_group'
            else 'all'
        end as breakdown,
        coalesce({{ relation }}.stage, {{ relation }}.sex, {{ relation }}.deprivation_group, 'all') as value
{%- endmacro %}
