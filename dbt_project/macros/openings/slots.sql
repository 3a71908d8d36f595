{#-
Half days of a month as bits of a bigint: bit 2 * (day - 1) is the morning, the next one the afternoon. What a
pupil has marks for, what a school is open for and what an enrolment expects are such numbers; what is not
recorded is `expected & ~marked`, and no row of the 26.7 million openings is read again to know it.
-#}

{#- The bit of one half day. -#}
{% macro slot_of(day, opening) -%}
    (1::bigint << (2 * (date_part('day', {{ day }})::int - 1) + case {{ opening }} when 'AM' then 0 else 1 end))
{%- endmacro %}

{#- All bits of the days from one date to another, both inclusive, that fall into `month` (its first day). -#}
{% macro slots_between(first_day, last_day, month) -%}
    (case
        when {{ last_day }} < {{ month }} or {{ first_day }} > ({{ month }} + interval '1 month - 1 day')::date then 0
        else ((1::bigint << (2 * (least({{ last_day }}, ({{ month }} + interval '1 month - 1 day')::date) - {{ month }} + 1))) - 1)
            & ~((1::bigint << (2 * (greatest({{ first_day }}, {{ month }}) - {{ month }}))) - 1)
    end)
{%- endmacro %}

{#- How many bits are set. -#}
{% macro slot_count(slots) -%}
    bit_count(({{ slots }})::bit(64))::integer
{%- endmacro %}

{#- A query: every half day of the academic years with openings, with its month, bit and weekday. -#}
{% macro half_days() -%}
    select
        day::date as attendance_date,
        halves.opening,
        date_trunc('month', day)::date as month,
        {{ slot_of('day', 'halves.opening') }} as slot,
        extract(isodow from day)::smallint as weekday
    from generate_series(timestamp '2000-08-01', timestamp '2045-07-31', interval '1 day') as day
    cross join (values ('AM'), ('PM')) as halves (opening)
{%- endmacro %}

{#- An array: for each of the 62 bits, in how many rows it is set. -#}
{% macro pupils_per_slot(slots) -%}
    array[
        {%- for bit in range(62) -%}
        count(*) filter (where (({{ slots }}) >> {{ bit }}) & 1 = 1){{ ', ' if not loop.last }}
        {%- endfor -%}
    ]
{%- endmacro %}
