{#- A person at several schools of an authority stands in each school's rows and once in the authority's. Rows about
    persons say in counts_in where they count: everywhere (one school only), school, sector or authority. -#}
{% macro counts_in_school_rows(relation) -%}
    {{ relation }}.counts_in in ('everywhere', 'school')
{%- endmacro %}

{#- With `cross join lateral (values (relation.sector), ('all')) as row_of (sector)`: the rows of a sector, and of all. -#}
{% macro counts_in_authority_rows(relation, row_sector) -%}
    ({{ row_sector }} <> 'all' and {{ relation }}.counts_in in ('everywhere', 'sector'))
        or ({{ row_sector }} = 'all' and {{ relation }}.counts_in in ('everywhere', 'authority'))
{%- endmacro %}
