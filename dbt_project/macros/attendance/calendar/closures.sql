{#- What closes a school whatever calendar and marks say (rules 7 and 8): that it is no more, is mothballed, or that the
    authority has closed the day. Joins for a relation with local_authority_code, seed_code and a day. -#}
{% macro closures_of(relation, day='opening_date') -%}
    left join {{ ref('canonical_establishments') }} as establishments
        on {{ relation }}.local_authority_code = establishments.local_authority_code
        and {{ relation }}.seed_code = establishments.seed_code
    left join {{ ref('stg_control__closed_days') }} as closed_at_school
        on {{ relation }}.local_authority_code = closed_at_school.local_authority_code
        and {{ relation }}.seed_code = closed_at_school.seed_code
        and {{ relation }}.{{ day }} = closed_at_school.closed_on
    left join {{ ref('stg_control__closed_days') }} as closed_everywhere
        on {{ relation }}.local_authority_code = closed_everywhere.local_authority_code
        and closed_everywhere.seed_code = 0
        and {{ relation }}.{{ day }} = closed_everywhere.closed_on
{%- endmacro %}

{#- The condition that goes with these joins. -#}
{% macro is_shut(relation, day='opening_date') -%}
    (
        coalesce({{ relation }}.{{ day }} > {{ last_day_of('establishments') }}, false)
        or coalesce(closed_at_school.is_closed, closed_everywhere.is_closed, false)
    )
{%- endmacro %}

{#- Last day on which anything is expected of an establishment; null while it goes on. It closes at the end of
    closed_on, and is mothballed from the beginning of mothballed_on. -#}
{% macro last_day_of(establishments) -%}
    least({{ establishments }}.closed_on, {{ establishments }}.mothballed_on - 1)
{%- endmacro %}
