{#- Refuses to run a project with a column that has no privacy class, or with a model past canonical that names a
    direct identifier or stands on a layer that identifies pupils, or with a column whose class is milder than that of
    the same column in a parent without a written reason (`privacy_reason` of the column, `privacy_reasons` of the
    model; the same as in orchestration/release/tables/project.py): a mistake would be in the database before a test
    of the project finds it. Names model and column. Nor does a project run in which a feed lacks a step of the balance
    sheet that its contract asks for (config.meta.balances of the models in models/control): its rows could vanish and
    the books would close. Nor one with an incremental model whose strategy notes no changes: what stands on it would go
    stale. `warehouse run` says by an environment variable that the very parse it builds from has passed this before. -#}
{%- macro check_project() -%}
    {%- if execute and env_var('WAREHOUSE_PROJECT_CHECKED', 'no') != 'yes' -%}
        {%- set classes = ['direct_identifier', 'quasi_identifier', 'special_category', 'operational', 'public'] -%}
        {%- set from_mild_to_strict = ['public', 'operational', 'quasi_identifier', 'special_category', 'direct_identifier'] -%}
        {%- set may_be_read = {'pseudonymised': ['stg_vault__tokens'], 'aggregated': []} -%}
        {%- set wrong = [] -%}
        {%- for model in graph.nodes.values() if model.resource_type == 'model' -%}
            {%- set layer = model.fqn[1] -%}
            {%- if model.config.materialized == 'incremental' and model.config.incremental_strategy not in ['replace_scope', 'replace_all', 'follow_changes'] -%}
                {%- do wrong.append(model.name ~ ': incremental_strategy ' ~ model.config.incremental_strategy ~ ' notes no changes, so what stands on it would go stale; say replace_scope, or materialized: table') -%}
            {%- endif -%}
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
            {%- set meta = model.config.meta or {} -%}
            {%- set with_reason = (meta.get('privacy_reasons') or {}).values() | sum(start=[]) -%}
            {%- for parent in model.depends_on.nodes if parent in graph.nodes or parent in graph.sources -%}
                {%- set from = graph.nodes.get(parent) or graph.sources.get(parent) -%}
                {%- for column in model.columns.values() if column.name in from.columns -%}
                    {%- set before = from.columns[column.name] -%}
                    {%- set meta_before = (before.config or {}).get('meta') or before.meta or {} -%}
                    {%- set meta_now = (column.config or {}).get('meta') or column.meta or {} -%}
                    {%- set was, now = meta_before.get('privacy'), meta_now.get('privacy') -%}
                    {%- set is_known = was in from_mild_to_strict and now in from_mild_to_strict -%}
                    {%- set is_milder = is_known and from_mild_to_strict.index(now) < from_mild_to_strict.index(was) -%}
                    {%- set matters = was != 'operational' or meta.get('release') is not none -%}
                    {%- if is_milder and matters and not meta_now.get('privacy_reason') and column.name not in with_reason -%}
                        {%- do wrong.append(model.name ~ '.' ~ column.name ~ ': its privacy class falls from ' ~ was ~ ' in ' ~ from.name ~ ' to ' ~ now ~ '; keep it, or say why in config.meta.privacy_reason') -%}
                    {%- endif -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set lines = graph.nodes.values() | selectattr('name', 'equalto', 'control_balance_lines') | list -%}
        {%- for feed in graph.sources.values() if feed.source_name == 'raw' -%}
            {%- for hop in feed.config.meta.balance -%}
                {%- set found = [] -%}
                {%- for model in graph.nodes.values() if model.resource_type == 'model' -%}
                    {%- set feeds = (model.config.meta.balances or {}).get(hop, []) -%}
                    {%- set is_told = feeds == 'all' or (feeds == 'by contract' and not feed.config.meta.own_models) -%}
                    {%- if (feed.name in feeds or is_told) and lines and model.unique_id in lines[0].depends_on.nodes -%}
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
