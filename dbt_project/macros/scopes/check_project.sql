{#- Refuses to run a project with a column that has no privacy class, or with a model past canonical that names a
    direct identifier or stands on a layer that identifies pupils: a mistake would be in the database before a test
    of the project finds it. Names model and column. Nor does a project run in which a feed lacks a step of the balance
    sheet that its contract asks for (config.meta.balances of the models in models/control): its rows could vanish and
    the books would close. -#}
{%- macro check_project() -%}
    {%- if execute -%}
        {%- set classes = ['direct_identifier', 'quasi_identifier', 'special_category', 'operational', 'public'] -%}
        {%- set may_be_read = {'pseudonymised': ['stg_vault__tokens'], 'aggregated': []} -%}
        {%- set wrong = [] -%}
        {%- for model in graph.nodes.values() if model.resource_type == 'model' -%}
            {%- set layer = model.fqn[1] -%}
            {%- for column in model.columns.values() -%}
                {%- set privacy = ((column.config or {}).get('meta') or column.meta or {}).get('privacy') -%}
                {%- if privacy not in classes -%}
                    {%- do wrong.append(model.name ~ '.' ~ column.name ~ ' has no privacy class (config.meta.privacy: ' ~ classes | join(', ') ~ ')') -%}
                {%- elif layer in may_be_read and privacy == 'direct_identifier' -%}
                    {%- do wrong.append(model.name ~ '.' ~ column.name ~ ' is a direct identifier, and those end in canonical') -%}
                {%- endif -%}
            {%- endfor -%}
            {%- for parent in model.depends_on.nodes if layer in may_be_read and parent in graph.nodes -%}
                {%- set from_layer, name = graph.nodes[parent].fqn[1], graph.nodes[parent].name -%}
                {%- set identifies = from_layer == 'staged' or (from_layer == 'canonical' and layer == 'aggregated') -%}
                {%- if identifies and not name.startswith('stg_control__') and name not in may_be_read[layer] -%}
                    {%- do wrong.append(model.name ~ ' (' ~ layer ~ ') stands on ' ~ name ~ ' (' ~ from_layer ~ '): go through the layer between') -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set lines = graph.nodes.values() | selectattr('name', 'equalto', 'control_balance_lines') | list -%}
        {%- for feed in graph.sources.values() if feed.source_name == 'raw' -%}
            {%- for hop in feed.config.meta.balance -%}
                {%- set found = [] -%}
                {%- for model in graph.nodes.values() if model.resource_type == 'model' -%}
                    {%- set feeds = (model.config.meta.balances or {}).get(hop, []) -%}
                    {%- if (feed.name in feeds or feeds == 'all') and lines and model.unique_id in lines[0].depends_on.nodes -%}
                        {%- do found.append(model.name) -%}
                    {%- endif -%}
                {%- endfor -%}
                {%- if not found -%}
                    {%- do wrong.append('the feed ' ~ feed.name ~ ' has no lines of the balance sheet for "' ~ hop ~ '": add them to a model in models/control, name the feed in its config.meta.balances, and put it into control_balance_lines') -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- if wrong -%}
            {{ exceptions.raise_compiler_error('Nothing was built:\n  ' ~ wrong | join('\n  ')) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
