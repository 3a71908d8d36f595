{#-
Materialization of tables. dbt makes such a table beside the standing one, swaps the two and comments on each column: four
times what a small table's rows cost. Where the table that stands was made by the very same files (see project_stands.sql)
and is small, its rows are replaced in place, in one transaction: the same rows in the same order, under the same keys, and
the views on it stay. A large table is made beside, because only `create table as` reads in parallel and its keys are made
in one pass.
-#}
{% materialization table, adapter='postgres' %}
    {%- set standing = load_cached_relation(this) -%}
    {%- if not (files_stand() and standing is not none and standing.is_table and is_small(this)) -%}
        {{ return(dbt.materialization_table_default()) }}
    {%- endif -%}
    {%- set columns = model.columns.keys() | join(', ') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') -%}
        {{ planned_for_scopes() }}
        truncate {{ this }};
        insert into {{ this }} ({{ columns }})
        select {{ columns }} from (
            {{ sql }}
        ) as contracted
        {{- in_order() }};
        {{ seal_whole(this) }}
        analyze {{ this }};
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{#- Whether a table had few rows when it was last written, which ends with its statistics. -#}
{% macro is_small(relation) %}
    {% set query %}select reltuples between 0 and {{ var('replaced_in_place_rows') }} from pg_class where oid = '{{ relation }}'::regclass{% endset %}
    {{ return(run_query(query).rows[0][0]) }}
{% endmacro %}
