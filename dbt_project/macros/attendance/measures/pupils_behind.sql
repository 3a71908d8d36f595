{#- Persons behind the measures of a row, counted over a relation with one row per person. `behind_marked` are
    those with a possible opening; behind_pupils those expected, marked or not. -#}
{% macro pupils_behind(person) -%}
    count(*) filter (where {{ possible_openings(person) }} > 0)::integer as behind_marked,
        count(*)::integer as behind_pupils,
        count(*) filter (where {{ person }}.openings_authorised > 0)::integer as behind_authorised,
        count(*) filter (where {{ not_authorised_openings(person) }} > 0)::integer as behind_not_authorised,
        count(*) filter (where {{ person }}.openings_unauthorised > 0)::integer as behind_unauthorised,
        count(*) filter (where {{ person }}.openings_excluded > 0)::integer as behind_excluded,
        count(*) filter (where {{ person }}.openings_unknown_reason > 0)::integer as behind_unknown_reason,
        count(*) filter (where {{ person }}.openings_not_counted > 0)::integer as behind_not_counted,
        count(*) filter (where {{ person }}.openings_late > 0)::integer as behind_late
{%- endmacro %}
