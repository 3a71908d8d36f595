{#- Completeness of a row of weeks, whose possible openings are summed already: recorded / expected, null without any. -#}
{% macro week_completeness(relation) -%}
    {%- set recorded = relation ~ '.openings_possible + ' ~ relation ~ '.openings_not_counted' -%}
    {{ share(recorded, recorded ~ ' + ' ~ relation ~ '.openings_not_recorded') }}
{%- endmacro %}

{#- The academic year before one: 2024/25 of 2025/26. -#}
{% macro year_before(academic_year) -%}
    ((left({{ academic_year }}, 4)::integer - 1)::text || '/' || substr({{ academic_year }}, 3, 2))
{%- endmacro %}

{#- A query over a relation of weeks: for each place and year the rate of the year before over as many open weeks,
    counted from the first (rule 20), where that year has them, or at most two fewer, and they are complete enough. -#}
{% macro same_weeks_last_year(weeks, place) -%}
    {%- set places = [] -%}
    {%- for column in place -%}{%- do places.append('now.' ~ column ~ ' = before.' ~ column) -%}{%- endfor -%}
    {%- set columns = place | join(', now.') -%}
    select
        now.{{ columns }},
        now.academic_year,
        max(before.school_week_number) as weeks_compared,
        {{ share('sum(before.openings_attended)', 'sum(before.openings_possible)') }} as rate_same_weeks_last_year
    from (
        select {{ place | join(', ') }}, academic_year, max(school_week_number) as open_weeks
        from {{ weeks }}
        where week <= data_as_at
        group by {{ place | join(', ') }}, academic_year
    ) as now
    inner join {{ weeks }} as before
        on {{ places | join(' and ') }}
            and before.academic_year = {{ year_before('now.academic_year') }}
            and before.school_week_number <= now.open_weeks
    group by now.{{ columns }}, now.academic_year, now.open_weeks
    having now.open_weeks - max(before.school_week_number) <= 2
        and sum(before.openings_possible + before.openings_not_counted) >= {{ var('completeness_floor') }} * sum(
            before.openings_possible + before.openings_not_counted + before.openings_not_recorded
        )
{%- endmacro %}
