{#
    Promises about a table, checked in one scan (a test costs 33 ms whatever it asks).

    each_row      conditions that every row meets; null counts as broken, so a nullable column says `x is null or ...`
    whole_table   conditions over aggregates, such as `count(*) = 32`
    may_be_empty  a table that follows deliveries has no rows before the first

    Returns one row per broken promise with the number of rows that break it (1 for the whole table). It shows the
    promise and no value of any row.
#}
{% test holds(model, each_row=[], whole_table=[], may_be_empty=false) %}

with

counted as (

    select
        {% for promise in each_row -%}
            count(*) filter (where not coalesce({{ promise }}, false)) as each_row_{{ loop.index }},
        {% endfor -%}
        {% for promise in whole_table -%}
            case when coalesce({{ promise }}, false) then 0 else 1 end as whole_table_{{ loop.index }},
        {% endfor -%}
        count(*) as row_count
    from {{ model }}

),

promises as (

    select
        promises.promise,
        promises.broken_by
    from counted
    cross join lateral (
        values
        {% for promise in each_row -%}
            ($promise${{ promise }}$promise$, each_row_{{ loop.index }}),
        {% endfor -%}
        {% for promise in whole_table -%}
            ($promise${{ promise }}$promise$, whole_table_{{ loop.index }}),
        {% endfor -%}
        ('the table has rows', case when row_count = 0 and not {{ may_be_empty }} then 1 else 0 end)
    ) as promises (promise, broken_by)

)

select
    promise,
    broken_by
from promises
where broken_by > 0

{% endtest %}
