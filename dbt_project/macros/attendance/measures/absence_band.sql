{#- The band of a pupil's absence; each band holds its lower bound and not its upper one. -#}
{% macro absence_band(absent, possible) -%}
    case
        when {{ is_absent_share(absent, possible, 0.20) }} then '20_and_over'
        when {{ is_absent_share(absent, possible, var('persistent_absence_share')) }} then '10_to_20'
        when {{ is_absent_share(absent, possible, 0.05) }} then '5_to_10'
        else 'under_5'
    end
{%- endmacro %}
