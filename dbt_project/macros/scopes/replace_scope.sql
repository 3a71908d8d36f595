{#-
Incremental by scope: `incremental_strategy='replace_scope'` (the default of the layers) with

    select ... from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}

The model selects all rows of the scopes that changed since it was last built, in the feeds it reads through
views and in the models it stands on; the strategy makes the standing rows of these scopes equal to them. Rows
that stay the same are not written, and only scopes with a difference are handed on to what stands on the model.

The contract's primary key identifies a row. In config.meta, where needed:
  scope_columns   ['local_authority_code', 'academic_year'] unless told; ['local_authority_code'] for tables
                  whose rows depend on several years
  also_follow     origins to follow beside the model's own parents and feeds, such as ['ledger:attendance']
  follow_only     origins to follow and no others, where a parent changes more often than what is read of it
-#}

{#- A condition: the row of `relation` belongs to a scope that has to be recomputed. True in a full build.
    Written out, and not as a subquery: the planner then knows how many rows to expect. -#}
{% macro in_touched_scope(relation, authority='local_authority_code', year='academic_year') -%}
    {%- set whole_authority = model.config.meta.get('scope_columns', []) | length == 1 -%}
    {%- if not execute or not is_incremental() -%}
        true
    {%- else -%}
        {%- set scopes = [] -%}
        {%- for row in run_query(touched_scopes()) -%}
            {%- do scopes.append("'" ~ row[0] ~ "'" if whole_authority else "('" ~ row[0] ~ "', '" ~ row[1] ~ "')") -%}
        {%- endfor -%}
        {%- if not scopes -%}
            false
        {%- elif whole_authority -%}
            {{ relation }}.{{ authority }} in ({{ scopes | unique | join(', ') }})
        {%- else -%}
            ({{ relation }}.{{ authority }}, {{ relation }}.{{ year }}) in ({{ scopes | join(', ') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- A query: the (local_authority_code, academic_year) that changed since the model was last built. -#}
{% macro touched_scopes(origins=none) -%}
    {%- set origins = origins or model.config.meta.get('follow_only')
        or (stored_parents(model, staged=false) + feeds_read(model) + model.config.meta.get('also_follow', [])) -%}
    select distinct scope_changes.local_authority_code, scope_changes.academic_year
    from control.scope_changes
    where scope_changes.origin in ('{{ (origins or ["none"]) | join("', '") }}')
        and scope_changes.changed_at > coalesce(
            (select own.built_at from control.model_builds as own where own.model = '{{ model.name }}'),
            '-infinity'
        )
{%- endmacro %}

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
    {%- set noted = 'academic_year' if 'academic_year' in columns else none -%}
    -- without statistics the comparison below becomes a nested loop
    analyze {{ computed }};

    with gone as (
        delete from {{ target_table }} as standing
        where {{ in_touched_scope('standing') }}
            and not exists (
                select 1 from {{ computed }} as computed where {{ same_key | join(' and ') }}
            )
        returning standing.local_authority_code{% if noted %}, standing.academic_year{% endif %}
    ),

    changed as (
        insert into {{ target_table }} ({{ columns | join(', ') }})
        select computed.{{ columns | join(', computed.') }}
        from {{ computed }} as computed
        left join {{ target_table }} as standing on {{ same_key | join(' and ') }}
        where standing.{{ keys[0] }} is null
        {%- if values %}
            or (computed.{{ values | join(', computed.') }})
                is distinct from (standing.{{ values | join(', standing.') }})
        {%- endif %}
        on conflict ({{ keys | join(', ') }}) do
        {%- if values %} update set
            {%- for value in values %}
            {{ value }} = excluded.{{ value }}{{ ',' if not loop.last }}
            {%- endfor %}
        {%- else %} nothing
        {%- endif %}
        returning local_authority_code{% if noted %}, academic_year{% endif %}
    )
    {% if noted %}
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select '{{ model.name }}', differing.local_authority_code, differing.academic_year, now()
    from (select gone.* from gone union select changed.* from changed) as differing
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at
    {% else %}
    -- without a year of its own, a change counts for every year of the authority
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct '{{ model.name }}', known.local_authority_code, known.academic_year, now()
    from control.scope_changes as known
    where known.origin like 'ledger:%'
        and known.local_authority_code in (
            select gone.local_authority_code from gone union select changed.local_authority_code from changed
        )
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at
    {% endif %}
{% endmacro %}
