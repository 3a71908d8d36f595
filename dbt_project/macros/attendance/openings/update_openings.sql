{#-
The half days of pupils that deliveries touch, ranked again. `come`: rows of new files, rows tried again, rows of SCNs
that lead elsewhere now, rows of pupils who come into scope or leave it. `gone`: rows of withdrawn files, the same
SCNs' rows under their former person, and again those of pupils whose scope changed. What stands at a touched half
day, at whichever school, minus gone, plus come, is ranked; of the winners those made where the pupil is not enrolled,
while marked where he is, are set aside; openings, rows set aside and changes follow. Every temporary table is analysed:
without it the first night's delta took 335 s (TOOLS: a nested loop).
-#}
{% macro update_openings(arrivals, scope) %}
    {% set partition = openings_partition(scope) %}
    {% set set_aside = this.schema ~ '.attendance_set_aside' %}
    {% set in_scope %}set_aside.local_authority_code = '{{ scope['local_authority_code'] }}'
            and set_aside.academic_year = '{{ scope['academic_year'] }}'{% endset %}
    drop table if exists scns_changed, pupils_changed, scope_changed, come, gone, moved, touched, standing_openings,
        candidates, ranked, elsewhere, winning;
    create temporary table scns_changed as
    select changed.scn, changed.was_known
    from ({{ changed_scns() }}) as changed
    where changed.local_authority_code = '{{ scope['local_authority_code'] }}';
    analyze scns_changed;
    create temporary table pupils_changed as
    select enrolments_changed.pupil_id
    from enrolments_changed
    where enrolments_changed.local_authority_code = '{{ scope['local_authority_code'] }}'
        and enrolments_changed.academic_year = '{{ scope['academic_year'] }}';
    create temporary table scope_changed as
    select pupils_changed.pupil_id
    from pupils_changed
    where {{ is_out_of_scope('pupils_changed', scope) }} <> exists (
        select 1
        from out_of_scope_before as before
        where before.local_authority_code = '{{ scope['local_authority_code'] }}'
            and before.academic_year = '{{ scope['academic_year'] }}'
            and before.pupil_id = pupils_changed.pupil_id
    );
    analyze pupils_changed, scope_changed;

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

    -- rows of pupils who were in early learning alone and are no longer, or the reverse
    create temporary table moved as
    select {{ openings_columns() }} from {{ partition }} as openings
    inner join scope_changed using (pupil_id)
    union all
    select {{ openings_columns() }} from {{ set_aside }} as set_aside
    inner join scope_changed using (pupil_id)
    where {{ in_scope }};
    insert into come
    select
        moved.local_authority_code, moved.attendance_date, moved.opening, moved.pupil_id, moved.seed_code,
        moved.attendance_code, moved.recorded_at, files.extracted_at, files.extract_date, files.sequence,
        null as scn, moved._file_id, moved._row_number
    from moved
    inner join {{ ref('stg_control__files') }} as files on moved._file_id = files.file_id
    where not exists (
        select 1 from come where come._file_id = moved._file_id and come._row_number = moved._row_number
    );
    insert into gone
    select
        moved.attendance_date, moved.opening, moved.pupil_id, moved.seed_code, moved._file_id, moved._row_number
    from moved;
    analyze come, gone;

    create temporary table touched as
    select come.attendance_date, come.opening, come.pupil_id
    from come
    where come.pupil_id is not null and not {{ is_out_of_scope('come', scope) }}
    union
    select gone.attendance_date, gone.opening, gone.pupil_id
    from gone
    where gone.pupil_id is not null
    union
    -- whose enrolments are others now, and who has marks at several schools
    select set_aside.attendance_date, set_aside.opening, set_aside.pupil_id
    from {{ set_aside }} as set_aside
    inner join pupils_changed using (pupil_id)
    where {{ in_scope }} and set_aside.reason = 'marked_elsewhere'
    union
    select openings.attendance_date, openings.opening, openings.pupil_id
    from {{ partition }} as openings
    inner join pupils_changed using (pupil_id)
    group by openings.attendance_date, openings.opening, openings.pupil_id
    having count(*) > 1;
    analyze touched;

    create temporary table standing_openings as
    select {{ openings_columns() }}
    from {{ partition }} as openings
    inner join touched using (attendance_date, opening, pupil_id);
    analyze standing_openings;

    create temporary table candidates as
    with standing as (
        select {{ openings_columns() }}, true as is_counted
        from standing_openings
        union all
        select {{ openings_columns() }}, false as is_counted
        from {{ set_aside }} as set_aside
        inner join touched using (attendance_date, opening, pupil_id)
        where {{ in_scope }} and set_aside.reason in ('superseded', 'marked_elsewhere')
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
    where come.pupil_id is not null and not {{ is_out_of_scope('come', scope) }};
    analyze candidates;

    create temporary table ranked as
    {{ latest_wins('candidates') }};
    analyze ranked;

    create temporary table elsewhere as
    {{ marked_elsewhere(several_winners(), scope) }};
    analyze elsewhere;

    create temporary table winning as
    select ranked.*
    from ranked
    left join elsewhere using (_file_id, _row_number)
    where ranked.arrival_rank = 1 and elsewhere._file_id is null;
    analyze winning;

    insert into {{ this.schema }}.attendance_changes (
        local_authority_code, academic_year, attendance_date, opening, pupil_id, seed_code, code_before, code_after
    )
    select
        '{{ scope['local_authority_code'] }}', '{{ scope['academic_year'] }}', attendance_date, opening, pupil_id,
        seed_code, standing_openings.attendance_code, winning.attendance_code
    from standing_openings
    full join winning using (attendance_date, opening, pupil_id, seed_code)
    where standing_openings.attendance_code is distinct from winning.attendance_code;

    delete from {{ partition }} as openings
    using standing_openings
    where openings.attendance_date = standing_openings.attendance_date
        and openings.opening = standing_openings.opening
        and openings.pupil_id = standing_openings.pupil_id
        and openings.seed_code = standing_openings.seed_code
        and not exists (
            select 1
            from winning
            where winning.attendance_date = standing_openings.attendance_date
                and winning.opening = standing_openings.opening
                and winning.pupil_id = standing_openings.pupil_id
                and winning.seed_code = standing_openings.seed_code
        );
    insert into {{ partition }} as openings ({{ openings_columns() }})
    select {{ openings_columns() }}
    from winning
    where not winning.is_counted
    order by winning.attendance_date, winning.opening, winning.pupil_id, winning.seed_code
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
        and set_aside.reason in ('superseded', 'marked_elsewhere');
    {{ set_aside_known('(select * from ranked where ranked.arrival_rank > 1)', 'superseded', scope) }}
    {{ set_aside_known('elsewhere', 'marked_elsewhere', scope) }}
    {% set not_ranked %}(
        select come.* from come where come.pupil_id is null or {{ is_out_of_scope('come', scope) }}
    ){% endset %}
    {{ set_aside_rows(not_ranked, scope) }}
    {{ note_openings_changed(
        scope, rebuilt=false, condition='exists (select 1 from come) or exists (select 1 from gone)'
            ~ ' or exists (select 1 from touched)'
    ) }}
    {{ note_months_changed(scope, 'select touched.attendance_date::timestamp from touched') }}
    -- plans of the next night need to know the newest file
    analyze {{ partition }} (_file_id);
{% endmacro %}

{#- Winners of half days of which there are several: at as many schools. -#}
{% macro several_winners() -%}
    (
        select counted.*
        from (
            select
                ranked.*,
                count(*) over (partition by ranked.attendance_date, ranked.opening, ranked.pupil_id) as schools
            from ranked
            where ranked.arrival_rank = 1
        ) as counted
        where counted.schools > 1
    )
{%- endmacro %}

{% macro come_columns() -%}
    arrivals.local_authority_code, arrivals.attendance_date, arrivals.opening, arrivals.pupil_id,
    arrivals.seed_code, arrivals.attendance_code, arrivals.recorded_at, arrivals.extracted_at,
    arrivals.extract_date, arrivals.sequence, arrivals.scn, arrivals._file_id, arrivals._row_number
{%- endmacro %}
