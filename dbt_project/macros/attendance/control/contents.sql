{#-
Hashes of what marks say, made when the file is read (orchestration/landing/checksum.py), again from raw, and again from
the openings. A mark's is a product of three, so that two rows that change a value with each other show in a sum:

  mark_content(relation, person)   of row, time, day and half day, and of the pupil; multiplied, after summing by code,
  code_hash(code)                  by that of the code

In a file and in raw the pupil is the SCN, in canonical the person; rows set aside have the one or the other.
-#}
{% macro content_salt() -%}(select content_salt.salt from raw.content_salt){%- endmacro %}

{% macro mark_content(relation, person) -%}
    {{ mark_hash(relation) }} * {{ person }}
{%- endmacro %}

{% macro mark_hash(relation) -%}
    control.mark_hash(
            {{ relation }}._row_number, {{ relation }}.recorded_at, {{ relation }}.attendance_date, {{ relation }}.opening,
            {{ content_salt() }}
        )
{%- endmacro %}

{% macro scn_hash(scn) -%}
    control.number_hash({{ scn }}, {{ content_salt() }})
{%- endmacro %}

{#- Another number than that of an SCN with the same digits. -#}
{% macro person_hash(pupil_id) -%}
    control.number_hash(-{{ pupil_id }}, {{ content_salt() }})
{%- endmacro %}

{% macro code_hash(code) -%}
    control.code_hash({{ code }}::text, {{ content_salt() }})
{%- endmacro %}
