{#- Quintile of a leaver: of the home's data zone, and where that is missing of the school's, as published (of levels the
    unknown stay a group: `levels_simd_quintile`). -#}
{% macro leavers_simd_quintile(home_quintile, school_quintile) -%}
    coalesce({{ home_quintile }}::text, {{ school_quintile }}::text, 'unknown')
{%- endmacro %}

{#- Whether a destination is positive in a leaver year: some are in certain years alone. Unknown is not, and stays in the
    denominator. -#}
{% macro is_positive_destination(destinations, academic_year) -%}
    ({{ destinations }}.is_positive
        and {{ academic_year }} >= coalesce(nullif({{ destinations }}.positive_from, ''), {{ academic_year }})
        and {{ academic_year }} <= coalesce(nullif({{ destinations }}.positive_to, ''), {{ academic_year }}))
{%- endmacro %}

{#- Who is in the headline of leavers: mainstream, of S3 to S6; special education and adults are not. -#}
{% macro is_mainstream_leaver(leaving_stage) -%}
    ({{ leaving_stage }} in ('S3', 'S4', 'S5', 'S6'))
{%- endmacro %}
