{#- The columns into which every expected opening of a pupil falls, late being part of attended.
    Formula of what is made of them: possible_openings, recorded_openings, expected_openings. -#}
{% macro opening_categories() %}
    {{ return([
        'openings_attended',
        'openings_late',
        'openings_authorised',
        'openings_unauthorised',
        'openings_excluded',
        'openings_unknown_reason',
        'openings_not_counted',
        'openings_not_recorded',
    ]) }}
{% endmacro %}

{#- The category of a mark by its national code, as one of the columns above (late marks are attended here). -#}
{% macro opening_category(category) -%}
    case {{ category }}
        when 'attendance' then 'openings_attended'
        when 'authorised_absence' then 'openings_authorised'
        when 'unauthorised_absence' then 'openings_unauthorised'
        when 'exclusion' then 'openings_excluded'
        when 'unknown_reason' then 'openings_unknown_reason'
        when 'not_counted' then 'openings_not_counted'
    end
{%- endmacro %}
