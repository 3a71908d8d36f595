{#- A query: how many pupils persistent absence judges at their base school, by sector and by `all`, and by further
    columns. `pupils` of every mart of attendance are these (RULES 45): two counts of one place would tell of a few. -#}
{% macro judged_pupils(by=[]) -%}
    select
        judged.local_authority_code, judged.academic_year, row_of.sector,
        {%- for column in by %} judged.{{ column }},{% endfor %} count(*)::integer as pupils
    from {{ ref('persistent_absence_pupils') }} as judged
    cross join lateral (values (judged.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('judged') }}
    group by
        judged.local_authority_code, judged.academic_year, row_of.sector
        {%- for column in by %}, judged.{{ column }}{% endfor %}
{%- endmacro %}
