{#- Published figures as they count now: rows of the seed and of imported editions (warehouse import-published), of each
    key those of the edition that was imported last.
    seed: its name. keys: its key. columns: SQL type by column, in the seed's order. -#}
{% macro published_in_force(seed, keys, columns) %}
    select distinct on ({{ keys | join(', ') }})
        editions.*
    from (
        select
            {% for name in columns -%}
            given.{{ name }},
            {% endfor -%}
            0::bigint as entry_id
        from {{ ref(seed) }} as given
        union all
        select
            {% for name, data_type in columns.items() -%}
            (imported.fields ->> '{{ name }}')::{{ data_type }},
            {% endfor -%}
            imported.entry_id
        from {{ ref('stg_control__published_rows') }} as imported
        where imported.dataset = '{{ seed }}'
    ) as editions
    order by {{ keys | join(', ') }}, editions.entry_id desc
{% endmacro %}
