{#
    dbt's own version writes the placeholder of every cell in a Jinja loop: 17 s for all seeds, of which 12 s are
    `school_rolls`. This one repeats the placeholders of a row, and is dbt's otherwise.
#}
{% macro postgres__load_csv_rows(model, agate_table) %}
    {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set placeholders = "(" ~ (["%s"] * agate_table.column_names | length) | join(", ") ~ ")" -%}
    {%- set statements = [] -%}
    {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
        {%- set bindings = [] -%}
        {%- for row in rows -%}{%- do bindings.extend(row) -%}{%- endfor -%}
        {%- set statement -%}
            insert into {{ this.render() }} ({{ columns }}) values {{ ([placeholders] * rows | length) | join(", ") }}
        {%- endset -%}
        {%- do adapter.add_query(statement, bindings=bindings, abridge_sql_log=True) -%}
        {%- do statements.append(statement) if loop.first -%}
    {%- endfor -%}
    {{ return(statements | first | default("select 1")) }}
{% endmacro %}
