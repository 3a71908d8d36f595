{#- A text with names of thresholds in braces put into words: shares as per cent, counts as they are. Each threshold is
    named as a var, so that a change of another one does not make anew what stands on this. -#}
{% macro with_thresholds(text) -%}
    {%- set words = {
        'completeness_floor': (var('completeness_floor') * 100) | round | int ~ '%',
        'persistent_absence_share': (var('persistent_absence_share') * 100) | round | int ~ '%',
        'severe_absence_share': (var('severe_absence_share') * 100) | round | int ~ '%',
        'persistent_absence_minimum_openings': var('persistent_absence_minimum_openings'),
    } -%}
    {%- set found = namespace(sql=text) -%}
    {%- for name, said in words.items() -%}
        {%- set found.sql = "replace(" ~ found.sql ~ ", '{" ~ name ~ "}', '" ~ said ~ "')" -%}
    {%- endfor -%}
    {{ found.sql }}
{%- endmacro %}
