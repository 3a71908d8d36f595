-- depends_on: {{ ref('attendance_by_school_year') }}
{% set columns = [] -%}
{%- if execute -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model' and node.config.meta.get('release') -%}
        {%- set inside = node.config.meta['release'].get('exact_only') or [] -%}
        {%- for column in node.columns if column not in inside -%}
            {%- do columns.append([node.alias, column]) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}

with columns (mart, column_name) as (
    values
    {% for column in columns -%}
    ('{{ column[0] }}', '{{ column[1] }}'),
    {% endfor -%}
    (null::text, null::text)
),

rules as (
    select
        rules.metric,
        rules.title,
        {{ with_thresholds('rules.formula') }} as formula,
        {{ with_thresholds('rules.numerator') }} as numerator,
        {{ with_thresholds('rules.denominator') }} as denominator,
        rules.numerator_column,
        rules.denominator_column,
        rules.unit,
        rules.source
    from {{ ref('metric_rules') }} as rules
),

-- a mart has a metric ready in a column of that name, or both parts of it
metric_definitions as (
    select
        rules.metric,
        rules.title,
        rules.formula,
        rules.numerator,
        rules.denominator,
        rules.numerator_column,
        rules.denominator_column,
        rules.unit,
        rules.source,
        array(
            select columns.mart
            from columns
            group by columns.mart
            having
                bool_or(columns.column_name = rules.metric)
                or (
                    bool_or(columns.column_name = rules.numerator_column)
                    and bool_or(columns.column_name = rules.denominator_column)
                )
            order by columns.mart
        ) as marts
    from rules
)

select * from metric_definitions
