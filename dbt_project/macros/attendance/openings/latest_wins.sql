{#- The rows of `relation` with `arrival_rank`: 1 for the mark that counts for its pupil, school and half day. -#}
{% macro latest_wins(relation) -%}
    select
        {{ relation }}.*,
        row_number() over (
            partition by
                {{ relation }}.local_authority_code, {{ relation }}.attendance_date, {{ relation }}.opening,
                {{ relation }}.pupil_id, {{ relation }}.seed_code
            order by
                {{ relation }}.recorded_at desc, {{ relation }}.extracted_at desc,
                {{ relation }}.extract_date desc, {{ relation }}.sequence desc,
                {{ relation }}._row_number desc
        ) as arrival_rank
    from {{ relation }}
{%- endmacro %}
