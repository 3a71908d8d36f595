{#-
All rows of a scope, from raw, into a new partition: `create table as` in parallel, then only pupils' months
with more rows than half days are ranked (a window over all 26.7 million rows would take most of the time), then
the key.
-#}
{% macro rebuild_openings(arrivals, scope) %}
    {% set partition = openings_partition(scope) %}
    {% set set_aside = this.schema ~ '.attendance_set_aside' %}
    {% call statement('arrive') %}
        delete from {{ set_aside }}
        where local_authority_code = '{{ scope['local_authority_code'] }}'
            and academic_year = '{{ scope['academic_year'] }}';
        delete from {{ this.schema }}.attendance_changes
        where local_authority_code = '{{ scope['local_authority_code'] }}'
            and academic_year = '{{ scope['academic_year'] }}';
        drop table if exists {{ partition }};
        set local enable_nestloop = off;
        create table {{ partition }} as
        select {{ openings_columns() }}
        from {{ arrivals }} as arrivals
        where {{ openings_in_scope('arrivals', scope) }}
            and arrivals._file_id = any('{{ scope['file_ids'] }}'::integer[])
            and arrivals.pupil_id is not null
    {% endcall %}
    {% set rows_with_pupil = load_result('arrive')['response'].rows_affected %}
    {% if rows_with_pupil != scope['row_count'] | int %}
        {% call statement('hold') %}{{ hold_openings(arrivals, scope) }}{% endcall %}
    {% endif %}
    {% call statement('resolve') %}
        -- without it the planner takes pupil and school for independent, and sorts where it should hash
        create statistics {{ partition }}_pupils (ndistinct) on pupil_id, seed_code from {{ partition }};
        analyze {{ partition }};
        {{ supersede_within(partition, scope) if scope['may_repeat'] }}
        alter table {{ partition }}
            alter column recorded_at set not null,
            alter column attendance_code set not null,
            alter column local_authority_code set not null,
            alter column _file_id set not null,
            alter column _row_number set not null,
            add constraint {{ partition.split('.')[1] }}_scope
                check (local_authority_code is not null and attendance_date is not null
                    and local_authority_code = '{{ scope['local_authority_code'] }}'
                    and attendance_date >= '{{ scope['academic_year'][:4] }}-08-01'
                    and attendance_date < '{{ scope['academic_year'][:4] | int + 1 }}-08-01'),
            add primary key (attendance_date, opening, pupil_id, seed_code);
        create index on {{ partition }} using brin (_file_id);
        alter table {{ this }} attach partition {{ partition }}
            for values from ('{{ scope['local_authority_code'] }}', '{{ scope['academic_year'][:4] }}-08-01')
            to ('{{ scope['local_authority_code'] }}', '{{ scope['academic_year'][:4] | int + 1 }}-08-01');
        {{ note_openings_changed(scope, rebuilt=false) }}
        {{ note_openings_changed(scope, rebuilt=true) }}
        {{ note_months_changed(scope) }}
    {% endcall %}
{% endmacro %}

{% macro hold_openings(arrivals, scope) %}
    drop table if exists held_openings_found;
    -- a table of its own: only `create table as` reads in parallel
    create temporary table held_openings_found as
    select
        arrivals.local_authority_code, arrivals.attendance_date, arrivals.opening, arrivals.seed_code,
        arrivals.attendance_code, arrivals.recorded_at, arrivals.scn, arrivals._file_id, arrivals._row_number
    from {{ arrivals }} as arrivals
    where {{ openings_in_scope('arrivals', scope) }}
        and arrivals._file_id = any('{{ scope['file_ids'] }}'::integer[])
        and arrivals.pupil_id is null;
    insert into {{ this.schema }}.attendance_set_aside (
        local_authority_code, academic_year, reason, attendance_date, opening, seed_code, attendance_code,
        recorded_at, scn, _file_id, _row_number
    )
    select
        found.local_authority_code, '{{ scope['academic_year'] }}', 'held_identity', found.attendance_date,
        found.opening, found.seed_code, found.attendance_code, found.recorded_at, found.scn, found._file_id,
        found._row_number
    from held_openings_found as found;
{% endmacro %}

{#- Move the losing rows of a new partition to the rows set aside. -#}
{% macro supersede_within(partition, scope) %}
    drop table if exists repeated_months;
    create temporary table repeated_months as
    select
        openings.pupil_id,
        openings.seed_code,
        days.month
    from {{ partition }} as openings
    inner join {{ ref('canonical_days') }} as days on openings.attendance_date = days.attendance_date
    group by openings.pupil_id, openings.seed_code, days.month
    having count(*) <> bit_count(bit_or({{ slot_on('days', 'openings.opening') }})::bit(64));
    analyze repeated_months;

    drop table if exists losing_openings;
    create temporary table losing_openings as
    with candidates as (
        select openings.*, openings.ctid as place, files.extracted_at, files.extract_date, files.sequence
        from {{ partition }} as openings
        inner join {{ ref('canonical_days') }} as days on openings.attendance_date = days.attendance_date
        inner join repeated_months
            on openings.pupil_id = repeated_months.pupil_id
            and openings.seed_code = repeated_months.seed_code
            and days.month = repeated_months.month
        inner join {{ ref('stg_control__files') }} as files on openings._file_id = files.file_id
    ),

    ranked as (
        {{ latest_wins('candidates') }}
    )

    select * from ranked where ranked.arrival_rank > 1;
    analyze losing_openings;

    delete from {{ partition }} as openings
    using losing_openings
    where openings.ctid = losing_openings.place;
    {{ set_aside_superseded('losing_openings', scope) }}
{% endmacro %}

{% macro set_aside_superseded(relation, scope) %}
    insert into {{ this.schema }}.attendance_set_aside (
        local_authority_code, academic_year, reason, attendance_date, opening, pupil_id, seed_code,
        attendance_code, recorded_at, _file_id, _row_number
    )
    select
        losing.local_authority_code, '{{ scope['academic_year'] }}', 'superseded', losing.attendance_date,
        losing.opening, losing.pupil_id, losing.seed_code, losing.attendance_code, losing.recorded_at,
        losing._file_id, losing._row_number
    from {{ relation }} as losing;
{% endmacro %}
