{#- Recorded = possible + not counted: every opening of which a delivery says something. -#}
{% macro recorded_openings(relation) -%}
    {{ possible_openings(relation) }} + {{ relation }}.openings_not_counted
{%- endmacro %}
