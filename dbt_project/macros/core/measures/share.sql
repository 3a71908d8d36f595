{#- A share, 0 to 1, of two counts; null where the second is zero. -#}
{% macro share(part, whole) -%}
    (({{ part }})::numeric / nullif({{ whole }}, 0))::numeric(9, 8)
{%- endmacro %}
