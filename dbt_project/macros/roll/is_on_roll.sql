{#- Whether a version of an enrolment says that the pupil is on roll on a day, as the snapshot of that time had it: in
    force at `read_at`, from the entry to the leaving date, both inclusive (RULES 9). -#}
{% macro is_on_roll(enrolments, dates) -%}
    {{ enrolments }}.valid_from <= {{ dates }}.read_at
    and ({{ enrolments }}.valid_to is null or {{ enrolments }}.valid_to > {{ dates }}.read_at)
    and {{ dates }}.as_at between {{ enrolments }}.entry_date and coalesce({{ enrolments }}.leaving_date, 'infinity')
{%- endmacro %}
