{#- Every pupil of a row of persistent absence is in one band. -#}
{% macro bands_add_up(row) -%}
    {{ row }}.pupils = {{ row }}.pupils_absent_under_5 + {{ row }}.pupils_absent_5_to_10
            + {{ row }}.pupils_absent_10_to_20 + {{ row }}.pupils_absent_20_and_over
{%- endmacro %}
