{#- Why a row's figures are not shown yet or at all, null where nothing is in the way; the first that holds.
    Completeness at exactly the floor is enough. -#}
{% macro withheld(is_due, has_unmapped_codes, completeness) -%}
    case
        when not ({{ is_due }}) then 'not_yet_due'
        when {{ has_unmapped_codes }} then 'unmapped_codes'
        when {{ completeness }} < {{ var('completeness_floor') }} then 'completeness'
    end
{%- endmacro %}
