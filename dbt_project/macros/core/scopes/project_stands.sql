{#-
A night builds with the very files that the last good build was made with. Then the tables have the columns and the
comments that the contracts ask for, and nothing of that is looked up again: dbt asks four times for the columns
of each table, which is a third of its own time. `warehouse run` says so by an environment variable, after it has
compared the project's files with those of the last good build; dbt by hand looks everything up.
-#}
{% macro project_stands() %}
    {{ return(env_var('WAREHOUSE_PROJECT_STANDS', 'no') == 'yes' and is_incremental()) }}
{% endmacro %}

{#- The same of a model that is a plain table: what it stands on has not changed its columns either. -#}
{% macro files_stand() %}
    {{ return(env_var('WAREHOUSE_PROJECT_STANDS', 'no') == 'yes' and model.config.materialized == 'table' and not should_full_refresh()) }}
{% endmacro %}

{% macro postgres__persist_docs(relation, model, for_relation, for_columns) %}
    {% if not project_stands() %}
        {{ dbt.default__persist_docs(relation, model, for_relation, for_columns) }}
    {% endif %}
{% endmacro %}

{#- The columns to write: those of the contract, or, where the project has changed, those that dbt finds. -#}
{% macro postgres__process_schema_changes(on_schema_change, source_relation, target_relation) %}
    {% if not project_stands() %}
        {{ return(dbt.default__process_schema_changes(on_schema_change, source_relation, target_relation)) }}
    {% endif %}
    {% set columns = [] %}
    {% for column in model.columns.values() %}
        {% do columns.append({'name': column.name}) %}
    {% endfor %}
    {{ return(columns) }}
{% endmacro %}
