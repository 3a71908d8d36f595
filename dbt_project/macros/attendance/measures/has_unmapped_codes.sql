{#- Whether **more than** unmapped_codes_ceiling (1%) of recorded openings have a code that is neither national nor
    mapped: among them may be a council's own code for present. -#}
{% macro has_unmapped_codes(relation) -%}
    100 * {{ relation }}.openings_unknown_reason
        > {{ (var('unmapped_codes_ceiling') * 100) | round | int }} * ({{ recorded_openings(relation) }})
{%- endmacro %}
