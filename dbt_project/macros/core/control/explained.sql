{#- What explains a difference, as {"reason": amount}, without the reasons that explain nothing. -#}
{% macro explained(amounts) -%}
    jsonb_strip_nulls(jsonb_build_object(
        {%- for reason, amount in amounts.items() %}
        '{{ reason }}', nullif({{ amount }}, 0){{ ',' if not loop.last }}
        {%- endfor %}
    ))
{%- endmacro %}
