{#- Absent = authorised + unauthorised + excluded + unknown reason. Exclusion is absence; a code that nobody can
    read is absence too, since a lost absence must not become a presence. -#}
{% macro absent_openings(relation) -%}
    {{ relation }}.openings_authorised + {{ not_authorised_openings(relation) }}
{%- endmacro %}
