{#- Completeness = recorded / expected, 0 to 1; null where no opening was expected. -#}
{% macro completeness(relation) -%}
    {{ share(recorded_openings(relation), expected_openings(relation)) }}
{%- endmacro %}
