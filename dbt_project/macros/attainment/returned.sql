{#- Whether a row was recorded by the end, in Scotland, of the day on which the return of its year closed. -#}
{% macro is_before_the_return_closes(recorded_at, closes_on) -%}
    {{ day_of(recorded_at) }} <= {{ closes_on }}
{%- endmacro %}

{#- Whether a stage is in the return of a year: P1, P4, P7, S3 and SP, of primaries alone without the last two. -#}
{% macro is_in_return(stage, collected) -%}
    ({{ collected }} = 'all' and {{ stage }} in ('P1', 'P4', 'P7', 'S3', 'SP')
        or {{ collected }} = 'primary' and {{ stage }} in ('P1', 'P4', 'P7'))
{%- endmacro %}
