{#- Refuses to run a project with a column that has no privacy class, or with a model past canonical that names a
    direct identifier or stands on a layer that identifies pupils: a mistake would be in the database before a test
    of the project finds it. Names model and column. -#}
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
        {%- if wrong -%}
            {{ exceptions.raise_compiler_error('Nothing was built:\n  ' ~ wrong | join('\n  ')) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}
