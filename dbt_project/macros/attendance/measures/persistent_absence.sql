{#- Persistently absent: the share persistent_absence_share (10%) **or more** of possible openings missed, over all
    the authority's schools in the academic year to date. -#}
{% macro is_persistently_absent(absent, possible) -%}
    {{ is_absent_share(absent, possible, var('persistent_absence_share')) }}
{%- endmacro %}
