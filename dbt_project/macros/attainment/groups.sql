{#- Quintile for achievement of levels: of the home's data zone, and unknown stays a group (as published). -#}
{% macro levels_simd_quintile(quintile) -%}
    coalesce({{ quintile }}::text, 'unknown')
{%- endmacro %}

{#- The three groups that deprivation of one school is shown in (rule 36); who has no data zone is in the rest. -#}
{% macro deprivation_group_of(quintile) -%}
    case {{ quintile }} when 1 then 'most_deprived_fifth' when 2 then 'second_fifth' else 'rest' end
{%- endmacro %}

{#- English as an additional language: new to English up to competent. -#}
{% macro english_group(english_level) -%}
    case
        when {{ english_level }} in ('new', 'early', 'developing', 'competent') then 'english_additional_language'
        when {{ english_level }} in ('fluent', 'first_language', 'limited_communication') then 'others'
        else 'unknown'
    end
{%- endmacro %}
