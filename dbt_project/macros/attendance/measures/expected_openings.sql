{#- Expected = recorded + not recorded: every opening that calendar and enrolment expect, or that is marked anyway. -#}
{% macro expected_openings(relation) -%}
    {{ recorded_openings(relation) }} + {{ relation }}.openings_not_recorded
{%- endmacro %}
