{#- Not authorised = unauthorised + excluded + unknown reason: exclusions of one school are a handful of children,
    so a school's absence is split in two only. -#}
{% macro not_authorised_openings(relation) -%}
    {{ relation }}.openings_unauthorised + {{ relation }}.openings_excluded + {{ relation }}.openings_unknown_reason
{%- endmacro %}
