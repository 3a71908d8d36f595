{#- Feeds whose staged model and lines of the balance sheet follow from their contract. -#}
{% macro feeds_by_contract() -%}
    {%- set found = [] -%}
    {%- for feed, told in feeds().items() if not told.has_own_models -%}{%- do found.append(feed) -%}{%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}

{#- Those of them whose canonical table is there: a subject whose feeds never came has none. -#}
{% macro feeds_that_stand() -%}
    {%- set found = [] -%}
    {%- for feed in feeds_by_contract() -%}
        {%- set rows = ref('canonical_' ~ feed) -%}
        {%- if not execute or load_relation(rows) is not none -%}{%- do found.append(feed) -%}{%- endif -%}
    {%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}

{#- Subject of a feed: that of the models that stand on it; core where those of several subjects do, or none does yet. -#}
{% macro subject_of_feed(feed) -%}
    {%- set state = namespace(found='core') -%}
    {%- for key, node in graph.sources.items() if node.source_name == 'raw' and node.name == feed -%}
        {%- set state.found = subject_of(key) -%}
    {%- endfor -%}
    {{- return(state.found) -}}
{%- endmacro %}

{#- An expression: the subject of the feed in a column. -#}
{% macro subject_by_feed(column) -%}
    {%- set cases = [] -%}
    {%- if execute and graph.nodes -%}{#- a unit test has no graph -#}
        {%- for feed in feeds() -%}
            {%- set subject = subject_of_feed(feed) -%}
            {%- if subject != 'core' -%}{%- do cases.append("when '" ~ feed ~ "' then '" ~ subject ~ "'") -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- 'case ' ~ column ~ ' ' ~ cases | join(' ') ~ " else 'core' end" if cases else "'core'" -}}
{%- endmacro %}
