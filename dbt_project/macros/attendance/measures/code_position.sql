{#- A number from 0 to 29 for a national code of two digits, different for each of the codes in use (02, 10-13, 20-24,
    30-33, 40, 99): its place as a bit. -#}
{% macro code_position(code) -%}
    (case when {{ code }} = '99' then 29 else 5 * (left({{ code }}, 1)::integer) + right({{ code }}, 1)::integer end)
{%- endmacro %}
