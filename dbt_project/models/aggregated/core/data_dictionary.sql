-- depends_on: {{ ref('attendance_by_school_year') }}
{% set entries = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.config.meta.get('release') and node.resource_type in ['model', 'seed'] -%}
        {%- set release = node.config.meta['release'] -%}
        {%- set shown = node.columns.values() | rejectattr('name', 'in', release.get('exact_only') or []) | list -%}
        {%- set places = {} -%}
        {%- for key in release.get('keys') or node.config.meta.get('grain') or [] -%}
            {%- do places.update({key: loop.index}) -%}
        {%- endfor -%}
        {%- for column in shown -%}
            {%- set meta = column.config.meta if column.config and column.config.meta else column.meta -%}
            {%- do entries.append([
                node.alias, loop.index, column.name, column.data_type or 'text', column.description, meta.get('unit'),
                meta.get('privacy', 'public'), places.get(column.name), meta.get('population'),
            ]) -%}
        {%- endfor -%}
        {%- for group, measures in (release.get('groups') or {}).items() -%}
            {%- do entries.append([
                node.alias, shown | length + loop.index, group ~ '_symbol', 'text',
                'Why ' ~ measures | join(', ') ~ ' may be null: [c] suppressed, [x] not available, [z] not applicable, '
                ~ '[low] rounds to zero; null where nothing is.', none, 'public', none, none,
            ]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

with entries (mart, position, column_name, data_type, description, unit, privacy, key_position, population) as (
    values
    {% for entry in entries -%}
    (
        {%- for value in entry -%}
        {%- if value is none -%}null
        {%- elif value is number -%}{{ value }}
        {%- else -%}'{{ (value | string).replace("'", "''").split() | join(' ') }}'
        {%- endif -%}
        {{ ', ' if not loop.last }}
        {%- endfor -%}
    ){{ ',' if not loop.last }}
    {% else -%}
    (null::text, null::integer, null::text, null::text, null::text, null::text, null::text, null::integer, null::text)
    {% endfor %}
),

dictionary as (
    select
        entries.mart::text as mart,
        entries.column_name::text as column_name,
        entries.position::integer as position,
        entries.data_type::text as data_type,
        entries.description::text as description,
        entries.unit::text as unit,
        entries.privacy::text as privacy,
        entries.key_position::integer as key_position,
        entries.population::text as population
    from entries
    where entries.mart is not null
)

select * from dictionary
