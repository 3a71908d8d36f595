{#- The openings that a mart adds up to, to be held against the pupil months: recorded or not, and their split. -#}
{% macro mart_sums(mart) -%}
    coalesce(sum({{ mart }}.openings_possible + {{ mart }}.openings_not_counted + {{ mart }}.openings_not_recorded), 0)
            as amount,
        array[
            sum({{ mart }}.openings_attended), sum({{ mart }}.openings_late), sum({{ mart }}.openings_authorised),
            sum({{ mart }}.openings_not_authorised), sum({{ mart }}.openings_not_counted),
            sum({{ mart }}.openings_not_recorded)
        ]::bigint[] as split
{%- endmacro %}
