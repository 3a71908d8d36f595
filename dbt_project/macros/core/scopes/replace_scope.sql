{#-
Incremental by scope: `incremental_strategy='replace_scope'` (the default of the layers) with

    select ... from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}

The model selects all rows of the scopes that changed since it was last built, in the feeds it reads through
views and in the models it stands on; the strategy makes the standing rows of these scopes equal to them. Rows
that stay the same are not written, and only scopes with a difference are handed on to what stands on the model.

The contract's primary key identifies a row. In config.meta, where needed:
  scope_columns   ['local_authority_code', 'academic_year'] unless told; ['local_authority_code'] for tables
                  whose rows depend on several years; [] for small ones whose rows depend on several authorities:
                  these are computed whole when anything changed
  month_column    the column whose month says when a row is: what changes is then noted by month as well
  notes_months    true for a model that notes the months of its changes by a materialization of its own
  by_month        true for tables that are recomputed by month: parents with a month_column touch only the months
                  that changed in them, other parents all months of a scope. Use in_touched_month() then.
  months_before   1 where a row reaches from its month into the next (a week): a month that changed touches the one
                  before it too. in_touched_month(..., and_next=true) is then what such rows are made of.
  in_key_order    true for large tables: rows lie in the order of their key, which begins with what a night touches
                  (a month, a weekday), so that a night writes a tenth or a fifth of the pages and not all of them
  fillfactor      room in each page, for tables of which every night changes rows all over
  also_follow     origins to follow beside the model's own parents and feeds, such as ['ledger:attendance']
  follow_only     origins to follow and no others, where a parent changes more often than what is read of it
-#}

