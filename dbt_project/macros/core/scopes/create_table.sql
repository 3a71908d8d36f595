{#-
Tables are made from their query first and get their constraints after: `create table as` runs in parallel
and needs no write-ahead log, `insert into ... select`, which dbt uses under a contract, does not (26.7 million
openings with their key: 37 s against 110 s). Types come from the query, which the contract has checked.
-#}
{% macro postgres__create_table_as(temporary, relation, sql) -%}
    {%- set contract = config.get('contract') -%}
    {%- set constrained = contract.enforced and not temporary -%}
    {% if contract.enforced and not project_stands() and not files_stand() %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
    {{ planned_for_scopes() }}
    {%- set fillfactor = model.config.meta.fillfactor %}
    create {{ 'temporary' if temporary else 'unlogged' if config.get('unlogged', false) }} table {{ relation }}
    {{ 'with (fillfactor = ' ~ fillfactor ~ ')' if fillfactor and not temporary }} as
    {% if constrained -%}
    select {{ model.columns.keys() | join(', ') }} from (
        {{ sql }}
    ) as contracted
    {{- in_order() }}
    {%- else -%}
    {{ sql }}
    {%- endif %};
    {% if constrained %}{{ add_constraints(relation) }}{{ seal_whole(relation) }}{% endif %}
    {% if not temporary %}analyze {{ relation }};{% endif %}
{%- endmacro %}

{% macro planned_for_scopes() -%}
    -- A join on authority, year and pupil looks more selective to the planner than it is; a nested loop over a
    -- subquery, chosen on such a guess, took ten minutes where a hash join takes a second, and a merge by authority and
    -- year alone, which compares everybody with everybody of a city, six.
    set local enable_nestloop = off;
    set local enable_mergejoin = off;
{%- endmacro %}

{#- The order in which rows are written. Past canonical, where a pupil is a token, a table must not lie in an order that
    follows an identifier: rows lie by token, or where a night touches what comes first in the key (a month, a weekday), by
    that and then by token. -#}
{% macro in_order(relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set columns = model.columns.keys() | list -%}
    {%- if model.config.meta.in_key_order %}
    order by {{ prefix }}{{ primary_key() | join(', ' ~ prefix) }}
    {%- elif model.fqn[1] in ['pseudonymised', 'aggregated'] and 'pupil_token' in columns %}
    order by {{ prefix }}pupil_token
    {%- endif -%}
{%- endmacro %}

{#- One `alter table` that adds the constraints of the model's contract: a single pass over the rows. -#}
{% macro add_constraints(relation) -%}
    {%- set actions = [] -%}
    {%- set constraints = [] -%}
    {%- for column in model.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- if constraint.type == 'not_null' -%}
                {%- do actions.append('alter column ' ~ column.name ~ ' set not null') -%}
            {%- else -%}
                {%- do constraints.append(dict(constraint, columns=[column.name])) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do constraints.extend(model.constraints) -%}
    {%- for rendered in adapter.render_raw_model_constraints(raw_constraints=constraints) -%}
        {%- do actions.append('add ' ~ rendered) -%}
    {%- endfor -%}
    {%- if actions -%}
    alter table {{ relation }}
        {{ actions | join(',\n        ') }};
    {%- endif -%}
{%- endmacro %}
