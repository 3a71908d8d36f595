{#- Stage under which a pupil counts in a department: one that is foreign to it counts with the nearest of its own, and a
    special school has one row (RULES 43). -#}
{% macro stage_of_sector(stage, sector) -%}
    case
        when {{ sector }} = 'special' then 'SP'
        when {{ sector }} = 'primary' and {{ stage }} like 'S_' and {{ stage }} <> 'SP' then 'P7'
        when {{ sector }} = 'secondary' and {{ stage }} like 'P_' then 'S1'
        else {{ stage }}
    end
{%- endmacro %}
