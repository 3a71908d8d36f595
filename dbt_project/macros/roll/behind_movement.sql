{#- Pupils behind a movement: of entries and leavers, whose difference the roll tells, the fewer of the two, zeros apart
    (where one is empty, the other); of moves their own number. -#}
{% macro behind_movement(movement, pupils, entries, leavers) -%}
    case
        when {{ movement }} = 'move' then {{ pupils }}
        else coalesce(least(nullif({{ entries }}, 0), nullif({{ leavers }}, 0)), 0)
    end
{%- endmacro %}
