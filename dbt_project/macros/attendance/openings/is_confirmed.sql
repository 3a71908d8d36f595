{#- A condition: the enrolment counts in its year. While an authority has no snapshot of the year, it does so where a mark
    on one of its days has confirmed it (rule 9; canonical_marked_schools is joined by authority, year, pupil and school). -#}
{% macro is_confirmed(enrolment_years, marked_schools) -%}
    (not {{ enrolment_years }}.needs_mark or {{ enrolment_years }}.entry_date <= {{ marked_schools }}.confirms_entries_to)
{%- endmacro %}