{#- A condition: the row of `relation` belongs to a scope that has to be recomputed. True in a full build.
    Written out, and not as a subquery: the planner then knows how many rows to expect. -#}
{% macro in_touched_scope(relation, authority='local_authority_code', year='academic_year') -%}
    {%- set whole_authority = model.config.meta.get('scope_columns', []) | length == 1 -%}
    {%- set whole_table = model.config.meta.get('scope_columns') == [] -%}
    {%- if not execute or not is_incremental() -%}
        true
    {%- else -%}
        {%- set scopes = [] -%}
        {%- for row in touched('scopes') -%}
            {%- do scopes.append("'" ~ row[0] ~ "'" if whole_authority else "('" ~ row[0] ~ "', '" ~ row[1] ~ "')") -%}
        {%- endfor -%}
        {%- if not scopes -%}
            false
        {%- elif whole_table -%}
            true
        {%- elif whole_authority -%}
            {{ relation }}.{{ authority }} in ({{ scopes | unique | join(', ') }})
        {%- else -%}
            ({{ relation }}.{{ authority }}, {{ relation }}.{{ year }}) in ({{ scopes | join(', ') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- The same for a table that is recomputed by month. `month`: an expression for the row's month; without one the
    row belongs to no month (an enrolment), and its whole scope is wanted where any month of it is. -#}
{% macro in_touched_month(relation, month=none, and_next=false) -%}
    {%- if not execute or not is_incremental() -%}
        true
    {%- else -%}
        {%- set whole, months, some = [], [], [] -%}
        {%- for row in touched('scopes without months') -%}
            {%- do whole.append("('" ~ row[0] ~ "', '" ~ row[1] ~ "')") -%}
        {%- endfor -%}
        {%- for row in touched('months and next' if and_next else 'months') -%}
            {%- do months.append("('" ~ row[0] ~ "', '" ~ row[1] ~ "'::date)") -%}
            {%- do some.append("('" ~ row[0] ~ "', '" ~ row[2] ~ "')") -%}
        {%- endfor -%}
        {%- set conditions = [] -%}
        {%- if month is none -%}{%- do whole.extend(some) -%}{%- endif -%}
        {%- if whole -%}
            {%- do conditions.append('(' ~ relation ~ '.local_authority_code, ' ~ relation ~ '.academic_year) in ('
                ~ whole | unique | join(', ') ~ ')') -%}
        {%- endif -%}
        {%- if months and month is not none -%}
            {%- do conditions.append('(' ~ relation ~ '.local_authority_code, ' ~ month ~ ') in ('
                ~ months | unique | join(', ') ~ ')') -%}
        {%- endif -%}
        ({{ conditions | join(' or ') or 'false' }})
    {%- endif -%}
{%- endmacro %}

{#- What changed, as rows, asked once while a model is compiled: its common table expressions follow the same changes. -#}
{% macro touched(what) %}
    {%- if 'touched' not in model -%}{%- do model.update({'touched': {}}) -%}{%- endif -%}
    {%- if what not in model['touched'] -%}
        {%- set query -%}
            {%- if what == 'scopes' -%}{{ touched_scopes() }}
            {%- elif what == 'scopes without months' -%}{{ touched_scopes(by_month=false) }}
            {%- else -%}{{ touched_months(and_next=(what == 'months and next')) }}
            {%- endif -%}
        {%- endset -%}
        {%- do model['touched'].update({what: run_query(query).rows | list}) -%}
    {%- endif -%}
    {{ return(model['touched'][what]) }}
{% endmacro %}

{#- A query: the (local_authority_code, academic_year) that changed since the model was last built, in `origins` or,
    without them, in all that it stands on (`by_month=false`: leaving out parents that note their months). -#}
{% macro touched_scopes(origins=none, by_month=true) -%}
    {%- if origins is none -%}
        {%- set origins = feeds_read(model) + model.config.meta.get('also_follow', []) -%}
        {%- for parent in stored_parents(model, staged=false) if by_month or parent not in parents_with_months() -%}
            {%- do origins.append(parent) -%}
        {%- endfor -%}
    {%- endif -%}
    select distinct scope_changes.local_authority_code, scope_changes.academic_year
    from control.scope_changes
    where scope_changes.origin in ('{{ (origins or ["none"]) | join("', '") }}')
        and scope_changes.changed_at > {{ own_last_build() }}
{%- endmacro %}

{#- A query: the (local_authority_code, month, academic_year) that changed in parents that note their months. -#}
{% macro touched_months(and_next=false) -%}
    {%- set first = -1 * model.config.meta.get('months_before', 0) -%}
    select distinct
        month_changes.local_authority_code,
        (month_changes.month + reach.months * interval '1 month')::date::text as month,
        {{ academic_year_of("(month_changes.month + reach.months * interval '1 month')") }} as academic_year
    from control.month_changes
    cross join generate_series({{ first }}, {{ 1 if and_next else 0 }}) as reach (months)
    where month_changes.origin in ('{{ (parents_with_months() or ["none"]) | join("', '") }}')
        and month_changes.changed_at > {{ own_last_build() }}
{%- endmacro %}

{#- The month of a row of a model with a month_column. -#}
{% macro month_of(relation) -%}
    {%- if model.config.meta.month_column == 'month' -%}{{ relation }}.month
    {%- else -%}date_trunc('month', {{ relation }}.{{ model.config.meta.month_column }}::timestamp)::date
    {%- endif -%}
{%- endmacro %}

{% macro own_last_build() -%}
    coalesce(
        (select own.built_at from control.model_builds as own where own.model = '{{ model.name }}'), '-infinity'
    )
{%- endmacro %}

{% macro parents_with_months() %}
    {% set found = [] %}
    {% for parent in stored_parents(model, staged=false) %}
        {% set node = graph.nodes['model.' ~ project_name ~ '.' ~ parent] %}
        {% if node.config.meta.month_column or node.config.meta.notes_months %}{% do found.append(parent) %}{% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- The columns of the model's primary key, from its contract. -#}
{% macro primary_key() %}
    {%- for constraint in model.constraints if constraint.type == 'primary_key' -%}
        {{ return(constraint.columns) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(model.name ~ ' needs a primary_key constraint on the model') }}
{% endmacro %}

{% macro get_incremental_replace_scope_sql(arg_dict) %}
    {%- set target_table = arg_dict['target_relation'] -%}
    {%- set computed = arg_dict['temp_relation'] -%}
    {%- set keys = primary_key() -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set values = columns | reject('in', keys) | list -%}
    {%- set scope = model.config.meta.get('scope_columns', ['local_authority_code', 'academic_year']) -%}
    {%- set same_key = [] -%}
    {%- for key in keys -%}
        {%- do same_key.append('computed.' ~ key ~ ' = standing.' ~ key) -%}
    {%- endfor -%}
    {%- set noted = ['local_authority_code'] -%}
    {%- if 'academic_year' in columns -%}{%- do noted.append('academic_year') -%}{%- endif -%}
    {%- set month_column = model.config.meta.month_column -%}
    {%- if month_column -%}{%- do noted.append(month_column) -%}{%- endif -%}
    -- without statistics the comparison below becomes a nested loop
    analyze {{ computed }};

    with differing_rows as materialized (
        select
            computed.*,
            standing.{{ keys[0] }} is not null as is_standing
            {%- if has_seals() %},
            {{ seal_part('standing', -1) }}
            {%- endif %}
        from {{ computed }} as computed
        left join {{ target_table }} as standing on {{ same_key | join(' and ') }}
        where standing.{{ keys[0] }} is null
        {%- if values %}
            or (computed.{{ values | join(', computed.') }})
                is distinct from (standing.{{ values | join(', standing.') }})
        {%- endif %}
    ),

    gone_rows as (
        delete from {{ target_table }} as standing
        where {{ in_touched_month('standing', month_of('standing')) if model.config.meta.by_month else in_touched_scope('standing') }}
            and not exists (
                select 1 from {{ computed }} as computed where {{ same_key | join(' and ') }}
            )
        returning standing.{{ noted | join(', standing.') }}
        {%- if has_seals() %},
            {{ seal_part('standing', -1) }}
        {%- endif %}
    ),

    changed as (
        insert into {{ target_table }} ({{ columns | join(', ') }})
        select computed.{{ columns | join(', computed.') }}
        from differing_rows as computed
        {{- in_order('computed') }}
        on conflict ({{ keys | join(', ') }}) do
        {%- if values %} update set
            {%- for value in values %}
            {{ value }} = excluded.{{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        {%- else %} nothing
        {%- endif %}
        returning {{ noted | join(', ') }}
    ),

    gone as (
        select gone_rows.{{ noted | join(', gone_rows.') }} from gone_rows
    ),

    {% if has_seals() -%}
    seal_parts as (
        select {{ seal_part_names('gone_rows') }} from gone_rows
        union all
        select {{ seal_part_names('differing_rows') }} from differing_rows where differing_rows.is_standing
        union all
        select {{ seal_part('differing_rows') }} from differing_rows
    ),

    sealed as (
        {{ add_to_seals('seal_parts') }}
    ),

    {% endif -%}
    differing as (
        select gone.* from gone union select changed.* from changed
    )
    {%- if month_column %},

    months as (
        insert into control.month_changes (origin, local_authority_code, month, changed_at)
        select distinct
            '{{ model.name }}', differing.local_authority_code,
            {{ month_of('differing') }}, now()
        from differing
        on conflict (origin, local_authority_code, month) do update set changed_at = excluded.changed_at
    )
    {%- endif %}
    {% if 'academic_year' in noted %}
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct '{{ model.name }}', differing.local_authority_code, differing.academic_year, now()
    from differing
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at
    {% else %}
    -- without a year of its own, a change counts for every year of the authority
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct '{{ model.name }}', known.local_authority_code, known.academic_year, now()
    from control.scope_changes as known
    where known.origin like 'ledger:%'
        and known.local_authority_code in (select differing.local_authority_code from differing)
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at
    {% endif %}
{% endmacro %}
