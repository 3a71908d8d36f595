{#- What became of a pupil from one day of the roll to the next: SEED codes, null where not on roll. Who was nowhere on
    both days, or stayed, has not moved. -#}
{% macro movement(before, after) -%}
    case
        when {{ before }} is null and {{ after }} is not null then 'entry'
        when {{ before }} is not null and {{ after }} is null then 'leaver'
        when {{ before }} <> {{ after }} then 'move'
    end
{%- endmacro %}
