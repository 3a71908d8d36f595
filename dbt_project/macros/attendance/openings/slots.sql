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

{#- The bit of a mark, given its row of canonical_days. -#}
{% macro slot_on(day_relation, opening) -%}
    case {{ opening }} when 'AM' then {{ day_relation }}.morning_slot else {{ day_relation }}.afternoon_slot end
{%- endmacro %}

{#- An array: for each of the 62 bits, in how many rows it is set. -#}
{% macro pupils_per_slot(slots) -%}
    array[
        {%- for bit in range(62) -%}
        count(*) filter (where (({{ slots }}) >> {{ bit }}) & 1 = 1){{ ', ' if not loop.last }}
        {%- endfor -%}
    ]
{%- endmacro %}

{#- A number out of a packed sum of canonical_code_weights: eight bits at a position. -#}
{% macro unpacked(packed, position, bits=8) -%}
    (({{ packed }} >> ({{ bits }} * {{ position }})) & {{ 2 ** bits - 1 }})::integer
{%- endmacro %}

{#- Whether a code's weight of canonical_code_weights counts in the category at a position. -#}
{% macro in_category(weights, position) -%}
    {{ weights }}.category_weight & {{ 2 ** (8 * position) }} <> 0
{%- endmacro %}
