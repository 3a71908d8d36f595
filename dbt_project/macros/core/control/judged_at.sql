{#- When an authority's deliveries are judged, and of which year. A live warehouse is judged by the clock. A made-up one,
    whose calendar does not move with ours, is judged on the day of the last extract of a feed that every school has to
    send (`required` in its contract): exclusions or a calendar that come by themselves make nothing late, and the
    calendar of the next year does not hide what is late in this one. A file from the future moves no clock. -#}
{% macro judged_at(file_ledger) -%}
    case
        when bool_or({{ file_ledger }}.environment = 'live') then now()
        else coalesce(
            max({{ file_ledger }}.extracted_at) filter (where {{ moves_the_clock(file_ledger) }}),
            max({{ file_ledger }}.extracted_at) filter (where {{ is_of_its_time(file_ledger) }})
        )
    end
{%- endmacro %}

{#- The latest academic year of the same files. -#}
{% macro judged_year(file_ledger) -%}
    coalesce(
        max({{ file_ledger }}.academic_year) filter (where {{ moves_the_clock(file_ledger) }}),
        max({{ file_ledger }}.academic_year)
    )
{%- endmacro %}

{% macro moves_the_clock(file_ledger) -%}
    {%- set required = [] -%}
    {%- for feed, told in feeds().items() if told.is_required -%}
        {%- do required.append(feed) -%}
    {%- endfor -%}
    {{ file_ledger }}.feed in ('{{ required | join("', '") }}') and {{ is_of_its_time(file_ledger) }}
{%- endmacro %}

{% macro is_of_its_time(file_ledger) -%}
    {{ file_ledger }}.reason is distinct from 'future_extract'
{%- endmacro %}
