{#
    Makes PostgreSQL enforce the grain of a seed: a unique index over `config.meta.grain`. Contracts and constraints
    do not reach seeds in dbt. An index and not a primary key, since `dbt seed` empties and refills the table
    and the part of a key that is null (a row for all Scotland) is a value like any other.
#}
{% macro enforce_seed_key() %}
    {%- set grain = model.config.meta.get("grain", []) -%}
    {%- if grain -%}
        create unique index if not exists {{ this.identifier }}_key on {{ this }} ({{ grain | join(", ") }}) nulls not distinct;
        analyze {{ this }}
    {%- endif -%}
{% endmacro %}
