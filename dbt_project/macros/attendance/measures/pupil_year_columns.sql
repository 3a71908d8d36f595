{#- What a pupil year is known by and its openings, as columns: for the two halves of a union. -#}
{% macro pupil_year_columns(relation) -%}
    {%- for column in ['sector', 'stage', 'sex', 'simd_quintile', 'deprivation_group'] + opening_categories() %}
        {{ relation }}.{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
