{#- Incremental for small tables that are made anew each time, but kept: swapping a table drops the views on it. -#}
{% macro get_incremental_replace_all_sql(arg_dict) %}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | join(', ') -%}
    delete from {{ arg_dict['target_relation'] }};
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }};
    {{ seal_whole(arg_dict['target_relation']) }}
    analyze {{ arg_dict['target_relation'] }}
{% endmacro %}
