{#- The reason under which an absence is shown for one school: exclusions and codes of unknown reason are so few
    that they join other_unauthorised. -#}
{% macro school_reason(reason) -%}
    case when {{ reason }} in ('temporary_exclusion', 'unknown_reason') then 'other_unauthorised' else {{ reason }} end
{%- endmacro %}
