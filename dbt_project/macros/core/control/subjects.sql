{#-
Whose figures rest on what: a subject is a folder below each layer, and core is what all subjects stand on. Something is
of the subjects whose models are it or stand on it, so that what is wrong with it holds back these and no other. Models
that only report (the balance sheet) are of nobody: everything stands below them.
-#}

{#- Subjects by unique id of every model, seed and source; none for what only the balance sheet stands on. Staged models,
    seeds and what reports are of the subjects that stand on them. -#}
{% macro subjects_by_node() -%}
    {%- if 'subjects' not in graph -%}
        {%- set found, state = {}, namespace(grows=true) -%}
        {%- set stands_on = [] -%}
        {%- for key, node in graph.nodes.items() if node.resource_type == 'seed' -%}{%- do found.update({key: []}) -%}{%- endfor -%}
        {%- for key, node in graph.nodes.items() if node.resource_type == 'model' -%}
            {%- set reports = only_reports(node) -%}
            {%- set is_of_one = node.fqn[1] != 'staged' and node.fqn | length > 3 and not reports -%}
            {%- do found.update({key: [node.fqn[2]] if is_of_one else []}) -%}
            {%- if not reports -%}{%- do stands_on.append([key, node.depends_on.nodes]) -%}{%- endif -%}
        {%- endfor -%}
        {%- for key in graph.sources -%}{%- do found.update({key: []}) -%}{%- endfor -%}
        {%- for _ in range(found | length) if state.grows -%}
            {%- set state.grows = false -%}
            {%- for key, parents in stands_on if found[key] -%}
                {%- for parent in parents if parent in found -%}
                    {%- for subject in found[key] if subject not in found[parent] -%}
                        {%- do found[parent].append(subject) -%}{%- set state.grows = true -%}
                    {%- endfor -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do graph.update({'subjects': found}) -%}
    {%- endif -%}
    {{- return(graph['subjects']) -}}
{%- endmacro %}

{% macro only_reports(node) -%}
    {{- return(node.name.startswith('control_balance') or node.name == 'control_reconciliation') -}}
{%- endmacro %}

{#- The one subject of a node; core where there are several or none. -#}
{% macro subject_of(key) -%}
    {%- set found = subjects_by_node().get(key, []) -%}
    {{- return(found[0] if found | length == 1 else 'core') -}}
{%- endmacro %}

{#- Notes of each table with seals whose figures rest on it: rows that were changed behind the models' back hold back that
    subject, and where several rest on them, or none is named, all (core). -#}
{% macro note_subjects() -%}
    {%- set others = [] -%}
    {%- for key, found in subjects_by_node().items() if key.startswith('model.') and found | length == 1 and found[0] != 'core' -%}
        {%- do others.append("('" ~ graph.nodes[key].name ~ "', '" ~ found[0] ~ "')") -%}
    {%- endfor %}
    update control.sealed_tables set subject = coalesce(told.subject, 'core')
    from control.sealed_tables as named
    left join (values {{ (others or ["('', 'core')"]) | join(', ') }}) as told (model, subject) on named.model = told.model
    where sealed_tables.relation = named.relation and sealed_tables.subject <> coalesce(told.subject, 'core');
{%- endmacro %}
