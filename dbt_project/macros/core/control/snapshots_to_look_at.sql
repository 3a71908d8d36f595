{#- A condition: the rows of the snapshot have to be looked at. In a full build of every one; else of those that are new,
    that do not agree with canonical any more, and of scopes that have their turn. -#}
{% macro snapshots_to_look_at(file_id) %}
    {%- if not execute or not is_incremental() -%}true
    {%- else -%}
        {%- set query -%}
            select distinct counts.file_id
            from {{ ref('control_snapshot_counts') }} as counts
            left join {{ this }} as standing using (file_id, seed_code)
            left join {{ ref('control_audited_scopes') }} as audited
                on counts.local_authority_code = audited.local_authority_code
                and counts.academic_year = audited.academic_year
                and audited.audited_at > {{ own_last_build() }}
            where counts.is_in_force
                and {{ in_touched_scope('counts') }}
                and (
                    (counts.amount_out, counts.row_checksum)
                        is distinct from (coalesce(standing.row_count, 0), coalesce(standing.row_checksum, 0))
                    or counts.amount_in
                        <> coalesce(standing.row_count + standing.repeated + standing.held, 0)
                    or audited.academic_year is not null
                )
        {%- endset -%}
        {{ is_one_of_files(file_id, query) }}
    {%- endif -%}
{% endmacro %}
