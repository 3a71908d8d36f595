{#- A relation: the quintiles of deprivation that have rows, those without a data zone among them (RULES 43). -#}
{% macro listed_quintiles() -%}
    (values ('1'), ('2'), ('3'), ('4'), ('5'), ('unknown'))
{%- endmacro %}
