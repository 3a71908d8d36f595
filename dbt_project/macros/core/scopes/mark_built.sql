{#- post-hook of every model, in the transaction that wrote it: which ledger state the model now reflects.
    That is the least of its parents'; models on sources reflect the cut of the build. A model built for the
    first time or in full also notes that all its scopes changed, so that what stands on it follows. -#}
{% macro mark_built() %}
    {% if execute %}
    {% set parents = stored_parents(model) %}
    {% set first_or_full = 'true' if should_full_refresh() or model.config.materialized == 'table' else
        "not exists (select 1 from control.model_builds where model_builds.model = '" ~ model.name ~ "')" %}
    {% if model.config.materialized != 'view' and not model.name.startswith('stg_')
          and 'local_authority_code' in model.columns %}
    insert into control.scope_changes (origin, local_authority_code, academic_year, changed_at)
    select distinct '{{ model.name }}', known.local_authority_code, known.academic_year, now()
    from control.scope_changes as known
    where {{ first_or_full }}
    on conflict (origin, local_authority_code, academic_year) do update set changed_at = excluded.changed_at;
    {% endif %}
    {% if model.config.meta.month_column %}
    insert into control.month_changes (origin, local_authority_code, month, changed_at)
    select distinct
        '{{ model.name }}', built.local_authority_code, {{ month_of('built') }}, now()
    from {{ this }} as built
    where {{ first_or_full }}
    on conflict (origin, local_authority_code, month) do update set changed_at = excluded.changed_at;
    {% endif %}
    insert into control.model_builds (model, event_id, code_version, built_at)
    select
        '{{ model.name }}',
        least(build_state.event_id {%- if parents %}, (
            select case when count(*) = {{ parents | length }} then min(parent_builds.event_id) else 0 end
            from control.model_builds as parent_builds
            where parent_builds.model in ('{{ parents | join("', '") }}')
        ){% endif %}),
        build_state.code_version,
        now()
    from control.build_state
    on conflict (model) do update set
        event_id = excluded.event_id,
        code_version = excluded.code_version,
        built_at = excluded.built_at
    {% else %}
    select 1
    {% endif %}
{% endmacro %}

{#- Names of the models with rows of their own that a model stands on; views are looked through. Staged models
    with rows (the list of files in force) count for the watermark but are no origin of changes. -#}
{% macro stored_parents(node, staged=true) %}
    {% set found = [] %}
    {% for parent_id in node.depends_on.nodes if parent_id.startswith('model.') %}
        {% set parent = graph.nodes[parent_id] %}
        {% if parent.config.materialized in ['view', 'ephemeral'] %}
            {% do found.extend(stored_parents(parent, staged)) %}
        {% elif staged or not parent.name.startswith('stg_') %}
            {% do found.append(parent.name) %}
        {% endif %}
    {% endfor %}
    {{ return(found | unique | sort) }}
{% endmacro %}

{#- 'ledger:<feed>' of the feeds that a model reads, directly or through views. -#}
{% macro feeds_read(node) %}
    {% set found = [] %}
    {% for parent_id in node.depends_on.nodes %}
        {% if parent_id.startswith('source.') %}
            {% set source_node = graph.sources[parent_id] %}
            {% if source_node.source_name == 'raw' %}
                {% do found.append('ledger:' ~ source_node.identifier) %}
            {% endif %}
        {% elif parent_id.startswith('model.') and graph.nodes[parent_id].config.materialized in ['view', 'ephemeral'] %}
            {% do found.extend(feeds_read(graph.nodes[parent_id])) %}
        {% endif %}
    {% endfor %}
    {{ return(found | unique | sort) }}
{% endmacro %}
