{#- Hooks for a model that adds up all half days by pupil. A year of a large city has 26 million of them and a million
    groups: in one process and in memory that is a third less work than in three, each of which meets every group and
    sorts them all. -#}
{% macro in_one_process() -%}
    {{- return(["set local work_mem = '192MB'", "set local max_parallel_workers_per_gather = 0"]) -}}
{%- endmacro %}
