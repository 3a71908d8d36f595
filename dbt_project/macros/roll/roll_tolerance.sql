{#- Pupils by which a roll may differ from the published one and agree: a share of it, rounded up, and at least so many.
    What is corrected after the publication date makes that much. -#}
{% macro roll_tolerance(published) -%}
    greatest({{ var('roll_agrees_within_pupils') }}, ceil({{ var('roll_agrees_within_share') }} * {{ published }}))::integer
{%- endmacro %}
