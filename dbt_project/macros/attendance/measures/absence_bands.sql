{#- Counts of pupils by band of absence, over a relation with one row per pupil that persistent_absence counts. -#}
{% macro absence_bands(pupils) -%}
    count(*)::integer as pupils,
        {% for band in ['under_5', '5_to_10', '10_to_20', '20_and_over'] -%}
        count(*) filter (where {{ pupils }}.band = '{{ band }}')::integer as pupils_absent_{{ band }},
        {% endfor -%}
        count(*) filter (where {{ pupils }}.is_persistent)::integer as persistently_absent,
        count(*) filter (where {{ pupils }}.is_severe)::integer as severely_absent
{%- endmacro %}

{#- The same counts as columns, zero where a row has no pupil, and the two rates. -#}
{% macro absence_band_columns(counts) -%}
    {% for column in [
        'pupils', 'pupils_absent_under_5', 'pupils_absent_5_to_10', 'pupils_absent_10_to_20',
        'pupils_absent_20_and_over', 'persistently_absent', 'severely_absent',
    ] -%}
    coalesce({{ counts }}.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        {{ share(counts ~ '.persistently_absent', counts ~ '.pupils') }} as persistent_absence_rate,
        {{ share(counts ~ '.severely_absent', counts ~ '.pupils') }} as severe_absence_rate
{%- endmacro %}
