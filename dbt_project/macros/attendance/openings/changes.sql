{#-
Tables that add up openings (per pupil and month, per pupil and weekday) follow attendance_changes, or are made
again from the openings where a scope was rebuilt. In a model on canonical_attendance_openings:

  rebuilt_openings('openings')  condition on openings: rows of scopes that are to be made again (all, in a full build)
  net_changes()                 query: per key the code before and after, of scopes that only moved

with incremental_strategy 'follow_changes' and config.meta.empty_when, the condition for rows that have become empty.
-#}

{#- [(local authority, academic year)] rebuilt since the model was last built. -#}
{% macro rebuilt_scopes() %}
    {% if not execute or not is_incremental() %}{{ return([]) }}{% endif %}
    {% set found = [] %}
    {% for row in run_query(touched_scopes(['canonical_attendance_openings:rebuilt'])) %}
        {% do found.append({'local_authority_code': row[0], 'academic_year': row[1]}) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{#- Written out, so that only the partitions of these scopes are read. -#}
{% macro rebuilt_openings(relation) -%}
    {%- if not is_incremental() -%}true
    {%- else -%}
        {%- set conditions = ['false'] -%}
        {%- for scope in rebuilt_scopes() -%}
            {%- do conditions.append('(' ~ openings_in_scope(relation, scope) ~ ')') -%}
        {%- endfor -%}
        ({{ conditions | join(' or ') }})
    {%- endif -%}
{%- endmacro %}

{% macro net_changes() -%}
    select
        changes.local_authority_code,
        changes.academic_year,
        changes.attendance_date,
        changes.opening,
        changes.pupil_id,
        changes.seed_code,
        (array_agg(changes.code_before order by changes.changed_at))[1] as code_before,
        (array_agg(changes.code_after order by changes.changed_at desc))[1] as code_after
    from {{ ref('canonical_attendance_openings').include(identifier=false) }}.attendance_changes as changes
    where changes.changed_at > (
        select own.built_at from control.model_builds as own where own.model = '{{ model.name }}'
    )
        and (changes.local_authority_code, changes.academic_year) not in (
            select touched.local_authority_code, touched.academic_year
            from ({{ touched_scopes(['canonical_attendance_openings:rebuilt']) }}) as touched
        )
    group by
        changes.local_authority_code, changes.academic_year, changes.attendance_date, changes.opening,
        changes.pupil_id, changes.seed_code
{%- endmacro %}

{% macro get_incremental_follow_changes_sql(arg_dict) %}
    {%- set target_table = arg_dict['target_relation'] -%}
    {%- set computed = arg_dict['temp_relation'] -%}
    {%- set keys = primary_key() -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='name') | list -%}
    {%- set same_key = [] -%}
    {%- for key in keys -%}{%- do same_key.append('computed.' ~ key ~ ' = standing.' ~ key) -%}{%- endfor -%}
    {%- set empty_when = model.config.meta.empty_when -%}
    analyze {{ computed }};
    with rebuilt as (
        select touched.local_authority_code, touched.academic_year
        from ({{ touched_scopes(['canonical_attendance_openings:rebuilt']) }}) as touched
    ),

    seal_parts as (
        select {{ seal_part('standing', -1) }}
        from {{ target_table }} as standing
        where (standing.local_authority_code, standing.academic_year) in (select * from rebuilt)
        union all
        select {{ seal_part('standing', -1) }}
        from {{ target_table }} as standing
        inner join {{ computed }} as computed on {{ same_key | join(' and ') }}
        where (standing.local_authority_code, standing.academic_year) not in (select * from rebuilt)
        union all
        select {{ seal_part('computed') }}
        from {{ computed }} as computed
        where not (computed.{{ empty_when }})
    )

    {{ add_to_seals('seal_parts') }};
    delete from {{ target_table }} as standing
    where (standing.local_authority_code, standing.academic_year) in (
        select touched.local_authority_code, touched.academic_year
        from ({{ touched_scopes(['canonical_attendance_openings:rebuilt']) }}) as touched
    );
    delete from {{ target_table }} as standing
    using {{ computed }} as computed
    where {{ same_key | join(' and ') }} and computed.{{ empty_when }};
    {% if model.config.meta.month_column %}
    insert into control.month_changes (origin, local_authority_code, month, changed_at)
    select '{{ model.name }}', moved.local_authority_code, moved.month, now()
    from (
        select computed.local_authority_code, computed.month from {{ computed }} as computed
        union
        select touched.local_authority_code, months.month::date
        from ({{ touched_scopes(['canonical_attendance_openings:rebuilt']) }}) as touched
        cross join lateral generate_series(
            make_timestamp(left(touched.academic_year, 4)::integer, 8, 1, 0, 0, 0),
            make_timestamp(left(touched.academic_year, 4)::integer + 1, 7, 1, 0, 0, 0),
            interval '1 month'
        ) as months (month)
    ) as moved
    on conflict (origin, local_authority_code, month) do update set changed_at = excluded.changed_at;
    {% endif %}
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct '{{ model.name }}', touched.local_authority_code, touched.academic_year, now()
    from ({{ touched_scopes(['canonical_attendance_openings']) }}) as touched
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at;
    insert into {{ target_table }} ({{ columns | join(', ') }})
    select computed.{{ columns | join(', computed.') }}
    from {{ computed }} as computed
    where not (computed.{{ empty_when }})
    {{- in_order('computed') }}
    on conflict ({{ keys | join(', ') }}) do update set
        {%- for column in columns if column not in keys %}
        {{ column }} = excluded.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{% endmacro %}
