{#- Hash of what a row of a snapshot says: whose it is, and its values as canonical keeps them in versions. Persons stand
    in it by their number, in as many ways as the row leads to one; what identifies a pupil does not. -#}
{% macro snapshot_row_hash(feed, relation, persons) -%}
    {%- set values = {
        'pupils': [
            'sex', 'data_zone_code', 'ethnicity_code', 'main_home_language', 'english_level', 'looked_after',
            'free_meal_registered', 'gaelic_education', 'disability', 'national_identity',
        ],
        'enrolments': [
            'seed_code', 'entry_date', 'leaving_date', 'stage', 'is_base_school', 'status', 'mode_of_attendance',
            'leaving_reason',
        ],
    }[feed] -%}
    hash_record_extended(row({{ persons | join(', ') }}, {{ relation }}.{{ values | join(', ' ~ relation ~ '.') }}), 0)
{%- endmacro %}
