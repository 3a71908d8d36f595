{#- The rule of similar schools in words for its reader; its numbers are those that the model uses. -#}
{% macro similar_schools_rule(census_year) -%}
    'The nearest ' || {{ var('similar_schools_at_most') }} || ' schools of the same authority and sector by the published '
    || 'roll and share of pupils living in the most deprived fifth of areas'
    || coalesce(' at the census of ' || {{ census_year }}, '') || ': roll at most '
    || {{ var('similar_schools_roll_ratio') }} || ' times as large or as small, share at most '
    || {{ (100 * var('similar_schools_share_difference')) | round | int }} || ' percentage points apart'
{%- endmacro %}
