{#- Attendance rate = attended / possible, 0 to 1; null where no opening was possible. -#}
{% macro attendance_rate(relation) -%}
    {{ share(relation ~ '.openings_attended', possible_openings(relation)) }}
{%- endmacro %}
