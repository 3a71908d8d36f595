{#- Hash of what a row of a snapshot says: whose it is, and its values as canonical keeps them in versions. Persons stand
    in it by their number, in as many ways as the row leads to one. Hashed once more under the warehouse's own number:
    the hash of a record is a sum over its columns, in which two rows that change a value with each other do not show,
    and without the number a single row could be found by trying. -#}
{% macro snapshot_row_hash(feed, relation, persons) -%}
    {%- set values = {
        'pupils': [
            'seemis_pupil_id', 'forename', 'surname', 'known_as', 'date_of_birth', 'sex', 'data_zone_code',
            'ethnicity_code', 'main_home_language', 'english_level', 'looked_after', 'free_meal_registered',
            'gaelic_education', 'disability', 'national_identity',
        ],
        'enrolments': [
            'seed_code', 'entry_date', 'leaving_date', 'stage', 'registration_class', 'is_base_school', 'status',
            'mode_of_attendance', 'leaving_reason',
        ],
    }[feed] -%}
    hashint8extended(
        hash_record_extended(row({{ persons | join(', ') }}, {{ relation }}.{{ values | join(', ' ~ relation ~ '.') }}), 0),
        {{ content_salt() }}
    )
{%- endmacro %}
