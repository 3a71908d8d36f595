{#- A condition: the row's file has to be counted in raw. In a full build every file; else those without a count, with
    another count than the ledger has, whose marks are not what the openings and the rows set aside say any more (an SCN
    leads to another person by now, or something is wrong), and of scopes that have their turn. -#}
{% macro has_to_be_scanned(file_id) %}
    {%- if not execute or not is_incremental() -%}true
    {%- else -%}
        {%- set query -%}
            with marks as (
                select openings.file_id, openings.content
                from {{ ref('control_opening_counts') }} as openings
                where {{ in_touched_scope('openings') }}
                union all
                select set_aside.file_id, set_aside.content
                from ({{ set_aside_contents(in_touched_scope('set_aside')) }}) as set_aside
            ),

            standing_marks as (
                select marks.file_id, sum(marks.content) as content
                from marks
                group by marks.file_id
            )

            select file_ledger.file_id
            from {{ ref('stg_control__file_ledger') }} as file_ledger
            left join (
                select
                    standing.file_id,
                    sum(standing.row_count) as row_count,
                    sum(standing.resolved_content) as resolved_content
                from {{ this }} as standing
                group by standing.file_id
            ) as counted using (file_id)
            left join standing_marks using (file_id)
            left join {{ ref('control_audited_scopes') }} as audited
                on file_ledger.local_authority_code = audited.local_authority_code
                and file_ledger.academic_year = audited.academic_year
                and audited.audited_at > {{ own_last_build() }}
            where file_ledger.status = 'landed'
                and {{ in_touched_scope('file_ledger') }}
                and (
                    counted.row_count is distinct from file_ledger.rows_accepted
                    or audited.academic_year is not null
                    or (
                        file_ledger.feed = 'attendance'
                        and file_ledger.is_in_force
                        and counted.resolved_content is distinct from standing_marks.content
                    )
                )
        {%- endset -%}
        {{ is_one_of_files(file_id, query) }}
    {%- endif -%}
{% endmacro %}

{#- A condition: the file is among those that a query finds now. Numbers written out: with the query in their place the
    planner expects many files and reads the whole table (3 s of a city's night). -#}
{% macro is_one_of_files(file_id, query) %}
    {%- set found = [] -%}
    {%- for row in run_query(query) -%}
        {%- do found.append(row[0] | string) -%}
    {%- endfor -%}
    {{ file_id }} = any('{{ '{' ~ found | join(',') ~ '}' }}'::integer[])
{%- endmacro %}
