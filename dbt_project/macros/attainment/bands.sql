{#- The official band of a school's share: ten points, closed below; c for twenty pupils or fewer, as published. -#}
{% macro ten_point_band(achieved, cohort) -%}
    case
        when {{ cohort }} <= {{ var('attainment_small_cohort') }} then 'c'
        when {{ achieved }} * 10 >= {{ cohort }} * 9 then '90% or more'
        else (({{ achieved }} * 10) / {{ cohort }} * 10)::text || '% to under '
            || (({{ achieved }} * 10) / {{ cohort }} * 10 + 10)::text || '%'
    end
{%- endmacro %}

{#- The official band where 1 to 4 pupils did not achieve, such as 89 - 100%, mirrored where 1 to 4 did; c for a cohort
    of 1 to 4; null where the share may stand. Where nobody is missing it is 100. -#}
{% macro complement_band(achieved, cohort) -%}
    case
        when {{ cohort }} between 1 and 4 then 'c'
        when {{ cohort }} - {{ achieved }} between 1 and 4
            then round(100.0 * ({{ cohort }} - 5) / {{ cohort }})::text || ' - 100%'
        when {{ achieved }} between 1 and 4 then '0 - ' || round(100.0 * 5 / {{ cohort }})::text || '%'
    end
{%- endmacro %}
