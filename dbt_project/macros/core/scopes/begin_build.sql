{#-
How a build knows what to do. Four tables in schema control carry it:

  build_state     the state of the ledger (event_id) that the build in progress sees; the views
                  deliveries_in_force and files_in_force stand on it, so that all models see the same files
  scope_changes   when a (local authority, academic year) last changed, by origin: a feed of the ledger
                  ('ledger:attendance'), the list of closed days ('ledger:closed_days'), the ledger as a whole ('ledger') or a model ('canonical_pupil_years')
  model_builds    per model, the ledger state it reflects, the code version, and when it was built

A model recomputes the scopes that changed, in what it reads, since it was last built: use
in_touched_scope() in its SQL, and the incremental strategy replace_scope. The rest follows by itself.
Names are written out here (and not source()) so that each model's lineage shows its data only.
-#}

{#- on-run-start: fix the cut, and note which scopes the events since the last cut have touched.
    Deliveries that a touched delivery supersedes (in chains) are touched with it. -#}
{% macro begin_build() %}
    {% if execute and flags.WHICH in ['run', 'build'] %}
    create table if not exists control.scope_changes (
        origin text not null,
        local_authority_code text not null,
        academic_year text not null,
        changed_at timestamptz not null,
        primary key (origin, local_authority_code, academic_year)
    );
    create table if not exists control.month_changes (
        origin text not null,
        local_authority_code text not null,
        month date not null,
        changed_at timestamptz not null,
        primary key (origin, local_authority_code, month)
    );
    -- models that are no more
    delete from control.model_builds
    where model_builds.model <> all(array[
        {%- for node in graph.nodes.values() if node.resource_type == 'model' %}'{{ node.name }}'{{ ', ' if not loop.last }}{% endfor -%}
    ]);
    {{ note_subjects() }}
    with recursive new_events as (
        select ledger_events.delivery_id
        from control.ledger_events
        where ledger_events.event_id > coalesce((select build_state.event_id from control.build_state), 0)
    ),

    touched_deliveries as (
        select new_events.delivery_id
        from new_events
        union
        select superseded.delivery_id
        from touched_deliveries
        inner join control.deliveries as superseding
            on superseding.delivery_id = touched_deliveries.delivery_id
        inner join control.deliveries as superseded
            on superseded.delivery_key = superseding.supersedes
    ),

    touched as (
        select distinct
            origins.origin,
            deliveries.local_authority_code,
            years.academic_year
        from touched_deliveries
        inner join control.deliveries using (delivery_id)
        inner join control.files using (delivery_id)
        -- the years of its rows, and that of the extract: files in force stand under both
        cross join lateral (
            select file_years.academic_year from control.file_years where file_years.file_id = files.file_id
            union
            select {{ academic_year_of('deliveries.extract_date') }}
        ) as years
        cross join lateral (values ('ledger:' || files.feed), ('ledger')) as origins (origin)
    )

    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select touched.origin, touched.local_authority_code, touched.academic_year, now()
    from touched
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at;

    -- days that an authority has closed or opened since
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct
        origins.origin, closed_days.local_authority_code, {{ academic_year_of('days.day') }}, now()
    from control.closed_days
    cross join lateral generate_series(
        closed_days.first_day::timestamp, closed_days.last_day::timestamp, interval '1 day'
    ) as days (day)
    cross join lateral (values ('ledger:closed_days'), ('ledger')) as origins (origin)
    where closed_days.event_id > coalesce((select build_state.event_id from control.build_state), 0)
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at;

    insert into control.build_state (event_id, code_version, invocation, started_at)
    select
        coalesce(max(ledger_events.event_id), 0),
        '{{ env_var("WAREHOUSE_CODE_VERSION", "unknown") }}',
        '{{ invocation_id }}',
        now()
    from control.ledger_events
    on conflict (only_row) do update set
        event_id = excluded.event_id,
        code_version = excluded.code_version,
        invocation = excluded.invocation,
        started_at = excluded.started_at
    {% else %}
    select 1
    {% endif %}
{% endmacro %}

{#- '2025/26' of a date: academic years run from August to July. -#}
{% macro academic_year_of(date_column) -%}
    (extract(year from {{ date_column }} - interval '7 months')::int::text || '/'
        || lpad(((extract(year from {{ date_column }} - interval '7 months')::int + 1) % 100)::text, 2, '0'))
{%- endmacro %}
