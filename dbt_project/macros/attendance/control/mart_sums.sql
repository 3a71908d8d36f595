{#- The openings that a mart adds up to, to be held against the pupil months: recorded or not, and their split (null for what a
    mart of weeks does not have). -#}
{% macro mart_sums(mart, has_split=true) -%}
    coalesce(sum({{ mart }}.openings_possible + {{ mart }}.openings_not_counted + {{ mart }}.openings_not_recorded), 0)
            as amount,
        array[
            sum({{ mart }}.openings_attended),
            {% for column in ['openings_late', 'openings_authorised', 'openings_not_authorised'] -%}
            {{ 'sum(' ~ mart ~ '.' ~ column ~ ')' if has_split else 'null' }},
            {% endfor -%}
            sum({{ mart }}.openings_not_counted),
            sum({{ mart }}.openings_not_recorded)
        ]::bigint[] as split
{%- endmacro %}
