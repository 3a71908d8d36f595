{#- Quintile for achievement of levels: of the home's data zone, and unknown stays a group (as published). -#}
{% macro levels_simd_quintile(quintile) -%}
    coalesce({{ quintile }}::text, 'unknown')
{%- endmacro %}

{#- The three groups that deprivation of one school is shown in (rule 36); who has no data zone is in the rest. -#}
{% macro deprivation_group_of(quintile) -%}
    case {{ quintile }} when 1 then 'most_deprived_fifth' when 2 then 'second_fifth' else 'rest' end
{%- endmacro %}

{#- Looked after, at home or away from it, or not; who has no record of either is unknown. -#}
{% macro looked_after_group(looked_after) -%}
    case
        when {{ looked_after }} in ('at_home', 'away') then 'looked_after'
        when {{ looked_after }} = 'no' then 'others'
        else 'unknown'
    end
{%- endmacro %}

{#- Groups of pupils that results of a sector are shown by, as rows of breakdown, group and what is said beside it: each
    breakdown with the column of pupils that it is of. -#}
{% macro result_groups() -%}
    {{ return({
        'attendance': (
            'attendance_band', ['over_95', 'over_90_to_95', 'over_80_to_90', '80_or_less', 'unknown'],
            'does not show that absence is the reason'
        ),
        'looked_after': (
            'looked_after_group', ['looked_after', 'others', 'unknown'],
            'from records of schools; the figures of social work are the reference'
        ),
    }) }}
{%- endmacro %}

{#- English as an additional language: new to English up to competent. -#}
{% macro english_group(english_level) -%}
    case
        when {{ english_level }} in ('new', 'early', 'developing', 'competent') then 'english_additional_language'
        when {{ english_level }} in ('fluent', 'first_language', 'limited_communication') then 'others'
        else 'unknown'
    end
{%- endmacro %}
