{#-
Seals: what stands in a table from canonical to the exact marts, by authority, year and, where it has them, establishment
and month, as a number of rows and a sum of hashes over all columns. Whatever writes rows writes the difference into
control.seals in the same transaction, and never reads the rows that it leaves alone: a row that was changed behind the
models' back stays different from its seal, however often the rest is written. orchestration/seals compares.

A record's hash is a sum over its columns: two rows that change a value with each other would not show. So it is hashed
once more, under the warehouse's own number. PostgreSQL hashes the two halves of a bigint as one, so that bit 5 and bit 37
of packed half days are the same to it: they stand there one by one.
-#}
{% macro has_seals() -%}
    {{ return(model.fqn[1] in ['canonical', 'pseudonymised', 'aggregated']) }}
{%- endmacro %}

{#- The expressions for a row's authority, year, establishment and month. -#}
{% macro seal_groups(relation) -%}
    {%- set columns = model.columns.keys() | list -%}
    {%- set month = model.config.meta.month_column or ('month' if 'month' in columns and model.columns['month'].data_type == 'date' else none) -%}
    {{ return([
        relation ~ '.local_authority_code' if 'local_authority_code' in columns else "''",
        relation ~ '.academic_year' if 'academic_year' in columns else "''",
        'coalesce(' ~ relation ~ ".seed_code::text, '')" if 'seed_code' in columns else "''",
        relation ~ '.month' if month == 'month'
            else "date_trunc('month', " ~ relation ~ '.' ~ month ~ '::timestamp)::date' if month
            else "date '0001-01-01'",
    ]) }}
{%- endmacro %}

{% macro seal_hash(relation) -%}
    hashint8extended(hash_record_extended(row({{ seal_values(relation) }}), 0), {{ content_salt() }})
{%- endmacro %}

{% macro seal_values(relation) -%}
    {%- set values = [] -%}
    {%- for column in model.columns.values() -%}
        {%- set value = relation ~ '.' ~ column.name -%}
        {%- if column.data_type == 'bigint' -%}
            {%- do values.append(value ~ ' >> 32, ' ~ value ~ ' & 4294967295') -%}
        {%- elif column.data_type.endswith('[]') -%}
            {%- do values.append(value ~ '::text') -%}
        {%- else -%}
            {%- do values.append(value) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- values | join(', ') -}}
{%- endmacro %}

{#- The columns of a table that add a row to a seal, or take it out. -#}
{% macro seal_part(relation, count=1) -%}
    {%- set groups = seal_groups(relation) -%}
    {{ groups[0] }} as seal_authority,
        {{ groups[1] }} as seal_year,
        {{ groups[2] }} as seal_seed_code,
        {{ groups[3] }} as seal_month,
        {{ count }} as seal_count,
        {{ '-1 * ' if count < 0 }}{{ seal_hash(relation) }}::numeric as seal_content
{%- endmacro %}

{% macro seal_part_names(relation) -%}
    {{ relation }}.seal_authority, {{ relation }}.seal_year, {{ relation }}.seal_seed_code, {{ relation }}.seal_month,
            {{ relation }}.seal_count, {{ relation }}.seal_content
{%- endmacro %}

{#- Adds such rows to the seals. -#}
{% macro add_to_seals(parts) -%}
    insert into control.seals (
        relation, local_authority_code, academic_year, seed_code, month, row_count, content
    )
    select
        '{{ sealed_name() }}', parts.seal_authority, parts.seal_year, parts.seal_seed_code, parts.seal_month,
        sum(parts.seal_count), sum(parts.seal_content)
    from {{ parts }} as parts
    group by parts.seal_authority, parts.seal_year, parts.seal_seed_code, parts.seal_month
    on conflict (relation, local_authority_code, academic_year, seed_code, month) do update set
        row_count = seals.row_count + excluded.row_count,
        content = seals.content + excluded.content
{%- endmacro %}

{% macro sealed_name() -%}{{ this.schema }}.{{ this.identifier }}{%- endmacro %}

{#- Seals a table that was made whole, under whatever name it still has. -#}
{% macro seal_whole(relation) -%}
    {%- if has_seals() -%}
    {%- set columns = model.columns.keys() | list -%}
    delete from control.seals where seals.relation = '{{ sealed_name() }}';
    -- a table of its own: only `create table as` reads in parallel
    create temporary table seals_made on commit drop as
    select
        sealed.seal_authority, sealed.seal_year, sealed.seal_seed_code, sealed.seal_month,
        sum(sealed.seal_count) as seal_count,
        sum(sealed.seal_content) as seal_content
    from (select {{ seal_part('made') }} from {{ relation }} as made) as sealed
    group by sealed.seal_authority, sealed.seal_year, sealed.seal_seed_code, sealed.seal_month;
    {{ add_to_seals('seals_made') }};
    drop table seals_made;
    insert into control.sealed_tables (
        relation, model, column_names, content, authority, academic_year, seed_code, month
    )
    values (
        '{{ sealed_name() }}', '{{ model.name }}', array['{{ columns | join("', '") }}'],
        '{{ seal_values("standing") }}',
        {% for group in seal_groups('standing') %}'{{ group | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %}
    )
    on conflict (relation) do update set
        model = excluded.model, column_names = excluded.column_names, content = excluded.content,
        authority = excluded.authority, academic_year = excluded.academic_year, seed_code = excluded.seed_code, month = excluded.month,
        sealed_at = now();
    {%- endif -%}
{%- endmacro %}
