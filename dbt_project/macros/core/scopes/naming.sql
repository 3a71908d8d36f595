{#- The layer is the schema, without dbt's prefix: models/canonical builds into canonical. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{- (custom_schema_name or target.schema) | trim -}}
{%- endmacro %}

{#- Models carry their layer in the name, tables do not: canonical_pupils builds canonical.pupils. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- set layer = node.name.split('_')[0] -%}
    {%- if custom_alias_name -%}
        {{- custom_alias_name | trim -}}
    {%- elif layer in ['canonical', 'pseudonymised', 'aggregated', 'control'] and node.resource_type == 'model' -%}
        {{- node.name[layer | length + 1:] -}}
    {%- else -%}
        {{- node.name -}}
    {%- endif -%}
{%- endmacro %}
