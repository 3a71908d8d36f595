{#-
Materialization of canonical.attendance_openings: one partition per authority and academic year, kept up to
date by the keys that deliveries touch. In one transaction it writes, all in schema canonical:

  attendance_openings            the marks that count (the model)
  attendance_set_aside           every other row of the files in force: superseded by a newer mark, held until its pupil
                                 is known, of early learning, or made where the pupil is not enrolled while marked
                                 where he is; per file, raw = openings + set aside
  attendance_changes             what changed per key since the tables that stand on the openings were built
  attendance_files, _scns,       the files, the resolution of SCNs and the enrolments that all this reflects
  _enrolments

What is to be done is the difference between the files in force and attendance_files (and between pupil_scns and
attendance_scns, enrolment_years and attendance_enrolments), so a build that was cut off is made good by the next one. A scope is rebuilt from raw where it
is new or where much of it moves, else its touched keys are ranked again. Measured on 26.7 million openings:
see docs/benchmarks.md.
-#}
{% materialization openings, adapter='postgres' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('prepare') %}
        {{ get_assert_columns_equivalent(sql) }}
        {% if should_full_refresh() %}{{ drop_openings() }}{% endif %}
        {{ create_openings() }}
        {{ forget_consumed_changes() }}
        drop table if exists enrolments_changed;
        create temporary table enrolments_changed as
        {{ changed_enrolments() }} limit {{ 'all' if enrolments_have_moved() else 0 }};
        analyze enrolments_changed;
        drop table if exists out_of_scope_before;
        create temporary table out_of_scope_before as select * from {{ this.schema }}.attendance_out_of_scope;
        {{ find_pupils_out_of_scope() if enrolments_have_moved() }}
    {% endcall %}
    {% set arrivals = ref('canonical_attendance_arrivals') %}
    {% set done = namespace(rebuilt=0, updated=0) %}
    {% for scope in run_query(openings_scopes()) %}
        {% if scope['way'] == 'rebuild' %}
            {% do rebuild_openings(arrivals, scope) %}
            {% set done.rebuilt = done.rebuilt + 1 %}
        {% else %}
            {% call statement('update_' ~ loop.index) %}{{ update_openings(arrivals, scope) }}{% endcall %}
            {% set done.updated = done.updated + 1 %}
        {% endif %}
    {% endfor %}
    {% call statement('main') %}
        -- autovacuum never looks at the whole of a partitioned table
        {% if done.rebuilt %}analyze {{ this }};{% endif %}
        {{ note_reflected_state() }}
        select {{ done.rebuilt }} as scopes_rebuilt, {{ done.updated }} as scopes_updated
    {% endcall %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro openings_columns() -%}
    local_authority_code, attendance_date, opening, pupil_id, seed_code, attendance_code, recorded_at, _file_id,
    _row_number
{%- endmacro %}

{% macro drop_openings() %}
    drop table if exists {{ this }}, {{ this.schema }}.attendance_changes, {{ this.schema }}.attendance_files,
        {{ this.schema }}.attendance_scns, {{ this.schema }}.attendance_enrolments,
        {{ this.schema }}.attendance_out_of_scope cascade;
    do $$ begin
        if to_regclass('{{ this.schema }}.attendance_set_aside') is not null then
            truncate {{ this.schema }}.attendance_set_aside;
        end if;
    end $$;
{% endmacro %}

{% macro create_openings() %}
    create table if not exists {{ this }} (
        {% for column in model.columns.values() -%}
        {{ column.name }} {{ column.data_type }} not null{{ ',' if not loop.last }}
        {% endfor %}
    ) partition by range (local_authority_code, attendance_date);
    -- pupil and school are not independent: without this, groups are overestimated a hundredfold
    create statistics if not exists {{ this.schema }}.attendance_openings_pupils (ndistinct)
        on pupil_id, seed_code from {{ this }};
    create table if not exists {{ this.schema }}.attendance_set_aside (
        local_authority_code text not null,
        academic_year text not null,
        reason text not null,
        attendance_date date not null,
        opening text not null,
        pupil_id integer,
        seed_code integer not null,
        attendance_code smallint not null,
        recorded_at timestamptz not null,
        scn integer, -- only while held: by it the row is found when its pupil arrives
        _file_id integer not null,
        _row_number integer not null,
        primary key (_file_id, _row_number)
    );
    do $$ begin
        if not exists (
            select 1 from pg_constraint
            where conname = 'attendance_set_aside_known_reason'
                and conrelid = '{{ this.schema }}.attendance_set_aside'::regclass
        ) then
            alter table {{ this.schema }}.attendance_set_aside
                drop constraint if exists attendance_set_aside_reason_check,
                add constraint attendance_set_aside_known_reason
                    check (reason in ('superseded', 'held_identity', 'out_of_scope', 'marked_elsewhere'));
        end if;
    end $$;
    create index if not exists attendance_set_aside_by_key on {{ this.schema }}.attendance_set_aside
        (attendance_date, opening, pupil_id, seed_code);
    create index if not exists attendance_set_aside_by_scn on {{ this.schema }}.attendance_set_aside (scn)
        where scn is not null;
    create table if not exists {{ this.schema }}.attendance_changes (
        changed_at timestamptz not null default now(),
        local_authority_code text not null,
        academic_year text not null,
        attendance_date date not null,
        opening text not null,
        pupil_id integer not null,
        seed_code integer not null,
        code_before smallint,
        code_after smallint
    );
    create table if not exists {{ this.schema }}.attendance_files (
        file_id integer not null,
        academic_year text not null,
        local_authority_code text not null,
        row_count bigint not null,
        local_codes text not null,
        primary key (file_id, academic_year)
    );
    create table if not exists {{ this.schema }}.attendance_scns (
        local_authority_code text not null,
        scn integer not null,
        valid_from date not null,
        valid_to date not null,
        pupil_id integer not null,
        primary key (local_authority_code, scn, valid_from)
    );
    create table if not exists {{ this.schema }}.attendance_enrolments (
        local_authority_code text not null,
        academic_year text not null,
        pupil_id integer not null,
        seed_code integer not null,
        entry_date date not null,
        counts_from date not null,
        counts_to date not null,
        is_out_of_scope boolean not null,
        primary key (local_authority_code, academic_year, pupil_id, seed_code, entry_date)
    );
    create table if not exists {{ this.schema }}.attendance_out_of_scope (
        local_authority_code text not null,
        academic_year text not null,
        pupil_id integer not null,
        primary key (local_authority_code, academic_year, pupil_id)
    );
{% endmacro %}

{#- Changes go once every table that adds them up has done so. -#}
{% macro forget_consumed_changes() %}
    {% set consumers = [] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' and model.unique_id in node.depends_on.nodes %}
        {% if node.config.incremental_strategy == 'follow_changes' %}{% do consumers.append(node.name) %}{% endif %}
    {% endfor %}
    delete from {{ this.schema }}.attendance_changes
    where changed_at <= (
        select case when count(*) = {{ consumers | length }} then min(model_builds.built_at) end
        from control.model_builds
        where model_builds.model in ('{{ consumers | join("', '") }}')
    );
{% endmacro %}

{#- A query: the files that the openings have to reflect, by year, with their number of rows and, so that a
    changed mapping of local codes reaches past marks, a hash of the mapping. -#}
{% macro openings_files() %}
    select
        file_years.file_id,
        file_years.academic_year,
        file_years.local_authority_code,
        file_years.row_count,
        md5(coalesce((
            select string_agg(codes.local_code || codes.attendance_code, ',' order by codes.local_code)
            from {{ ref('local_attendance_codes') }} as codes
            where codes.local_authority_code = file_years.local_authority_code
        ), '')) as local_codes
    from {{ ref('stg_control__file_years') }} as file_years
    where file_years.feed = 'attendance'
{% endmacro %}

{#- A query: SCNs that lead elsewhere than when the openings were last built. `was_known`: some of its marks may
    stand under another person; else only held rows wait for it. -#}
{% macro changed_scns() %}
    select
        differing.local_authority_code,
        differing.scn,
        bool_or(known.scn is not null) as was_known
    from (
        (
            select local_authority_code, scn, valid_from, valid_to, pupil_id from {{ ref('canonical_pupil_scns') }}
            except
            select local_authority_code, scn, valid_from, valid_to, pupil_id from {{ this.schema }}.attendance_scns
        )
        union all
        (
            select local_authority_code, scn, valid_from, valid_to, pupil_id from {{ this.schema }}.attendance_scns
            except
            select local_authority_code, scn, valid_from, valid_to, pupil_id from {{ ref('canonical_pupil_scns') }}
        )
    ) as differing
    left join {{ this.schema }}.attendance_scns as known
        on differing.local_authority_code = known.local_authority_code
        and differing.scn = known.scn
    group by differing.local_authority_code, differing.scn
{% endmacro %}

{#- A query: the enrolments that say which marks count. Withdrawn ones say nothing. -#}
{% macro openings_enrolments() %}
    select
        enrolment_years.local_authority_code,
        enrolment_years.academic_year,
        enrolment_years.pupil_id,
        enrolment_years.seed_code,
        enrolment_years.entry_date,
        enrolment_years.counts_from,
        enrolment_years.counts_to,
        enrolment_years.status = 'out_of_scope' as is_out_of_scope
    from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where enrolment_years.status <> 'withdrawn'
{% endmacro %}

{#- A query: pupils whose enrolments of a year are others than when the openings were last built. -#}
{% macro changed_enrolments() %}
    select distinct -- several enrolments of a pupil
        differing.local_authority_code,
        differing.academic_year,
        differing.pupil_id
    from (
        (select * from ({{ openings_enrolments() }}) as now_known except select * from {{ this.schema }}.attendance_enrolments)
        union all
        (select * from {{ this.schema }}.attendance_enrolments except select * from ({{ openings_enrolments() }}) as now_known)
    ) as differing
{% endmacro %}

{#- Whether there is anything to look for among the enrolments: on most nights there is not. -#}
{% macro enrolments_have_moved() %}
    {{ return(should_full_refresh() or run_query(touched_scopes(['canonical_enrolment_years'])) | length > 0) }}
{% endmacro %}

{#- Pupils with no enrolment of a year but of early learning (rule 5), in a table of its own, because workers do not read
    temporary ones. -#}
{% macro find_pupils_out_of_scope() %}
    delete from {{ this.schema }}.attendance_out_of_scope;
    insert into {{ this.schema }}.attendance_out_of_scope (local_authority_code, academic_year, pupil_id)
    select enrolments.local_authority_code, enrolments.academic_year, enrolments.pupil_id
    from ({{ openings_enrolments() }}) as enrolments
    group by enrolments.local_authority_code, enrolments.academic_year, enrolments.pupil_id
    having bool_and(enrolments.is_out_of_scope);
    analyze {{ this.schema }}.attendance_out_of_scope;
{% endmacro %}

{#- A condition: the row of `relation` is of a pupil out of scope in a scope. -#}
{% macro is_out_of_scope(relation, scope) -%}
    exists (
        select 1
        from {{ this.schema }}.attendance_out_of_scope as out_of_scope
        where out_of_scope.local_authority_code = '{{ scope['local_authority_code'] }}'
            and out_of_scope.academic_year = '{{ scope['academic_year'] }}'
            and out_of_scope.pupil_id = {{ relation }}.pupil_id
    )
{%- endmacro %}

{#- A query: what to do with which scope; nothing for scopes where nothing moved. -#}
{% macro openings_scopes() %}
    with in_force as ({{ openings_files() }}),

    changed_scns as ({{ changed_scns() }}),

    moved_scns as (
        select
            changed_scns.local_authority_code,
            count(*) filter (where changed_scns.was_known) as scns_moved,
            count(*) as scns_changed
        from changed_scns
        group by changed_scns.local_authority_code
    ),

    moved_pupils as (
        select
            enrolments_changed.local_authority_code,
            enrolments_changed.academic_year,
            count(*) as pupils_moved
        from enrolments_changed
        group by enrolments_changed.local_authority_code, enrolments_changed.academic_year
    ),

    files as (
        select
            coalesce(in_force.local_authority_code, reflected.local_authority_code) as local_authority_code,
            coalesce(in_force.academic_year, reflected.academic_year) as academic_year,
            coalesce(in_force.file_id, reflected.file_id) as file_id,
            greatest(in_force.row_count, reflected.row_count) as row_count,
            reflected.file_id is null as is_new,
            in_force.file_id is null as is_gone,
            in_force.row_count <> reflected.row_count as is_retried,
            in_force.local_codes <> reflected.local_codes as is_remapped
        from in_force
        full join {{ this.schema }}.attendance_files as reflected
            on in_force.file_id = reflected.file_id
            and in_force.academic_year = reflected.academic_year
    ),

    scopes as (
        select
            files.local_authority_code,
            files.academic_year,
            coalesce(array_agg(files.file_id) filter (where not files.is_gone), '{}')::text as file_ids,
            coalesce(array_agg(files.file_id) filter (where files.is_new), '{}')::text as new_file_ids,
            coalesce(array_agg(files.file_id) filter (where files.is_gone), '{}')::text as gone_file_ids,
            coalesce(array_agg(files.file_id) filter (where files.is_retried), '{}')::text as retried_file_ids,
            count(*) filter (where files.is_new or files.is_gone or files.is_retried) as files_moved,
            count(*) filter (where not files.is_gone) as files_in_force,
            coalesce(sum(files.row_count) filter (where not files.is_gone), 0) as row_count,
            coalesce(sum(files.row_count) filter (where files.is_new or files.is_gone), 0) as rows_moved,
            coalesce(bool_or(files.is_remapped), false) as is_remapped,
            coalesce(bool_and(files.is_new), false) as is_fresh
        from files
        group by files.local_authority_code, files.academic_year
    )

    select
        scopes.*,
        scopes.files_in_force > 1 or exists (
            select 1
            from {{ ref('canonical_pupil_scns') }} as aliases
            where aliases.local_authority_code = scopes.local_authority_code
            group by aliases.pupil_id
            having count(distinct aliases.scn) > 1
        ) as may_repeat,
        case
            when scopes.is_fresh
                or scopes.is_remapped
                or scopes.rows_moved > greatest(0.3 * scopes.row_count, {{ var('openings_rebuild_rows') }})
                or coalesce(moved_scns.scns_moved, 0) > {{ var('openings_rebuild_scns') }}
                then 'rebuild'
            else 'update'
        end as way
    from scopes
    left join moved_scns on scopes.local_authority_code = moved_scns.local_authority_code
    left join moved_pupils
        on scopes.local_authority_code = moved_pupils.local_authority_code
        and scopes.academic_year = moved_pupils.academic_year
    where scopes.files_moved > 0
        or scopes.is_remapped
        or coalesce(moved_scns.scns_changed, 0) > 0
        or coalesce(moved_pupils.pupils_moved, 0) > 0
    order by scopes.local_authority_code, scopes.academic_year
{% endmacro %}

{% macro note_reflected_state() %}
    truncate {{ this.schema }}.attendance_files;
    insert into {{ this.schema }}.attendance_files (file_id, academic_year, local_authority_code, row_count, local_codes)
    select files.file_id, files.academic_year, files.local_authority_code, files.row_count, files.local_codes
    from ({{ openings_files() }}) as files;
    with changed as ({{ changed_scns() }}),

    forgotten as (
        delete from {{ this.schema }}.attendance_scns as reflected
        using changed
        where reflected.local_authority_code = changed.local_authority_code and reflected.scn = changed.scn
    )

    select count(*) from changed;
    insert into {{ this.schema }}.attendance_scns (local_authority_code, scn, valid_from, valid_to, pupil_id)
    select pupil_scns.local_authority_code, pupil_scns.scn, pupil_scns.valid_from, pupil_scns.valid_to, pupil_scns.pupil_id
    from {{ ref('canonical_pupil_scns') }} as pupil_scns
    on conflict (local_authority_code, scn, valid_from) do nothing;
    delete from {{ this.schema }}.attendance_enrolments as reflected
    using enrolments_changed as changed
    where reflected.local_authority_code = changed.local_authority_code
        and reflected.academic_year = changed.academic_year
        and reflected.pupil_id = changed.pupil_id;
    insert into {{ this.schema }}.attendance_enrolments (
        local_authority_code, academic_year, pupil_id, seed_code, entry_date, counts_from, counts_to, is_out_of_scope
    )
    select enrolments.*
    from ({{ openings_enrolments() }}) as enrolments
    inner join enrolments_changed using (local_authority_code, academic_year, pupil_id);
    analyze {{ this.schema }}.attendance_enrolments, {{ this.schema }}.attendance_files, {{ this.schema }}.attendance_scns, {{ this.schema }}.attendance_changes;
{% endmacro %}

{#- Name of a scope's partition: attendance_openings_s12000005_2025. -#}
{% macro openings_partition(scope) -%}
    {{ this.schema }}.attendance_openings_{{ scope['local_authority_code'] | lower }}_{{ scope['academic_year'][:4] }}
{%- endmacro %}

{% macro openings_in_scope(relation, scope) -%}
    {{ relation }}.local_authority_code = '{{ scope['local_authority_code'] }}'
    and {{ relation }}.attendance_date >= '{{ scope['academic_year'][:4] }}-08-01'
    and {{ relation }}.attendance_date < '{{ scope['academic_year'][:4] | int + 1 }}-08-01'
{%- endmacro %}

{% macro note_openings_changed(scope, rebuilt, condition='true') %}
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select
        '{{ model.name }}{{ ":rebuilt" if rebuilt }}', '{{ scope['local_authority_code'] }}',
        '{{ scope['academic_year'] }}', now()
    where {{ condition }}
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at;
{% endmacro %}

{#- Which months of a scope have moved: `days` is a query of dates, and all months of the year without one. -#}
{% macro note_months_changed(scope, days=none) %}
    insert into control.month_changes (origin, local_authority_code, month, changed_at)
    select distinct -- many days of a month
        '{{ model.name }}', '{{ scope['local_authority_code'] }}', date_trunc('month', days.day)::date, now()
    from (
        {%- if days %}{{ days }}
        {%- else %}
        select generate_series(
            timestamp '{{ scope['academic_year'][:4] }}-08-01', timestamp '{{ scope['academic_year'][:4] | int + 1 }}-07-01',
            interval '1 month'
        )
        {%- endif %}
    ) as days (day)
    on conflict (origin, local_authority_code, month) do update set changed_at = excluded.changed_at;
{% endmacro %}
