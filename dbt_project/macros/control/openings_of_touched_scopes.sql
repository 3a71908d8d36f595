{#- A condition on openings: in the scopes that this model has to count again. Written out, so that only the
    partitions of these scopes are read. -#}
{% macro openings_of_touched_scopes(relation) -%}
    {%- if not execute or not is_incremental() -%}true
    {%- else -%}
        {%- set conditions = ['false'] -%}
        {%- for scope in run_query(touched_scopes()) -%}
            {%- do conditions.append('(' ~ openings_in_scope(relation, {
                'local_authority_code': scope[0], 'academic_year': scope[1],
            }) ~ ')') -%}
        {%- endfor -%}
        ({{ conditions | join(' or ') }})
    {%- endif -%}
{%- endmacro %}
