{#-
Weeks out of the half days of months (see slots.sql), for pseudonymised_school_weeks: a row per pupil and week took
ten times as long. A month touches at most six weeks: `week_0` to `week_5` of a relation of months are the half days of
each, `first_week` is the number of the first. Weeks of an academic year as bits: bit 0 is the week of 1 August.
-#}

{% macro monday_of(day) -%}
    date_trunc('week', {{ day }}::timestamp)::date
{%- endmacro %}

{#- Monday of the week in which an academic year begins. -#}
{% macro first_monday(academic_year) -%}
    {{ monday_of('make_date(left(' ~ academic_year ~ ', 4)::integer, 8, 1)') }}
{%- endmacro %}

{#- The bit of the week of an academic year in which a day is. -#}
{% macro week_of(day, academic_year) -%}
    (1::bigint << (({{ monday_of(day) }} - {{ first_monday(academic_year) }}) / 7))
{%- endmacro %}

{#- Which of the weeks in `open_weeks` (bits) the week of a day is, counted from the first; how many there are till then. -#}
{% macro weeks_until(day, academic_year, open_weeks) -%}
    bit_count(({{ open_weeks }} & (2 * {{ week_of(day, academic_year) }} - 1))::bit(64))::smallint
{%- endmacro %}

{#- A query: months by the half days of each of their weeks, out of canonical_days. -#}
{% macro weeks_of_months(days) -%}
    select
        {{ days }}.month,
        ({{ monday_of(days ~ '.month') }} - {{ first_monday(days ~ '.academic_year') }}) / 7 as first_week
        {%- for number in range(6) %},
        coalesce(bit_or({{ days }}.morning_slot | {{ days }}.afternoon_slot) filter (
            where {{ monday_of(days ~ '.attendance_date') }} - {{ monday_of(days ~ '.month') }} = {{ 7 * number }}
        ), 0) as week_{{ number }}
        {%- endfor %}
    from {{ days }}
    group by {{ days }}.month, {{ days }}.academic_year
{%- endmacro %}

{#- The weeks of the year with any of the half days of a month, as bits. -#}
{% macro weeks_with(slots, months) -%}
    ((
        {%- for number in range(6) -%}
        case when {{ slots }} & {{ months }}.week_{{ number }} <> 0 then {{ 2 ** number }} else 0 end
        {{- ' + ' if not loop.last }}
        {%- endfor -%}
    )::bigint << {{ months }}.first_week)
{%- endmacro %}

{#- An array: how many of the half days fall into each week of a month, summed. Without any of a kind, no cast. -#}
{% macro openings_by_week(slots, months) -%}
    array[
        {%- for number in range(6) -%}
        {%- set of_week = slots ~ ' & ' ~ months ~ '.week_' ~ number -%}
        coalesce(sum({{ slot_count(of_week) }}) filter (where {{ of_week }} <> 0), 0){{ ', ' if not loop.last }}
        {%- endfor -%}
    ]
{%- endmacro %}

{#- A query over pupils at schools with the bits of their weeks: how many persons each school has in each week. Under
    code 0 stands how often those at several schools are counted too often where schools are added up to their sector
    and to all. Most of a school have the same weeks, which are looked at once. -#}
{% macro persons_by_week(pupils) -%}
    select
        patterns.local_authority_code,
        patterns.academic_year,
        patterns.seed_code,
        patterns.sector,
        {{ first_monday('patterns.academic_year') }} + 7 * numbers.week as week,
        coalesce(sum(patterns.persons) filter (where (patterns.possible_weeks >> numbers.week) & 1 = 1), 0) as pupils,
        sum(patterns.persons) as behind_pupils
    from (
        select local_authority_code, academic_year, seed_code, sector, possible_weeks, weeks, count(*) as persons
        from {{ pupils }}
        group by local_authority_code, academic_year, seed_code, sector, possible_weeks, weeks
        union all
        select local_authority_code, academic_year, 0, row_of.sector, possible_weeks, weeks, 1
        from {{ pupils }}
        cross join lateral (values ({{ pupils }}.sector), ('all')) as row_of (sector)
        where is_at_several
        union all
        select
            local_authority_code, academic_year, 0, coalesce(sector, 'all'), bit_or(possible_weeks), bit_or(weeks), -1
        from {{ pupils }}
        where is_at_several
        group by local_authority_code, academic_year, pupil_id, grouping sets ((sector), ())
    ) as patterns
    inner join generate_series(0, 53) as numbers (week) on (patterns.weeks >> numbers.week) & 1 = 1
    group by
        patterns.local_authority_code, patterns.academic_year, patterns.seed_code, patterns.sector, numbers.week
    -- who is at several schools in other weeks only is counted rightly in this one
    having patterns.seed_code <> 0 or sum(patterns.persons) <> 0
        or sum(patterns.persons) filter (where (patterns.possible_weeks >> numbers.week) & 1 = 1) <> 0
{%- endmacro %}

{#- A query over months with such arrays: schools and weeks. A week that reaches into the next month is in both. -#}
{% macro spread_over_weeks(months, kinds) -%}
    {%- set place = 'local_authority_code, academic_year, seed_code, sector' -%}
    select
        {{ place }},
        {{ first_monday('academic_year') }} + 7 * (first_week + numbers.part - 1) as week
        {%- for kind in kinds %},
        sum({{ kind }}[numbers.part]) as {{ kind }}
        {%- endfor %}
    from {{ months }}
    cross join generate_series(1, 6) as numbers (part)
    group by {{ place }}, first_week + numbers.part
{%- endmacro %}
