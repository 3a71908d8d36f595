{#- A text with names of thresholds in braces put into words: shares as per cent, counts as they are. -#}
{% macro with_thresholds(text) -%}
    {%- set found = namespace(sql=text) -%}
    {%- for name in ['completeness_floor', 'persistent_absence_share', 'severe_absence_share'] -%}
        {%- set share = (var(name) * 100) | round | int ~ '%' -%}
        {%- set found.sql = "replace(" ~ found.sql ~ ", '{" ~ name ~ "}', '" ~ share ~ "')" -%}
    {%- endfor -%}
    {%- set name = 'persistent_absence_minimum_openings' -%}
    replace({{ found.sql }}, '{{ '{' ~ name ~ '}' }}', '{{ var(name) }}')
{%- endmacro %}
