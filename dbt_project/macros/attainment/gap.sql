{#- Gap in percentage points: the least less the most deprived fifth, from the unrounded shares of both; null where one
    of them has nobody. -#}
{% macro attainment_gap(achieved_5, cohort_5, achieved_1, cohort_1) -%}
    (100 * (({{ achieved_5 }})::numeric / nullif({{ cohort_5 }}, 0)
        - ({{ achieved_1 }})::numeric / nullif({{ cohort_1 }}, 0)))::numeric(9, 6)
{%- endmacro %}
