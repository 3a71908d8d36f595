{#- How many pupils more would have to achieve for a share to reach an aim; 0 where it is reached, null without a figure. -#}
{% macro pupils_needed(aim_share, achieved, cohort) -%}
    case
        when {{ cohort }} is not null
            then greatest(ceil({{ aim_share }} * {{ cohort }} - 0.000001) - ({{ achieved }}), 0)::integer
    end
{%- endmacro %}
