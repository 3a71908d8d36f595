{#- The counts of persons that pupils_behind() makes, to be summed over cells that share no person. -#}
{% macro behind_columns() %}
    {{ return([
        'behind_marked',
        'behind_pupils',
        'behind_authorised',
        'behind_not_authorised',
        'behind_unauthorised',
        'behind_excluded',
        'behind_unknown_reason',
        'behind_not_counted',
        'behind_late',
    ]) }}
{% endmacro %}
