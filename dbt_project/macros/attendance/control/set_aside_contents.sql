{#- A query: the marks that are set aside, by file, establishment and reason, with the hash of what they say. -#}
{% macro set_aside_contents(condition) -%}
    select
        by_code.file_id,
        by_code.seed_code,
        by_code.reason,
        sum(by_code.row_count)::bigint as row_count,
        sum(by_code.content * {{ code_hash('by_code.attendance_code') }}) as content
    from (
        select
            set_aside._file_id as file_id,
            set_aside.seed_code,
            set_aside.reason,
            set_aside.attendance_code,
            count(*) as row_count,
            sum({{ mark_content(
                'set_aside', 'coalesce(' ~ person_hash('set_aside.pupil_id') ~ ', ' ~ scn_hash('set_aside.scn') ~ ')'
            ) }}) as content
        from {{ ref('canonical_attendance_openings').include(identifier=false) }}.attendance_set_aside as set_aside
        where {{ condition }}
        group by set_aside._file_id, set_aside.seed_code, set_aside.reason, set_aside.attendance_code
    ) as by_code
    group by by_code.file_id, by_code.seed_code, by_code.reason
{%- endmacro %}
