{#- A condition on openings: in the months, or whole years, that this model has to count again. Written out as
    ranges of days, so that only the partitions, and of them the days, in question are read. -#}
{% macro openings_of_touched_months(relation) -%}
    {%- if not execute or not is_incremental() -%}true
    {%- else -%}
        {%- set conditions = ['false'] -%}
        {%- for scope in touched('scopes without months') -%}
            {%- do conditions.append('(' ~ openings_in_scope(relation, {
                'local_authority_code': scope[0], 'academic_year': scope[1],
            }) ~ ')') -%}
        {%- endfor -%}
        {%- for month in touched('months') -%}
            {%- do conditions.append('(' ~ relation ~ ".local_authority_code = '" ~ month[0] ~ "' and "
                ~ relation ~ ".attendance_date >= '" ~ month[1] ~ "'::date and "
                ~ relation ~ ".attendance_date < ('" ~ month[1] ~ "'::date + interval '1 month')::date)") -%}
        {%- endfor -%}
        ({{ conditions | join(' or ') }})
    {%- endif -%}
{%- endmacro %}
