{#- Whether a share of openings or more was missed, compared in integers: at exactly the share it is true. -#}
{% macro is_absent_share(absent, possible, share_var) -%}
    100 * ({{ absent }}) >= {{ (share_var * 100) | round | int }} * ({{ possible }})
{%- endmacro %}
