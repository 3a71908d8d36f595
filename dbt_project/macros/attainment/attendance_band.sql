{#- Whether a share of attendance lies in a band of the seed: over its lower and up to its upper bound; 90.0 percent is
    in the band below, as persistent absence is. -#}
{% macro in_attendance_band(attendance_share, bands) -%}
    ({{ attendance_share }} > {{ bands }}.over or {{ bands }}.over = 0) and {{ attendance_share }} <= {{ bands }}.up_to
{%- endmacro %}
