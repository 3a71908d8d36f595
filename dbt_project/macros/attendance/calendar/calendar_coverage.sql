{#- A query: how far the delivered calendar of a school goes in a year, and from when it is open. Days after
    `covered_to` are inferred. -#}
{% macro calendar_coverage() -%}
    select
        half_days.local_authority_code,
        half_days.academic_year,
        half_days.seed_code,
        max(half_days.opening_date) as covered_to,
        min(half_days.opening_date) filter (where half_days.is_open) as first_open_on
    from {{ ref('canonical_delivered_half_days') }} as half_days
    group by half_days.local_authority_code, half_days.academic_year, half_days.seed_code
{%- endmacro %}

{#- A condition on a row of it: the calendar stops before the year does. One that reaches the month in which years end
    is whole, whatever its last day: other schools may go on a day longer. -#}
{% macro stops_early(coverage) -%}
    coalesce({{ coverage }}.covered_to, '-infinity')
        < make_date(left({{ coverage }}.academic_year, 4)::integer + 1, {{ var('calendar_last_month') }}, 1)
{%- endmacro %}
