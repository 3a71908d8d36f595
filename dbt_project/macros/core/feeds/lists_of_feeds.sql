{#- Feeds whose staged model and lines of the balance sheet follow from their contract. -#}
{% macro feeds_by_contract() -%}
    {%- set found = [] -%}
    {%- for feed, told in feeds().items() if not told.has_own_models -%}{%- do found.append(feed) -%}{%- endfor -%}
    {{- return(found) -}}
{%- endmacro %}

{#- Subject of a feed: the folder of the canonical models that read it; core where one of core does, or those of several
    subjects do, or none does yet. What is wrong with a feed of core holds back every subject. -#}
{% macro subject_of_feed(feed) -%}
    {%- set found = [] -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.fqn[1] == 'canonical' and 'ledger:' ~ feed in feeds_read(node) -%}
        {%- do found.append(subject_of(node)) -%}
    {%- endfor -%}
    {%- set subjects = found | unique | list -%}
    {{- return(subjects[0] if subjects | length == 1 else 'core') -}}
{%- endmacro %}

{#- An expression: the subject of the feed in a column. -#}
{% macro subject_by_feed(column) -%}
    {%- set cases = [] -%}
    {%- if execute -%}
        {%- for feed in feeds() -%}
            {%- set subject = subject_of_feed(feed) -%}
            {%- if subject != 'core' -%}{%- do cases.append("when '" ~ feed ~ "' then '" ~ subject ~ "'") -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- 'case ' ~ column ~ ' ' ~ cases | join(' ') ~ " else 'core' end" if cases else "'core'" -}}
{%- endmacro %}
