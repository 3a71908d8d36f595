{#- Possible = attended + authorised + unauthorised + excluded + unknown reason: the denominator of the
    attendance rate. Late arrivals are inside attended. Extended leave (02) and openings not recorded are outside. -#}
{% macro possible_openings(relation) -%}
    {{ relation }}.openings_attended + {{ absent_openings(relation) }}
{%- endmacro %}
