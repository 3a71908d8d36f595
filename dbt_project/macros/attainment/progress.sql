{#- Of pupils at first level or better in P4: whether they reached second level in P7, three years on. -#}
{% macro was_at_first_level(position) -%}({{ position }} >= 2){%- endmacro %}
{% macro reached_second_level(position) -%}({{ position }} >= 3){%- endmacro %}

{#- The academic year so many years after another. -#}
{% macro years_after(academic_year, years) -%}
    ((left({{ academic_year }}, 4)::integer + {{ years }})::text || '/'
        || lpad(((left({{ academic_year }}, 4)::integer + {{ years }} + 1) % 100)::text, 2, '0'))
{%- endmacro %}
