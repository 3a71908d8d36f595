{#- Files whose rows have to be counted in raw, as [(file_id, looks_for_persons)]: those without a count, with another count
    than the ledger has, or whose marks are not what the openings and the rows set aside say any more (an SCN leads to
    another person by now, or something is wrong), looking for the persons of marks; and those of scopes that have their
    turn, without. None in a full build: that counts every file. -#}
{% macro files_to_scan() %}
    {%- if not execute or not is_incremental() -%}{{ return(none) }}{%- endif -%}
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
        ),

        judged as (
            select
                file_ledger.file_id,
                counted.row_count is distinct from file_ledger.rows_accepted
                or (
                    file_ledger.feed = 'attendance'
                    and file_ledger.is_in_force
                    and counted.resolved_content is distinct from standing_marks.content
                ) as looks_for_persons,
                audited.academic_year is not null as has_its_turn
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
            where file_ledger.status = 'landed' and {{ in_touched_scope('file_ledger') }}
        )

        select judged.file_id, judged.looks_for_persons
        from judged
        where judged.looks_for_persons or judged.has_its_turn
    {%- endset -%}
    {%- set found = [] -%}
    {%- for row in run_query(query) -%}{%- do found.append((row[0], row[1])) -%}{%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{#- A condition: the row's file is among those found; `with_persons`: of these only where one looks for persons, or only
    where not. -#}
{% macro has_to_be_scanned(files, file_id, with_persons=none) %}
    {%- if files is none -%}{{ 'false' if with_persons is false else 'true' }}
    {%- else -%}
        {%- set wanted = [] -%}
        {%- for number, looks_for_persons in files -%}
            {%- if with_persons is none or with_persons == looks_for_persons -%}{%- do wanted.append(number) -%}{%- endif -%}
        {%- endfor -%}
        {{ is_among(file_id, wanted) }}
    {%- endif -%}
{% endmacro %}

{#- A condition: the file is among those that a query finds now. Numbers written out: with the query in their place the
    planner expects many files and reads the whole table (3 s of a city's night). -#}
{% macro is_one_of_files(file_id, query) %}
    {%- set found = [] -%}
    {%- for row in run_query(query) -%}
        {%- do found.append(row[0]) -%}
    {%- endfor -%}
    {{ is_among(file_id, found) }}
{%- endmacro %}

{% macro is_among(file_id, numbers) -%}
    {{ file_id }} = any('{{ '{' ~ numbers | join(',') ~ '}' }}'::integer[])
{%- endmacro %}
