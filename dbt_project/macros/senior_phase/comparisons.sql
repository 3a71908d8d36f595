{#- What is set beside the comparison group: measure, result and the values that reach it, as of leavers. -#}
{% macro compared_measures() -%}
    {%- set names = ['national_1_at_5', 'national_1_at_6', 'all_scqf_1_at_5', 'all_scqf_1_at_6', 'all_scqf_5_at_6'] -%}
    {{ return(leaver_measures() | selectattr(0, 'in', names) | list) }}
{%- endmacro %}

{#- Columns of all of them: `column` with {m} for the measure, and {reached} for whether a leaver of `leavers` has. -#}
{% macro each_compared(column, leavers='leavers') -%}
    {%- set found = [] -%}
    {%- for measure, result, values in compared_measures() -%}
        {%- set reached = leavers ~ '.' ~ result ~ " in ('" ~ values | join("', '") ~ "')" -%}
        {%- do found.append(column | replace('{reached}', reached) | replace('{m}', measure)) -%}
    {%- endfor -%}
    {{ found | join(',\n        ') }}
{%- endmacro %}

{#- A number that stands for a leaver and one who may be drawn, in a year: keyed, since tokens are, and the same each
    night. -#}
{% macro draw_order(leaver, candidate, academic_year) -%}
    hashtextextended({{ leaver }}::text || {{ candidate }}::text, left({{ academic_year }}, 4)::bigint)
{%- endmacro %}

{#- A share of others as it is told: in steps of a tenth of a point. -#}
{% macro told_of_others(value) -%}
    round({{ value }}, 3)::numeric(4, 3)
{%- endmacro %}

{#- What is told of a measure: the school's own, the value of the group, least and largest of the draws. -#}
{% macro compared_figures(schools) -%}
    {%- set source = schools ~ '.comparison_source' -%}
    {%- set value = 'case ' ~ source ~ " when 'insight' then " ~ schools ~ ".{m}_insight when 'own' then " ~ schools
        ~ '.{m}_own end' -%}
    {%- set columns = [schools ~ '.{m}', schools ~ '.{m}_share', told_of_others(value) ~ ' as {m}_comparison'] -%}
    {%- for end in ('low', 'high') -%}
        {%- set drawn = 'case ' ~ source ~ " when 'own' then " ~ schools ~ '.{m}_' ~ end ~ ' end' -%}
        {%- do columns.append(told_of_others(drawn) ~ ' as {m}_draws_' ~ end) -%}
    {%- endfor -%}
    {{ columns | join(',\n    ') }}
{%- endmacro %}
