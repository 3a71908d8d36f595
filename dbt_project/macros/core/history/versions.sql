{#-
Validity out of successive snapshots. Given `relation`, one row per `keys` and `extracted_at` (the snapshots of
one authority and academic year that have the row) with `next_extracted_at` (the snapshot after each), a version begins where the values change or the row was missing from the snapshot before, and ends where the
values change or the row is missing from the next one. Null `valid_to`: in force in the year's latest snapshot.
-#}
{% macro versions(relation, keys, values) %}
    select
        numbered.{{ keys | join(', numbered.') }},
        min(numbered.extracted_at) as valid_from,
        nullif(max(coalesce(numbered.next_extracted_at, 'infinity')), 'infinity') as valid_to,
        numbered.{{ values | join(', numbered.') }}
    from (
        select
            compared.*,
            sum(compared.is_start) over (
                partition by compared.{{ keys | join(', compared.') }}
                order by compared.extracted_at
            ) as version_number
        from (
            select
                {{ relation }}.*,
                case
                    when lag({{ relation }}.next_extracted_at) over in_order = {{ relation }}.extracted_at
                        and not (
                            ({{ relation }}.{{ values | join(', ' ~ relation ~ '.') }}) is distinct from
                            ({% for value in values %}lag({{ relation }}.{{ value }}) over in_order{{ ', ' if not loop.last }}{% endfor %})
                        ) then 0
                    else 1
                end as is_start
            from {{ relation }}
            window in_order as (
                partition by {{ relation }}.{{ keys | join(', ' ~ relation ~ '.') }}
                order by {{ relation }}.extracted_at
            )
        ) as compared
    ) as numbered
    group by
        numbered.{{ keys | join(', numbered.') }}, numbered.version_number,
        numbered.{{ values | join(', numbered.') }}
{% endmacro %}

{#- The calendar day, in Scotland, of an instant. -#}
{% macro day_of(instant) -%}
    ({{ instant }} at time zone 'Europe/London')::date
{%- endmacro %}
