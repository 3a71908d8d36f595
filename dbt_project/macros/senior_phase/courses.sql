{#- Qualifications whose courses are graded, and so released by subject, as an array. -#}
{% macro graded_courses() -%}
    array['national_5', 'higher', 'advanced_higher']
{%- endmacro %}

{#- The group of subjects that no group of the seed has. -#}
{% macro other_subjects() -%}'Other subjects'{%- endmacro %}

{#- How an entry came out, the best first: results are compared by it where a pupil has several in one group. -#}
{% macro course_results() -%}
    {{ return(['grade_a', 'grade_b_or_c', 'other_award', 'no_award', 'not_resulted']) }}
{%- endmacro %}

{#- Place of an entry among these; an award of another grade is a D, or a pass without a grade. -#}
{% macro course_result_place(entries, grades) -%}
    case
        when {{ entries }}.entry_status <> 'resulted' then 5
        when {{ entries }}.grade = 'A' then 1
        when {{ entries }}.grade in ('B', 'C') then 2
        when coalesce({{ grades }}.is_award, false) then 3
        else 4
    end
{%- endmacro %}

{#- The result at a place among them. -#}
{% macro course_result_at(place) -%}
    (array['{{ course_results() | join("', '") }}'])[{{ place }}]
{%- endmacro %}

{#- Pupils entered, and of them those with an A. -#}
{% macro course_entries_figures(entries) -%}
    count({{ entries }}.pupil_token)::integer as entered,
        ({{ counted_where(entries, 'course_result', ['grade_a']) }})::integer as grade_a
{%- endmacro %}

{#- Pupils with a result, of them those with an A to C, and the share of these. -#}
{% macro course_results_figures(entries) -%}
    {%- set resulted = counted_where(entries, 'course_result', course_results()[:4]) -%}
    {%- set a_to_c = counted_where(entries, 'course_result', course_results()[:2]) -%}
    ({{ resulted }})::integer as resulted,
        ({{ a_to_c }})::integer as grade_a_to_c,
        {{ share(a_to_c, resulted) }} as grade_a_to_c_share
{%- endmacro %}
