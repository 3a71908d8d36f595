{#- Subject of a model: its folder below the layer. Staged models and seeds are of every subject. -#}
{% macro subject_of(node) -%}
    {%- set is_of_one = node and node.resource_type == 'model' and node.fqn[1] != 'staged' and node.fqn | length > 3 -%}
    {{- return(node.fqn[2] if is_of_one else 'core') -}}
{%- endmacro %}

{#- Models and seeds that a model for readers stands on, directly or through others, and those models themselves. -#}
{% macro under_readers() -%}
    {%- set found, state = [], namespace(next=[]) -%}
    {%- for key, node in graph.nodes.items() if (node.config.meta or {}).get('release') -%}{%- do state.next.append(key) -%}{%- endfor -%}
    {%- for _ in range(graph.nodes | length) if state.next -%}
        {%- do found.extend(state.next) -%}
        {%- set parents = [] -%}
        {%- for key in state.next -%}
            {%- for parent in graph.nodes[key].depends_on.nodes if parent in graph.nodes and parent not in found and parent not in parents -%}
                {%- do parents.append(parent) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set state.next = parents -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}

{#- Whether a model for readers is among these models or stands on one of them, directly or through others. -#}
{% macro reaches_readers(first) -%}
    {{- return((first | select('in', under_readers()) | list | length) > 0) -}}
{%- endmacro %}

{#- Notes of each table with seals whose figures rest on it: what was changed in one subject's tables holds back that
    subject, and what was changed under something that readers get holds back all. -#}
{% macro note_subjects() -%}
    {%- set under, others = under_readers(), [] -%}
    {%- for key, node in graph.nodes.items() if node.resource_type == 'model' and key not in under and subject_of(node) != 'core' -%}
        {%- do others.append("('" ~ node.name ~ "', '" ~ subject_of(node) ~ "')") -%}
    {%- endfor %}
    update control.sealed_tables set subject = coalesce(told.subject, 'core')
    from control.sealed_tables as named
    left join (values {{ (others or ["('', 'core')"]) | join(', ') }}) as told (model, subject) on named.model = told.model
    where sealed_tables.relation = named.relation and sealed_tables.subject <> coalesce(told.subject, 'core');
{%- endmacro %}
