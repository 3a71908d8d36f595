{#-
The keys that deliveries touch, ranked again. `come`: rows of new files, rows tried again, rows of SCNs that lead
elsewhere now. `gone`: rows of withdrawn files, and the same SCNs' rows under their former person. What stands at
a touched key, minus gone, plus come, is ranked; openings, rows set aside and changes follow. Every temporary
table is analysed: without it the first night's delta took 335 s (TOOLS: a nested loop).
-#}
{% macro update_openings(arrivals, scope) %}
    {% set partition = openings_partition(scope) %}
    {% set set_aside = this.schema ~ '.attendance_set_aside' %}
    {% set in_scope %}set_aside.local_authority_code = '{{ scope['local_authority_code'] }}'
            and set_aside.academic_year = '{{ scope['academic_year'] }}'{% endset %}
    drop table if exists scns_changed, come, gone, touched, candidates, ranked;
    create temporary table scns_changed as
    select changed.scn, changed.was_known
    from ({{ changed_scns() }}) as changed
    where changed.local_authority_code = '{{ scope['local_authority_code'] }}';
    analyze scns_changed;

    create temporary table come as
    select {{ come_columns() }}
    from {{ arrivals }} as arrivals
    where {{ openings_in_scope('arrivals', scope) }}
        and arrivals._file_id = any('{{ scope['new_file_ids'] }}'::integer[]);

    create temporary table gone as
    select
        openings.attendance_date, openings.opening, openings.pupil_id, openings.seed_code, openings._file_id,
        openings._row_number
    from {{ partition }} as openings
    where openings._file_id = any('{{ scope['gone_file_ids'] }}'::integer[]);
    insert into gone
    select
        set_aside.attendance_date, set_aside.opening, set_aside.pupil_id, set_aside.seed_code,
        set_aside._file_id, set_aside._row_number
    from {{ set_aside }} as set_aside
    where {{ in_scope }}
        and (
            set_aside._file_id = any('{{ scope['gone_file_ids'] }}'::integer[])
            or set_aside.scn in (select scns_changed.scn from scns_changed)
        );

    {% if scope['retried_file_ids'] != '{}' %}
    insert into come
    select {{ come_columns() }}
    from {{ arrivals }} as arrivals
    where {{ openings_in_scope('arrivals', scope) }}
        and arrivals._file_id = any('{{ scope['retried_file_ids'] }}'::integer[])
        and not exists (
            select 1
            from {{ partition }} as openings
            where openings._file_id = any('{{ scope['retried_file_ids'] }}'::integer[])
                and openings._file_id = arrivals._file_id
                and openings._row_number = arrivals._row_number
        )
        and not exists (
            select 1
            from {{ set_aside }} as set_aside
            where set_aside._file_id = arrivals._file_id and set_aside._row_number = arrivals._row_number
        );
    {% endif %}

    -- rows held until now, whose SCN has become known
    insert into come
    select {{ come_columns() }}
    from {{ arrivals }} as arrivals
    where arrivals._file_id = any(array(
            select distinct set_aside._file_id -- one file holds many rows
            from {{ set_aside }} as set_aside
            where {{ in_scope }}
                and set_aside.scn in (select scns_changed.scn from scns_changed)
                and set_aside._file_id = any('{{ scope['file_ids'] }}'::integer[])
        ))
        and arrivals.scn in (select scns_changed.scn from scns_changed where not scns_changed.was_known)
        and {{ openings_in_scope('arrivals', scope) }}
        and not arrivals._file_id = any('{{ scope['new_file_ids'] }}'::integer[])
        {{ 'and not arrivals._file_id = any(\'' ~ scope['retried_file_ids'] ~ '\'::integer[])' if scope['retried_file_ids'] != '{}' }};

    -- rows of SCNs that led to another person: a scan of the scope, seldom needed
    do $$ begin
        if exists (select 1 from scns_changed where scns_changed.was_known) then
            insert into come
            select {{ come_columns() }}
            from {{ arrivals }} as arrivals
            where {{ openings_in_scope('arrivals', scope) }}
                and arrivals._file_id = any('{{ scope['file_ids'] }}'::integer[])
                and not arrivals._file_id = any('{{ scope['new_file_ids'] }}'::integer[])
                and arrivals.scn in (select scns_changed.scn from scns_changed where scns_changed.was_known)
                and not exists (
                    select 1 from come
                    where come._file_id = arrivals._file_id and come._row_number = arrivals._row_number
                );
            insert into gone
            select
                come.attendance_date, come.opening, former.pupil_id, come.seed_code, come._file_id,
                come._row_number
            from come
            inner join {{ this.schema }}.attendance_scns as former
                on come.scn = former.scn
                and former.local_authority_code = '{{ scope['local_authority_code'] }}'
                and come.attendance_date between former.valid_from and former.valid_to
            where come.scn in (select scns_changed.scn from scns_changed where scns_changed.was_known);
        end if;
    end $$;
    analyze come, gone;

    create temporary table touched as
    select come.attendance_date, come.opening, come.pupil_id, come.seed_code
    from come
    where come.pupil_id is not null
    union
    select gone.attendance_date, gone.opening, gone.pupil_id, gone.seed_code
    from gone
    where gone.pupil_id is not null;
    analyze touched;

    create temporary table candidates as
    with standing as (
        select {{ openings_columns() }}, true as is_counted
        from {{ partition }} as openings
        inner join touched using (attendance_date, opening, pupil_id, seed_code)
        union all
        select {{ openings_columns() }}, false as is_counted
        from {{ set_aside }} as set_aside
        inner join touched using (attendance_date, opening, pupil_id, seed_code)
        where {{ in_scope }}
    )

    select standing.*, files.extracted_at, files.extract_date, files.sequence
    from standing
    left join gone
        on standing._file_id = gone._file_id
        and standing._row_number = gone._row_number
    inner join {{ ref('stg_control__files') }} as files on standing._file_id = files.file_id
    where gone._file_id is null
    union all
    select
        come.local_authority_code, come.attendance_date, come.opening, come.pupil_id, come.seed_code,
        come.attendance_code, come.recorded_at, come._file_id, come._row_number, false as is_counted,
        come.extracted_at, come.extract_date, come.sequence
    from come
    where come.pupil_id is not null;
    analyze candidates;

    create temporary table ranked as
    {{ latest_wins('candidates') }};
    analyze ranked;

    insert into {{ this.schema }}.attendance_changes (
        local_authority_code, academic_year, attendance_date, opening, pupil_id, seed_code, code_before, code_after
    )
    select
        '{{ scope['local_authority_code'] }}', '{{ scope['academic_year'] }}', touched.attendance_date,
        touched.opening, touched.pupil_id, touched.seed_code, openings.attendance_code, winning.attendance_code
    from touched
    left join {{ partition }} as openings using (attendance_date, opening, pupil_id, seed_code)
    left join ranked as winning
        on touched.attendance_date = winning.attendance_date
        and touched.opening = winning.opening
        and touched.pupil_id = winning.pupil_id
        and touched.seed_code = winning.seed_code
        and winning.arrival_rank = 1
    where openings.attendance_code is distinct from winning.attendance_code;

    delete from {{ partition }} as openings
    using touched
    where openings.attendance_date = touched.attendance_date
        and openings.opening = touched.opening
        and openings.pupil_id = touched.pupil_id
        and openings.seed_code = touched.seed_code
        and not exists (
            select 1
            from ranked
            where ranked.attendance_date = touched.attendance_date
                and ranked.opening = touched.opening
                and ranked.pupil_id = touched.pupil_id
                and ranked.seed_code = touched.seed_code
        );
    insert into {{ partition }} as openings ({{ openings_columns() }})
    select {{ openings_columns() }}
    from ranked
    where ranked.arrival_rank = 1 and not ranked.is_counted
    order by ranked.attendance_date, ranked.opening, ranked.pupil_id, ranked.seed_code
    on conflict (attendance_date, opening, pupil_id, seed_code) do update set
        attendance_code = excluded.attendance_code,
        recorded_at = excluded.recorded_at,
        _file_id = excluded._file_id,
        _row_number = excluded._row_number;

    delete from {{ set_aside }} as set_aside
    using gone
    where set_aside._file_id = gone._file_id and set_aside._row_number = gone._row_number;
    delete from {{ set_aside }} as set_aside
    using touched
    where {{ in_scope }}
        and set_aside.attendance_date = touched.attendance_date
        and set_aside.opening = touched.opening
        and set_aside.pupil_id = touched.pupil_id
        and set_aside.seed_code = touched.seed_code;
    {{ set_aside_superseded('(select * from ranked where ranked.arrival_rank > 1)', scope) }}
    insert into {{ set_aside }} (
        local_authority_code, academic_year, reason, attendance_date, opening, seed_code, attendance_code,
        recorded_at, scn, _file_id, _row_number
    )
    select
        come.local_authority_code, '{{ scope['academic_year'] }}', 'held_identity', come.attendance_date,
        come.opening, come.seed_code, come.attendance_code, come.recorded_at, come.scn, come._file_id,
        come._row_number
    from come
    where come.pupil_id is null;
    {{ note_openings_changed(
        scope, rebuilt=false, condition='exists (select 1 from come) or exists (select 1 from gone)'
    ) }}
    {{ note_months_changed(scope, 'select touched.attendance_date::timestamp from touched') }}
    -- plans of the next night need to know the newest file
    analyze {{ partition }} (_file_id);
{% endmacro %}

{% macro come_columns() -%}
    arrivals.local_authority_code, arrivals.attendance_date, arrivals.opening, arrivals.pupil_id,
    arrivals.seed_code, arrivals.attendance_code, arrivals.recorded_at, arrivals.extracted_at,
    arrivals.extract_date, arrivals.sequence, arrivals.scn, arrivals._file_id, arrivals._row_number
{%- endmacro %}
