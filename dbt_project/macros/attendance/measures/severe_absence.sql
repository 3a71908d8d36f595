{#- Severely absent: the share severe_absence_share (50%) **or more** of possible openings missed. -#}
{% macro is_severely_absent(absent, possible) -%}
    {{ is_absent_share(absent, possible, var('severe_absence_share')) }}
{%- endmacro %}
