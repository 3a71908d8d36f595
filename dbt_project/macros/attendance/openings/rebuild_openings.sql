{#-
All rows of a scope, from raw, into a new partition: `create table as` in parallel, then only pupils' months
with more rows than half days are ranked (a window over all 26.7 million rows would take most of the time), only
pupils with marks at several schools are looked at for marks made elsewhere, then the key.
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
            and not {{ is_out_of_scope('arrivals', scope) }}
    {% endcall %}
    {% set rows_with_pupil = load_result('arrive')['response'].rows_affected %}
    {% if rows_with_pupil != scope['row_count'] | int %}
        {% call statement('hold') %}{{ hold_openings(arrivals, scope) }}{% endcall %}
    {% endif %}
    {% call statement('resolve') %}
        -- without it the planner takes pupil and school for independent, and sorts where it should hash
        create statistics {{ partition }}_pupils (ndistinct) on pupil_id, seed_code from {{ partition }};
        analyze {{ partition }};
        {{ find_pupils_at_several_schools(partition, scope) }}
        {{ supersede_within(partition, scope) if scope['may_repeat'] }}
        {{ set_aside_elsewhere_within(partition, scope) }}
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

{#- Rows whose pupil is not known, or is in early learning alone. -#}
{% macro hold_openings(arrivals, scope) %}
    drop table if exists held_openings_found;
    -- a table of its own: only `create table as` reads in parallel
    create temporary table held_openings_found as
    select
        arrivals.local_authority_code, arrivals.attendance_date, arrivals.opening, arrivals.pupil_id,
        arrivals.seed_code, arrivals.attendance_code, arrivals.recorded_at, arrivals.scn, arrivals._file_id,
        arrivals._row_number
    from {{ arrivals }} as arrivals
    where {{ openings_in_scope('arrivals', scope) }}
        and arrivals._file_id = any('{{ scope['file_ids'] }}'::integer[])
        and (
            arrivals.pupil_id is null
            or {{ is_out_of_scope('arrivals', scope) }}
        );
    {{ set_aside_rows('held_openings_found', scope) }}
{% endmacro %}

{#- Rows that wait for their pupil, or that are of pupils in early learning alone: those are not ranked. -#}
{% macro set_aside_rows(relation, scope) %}
    insert into {{ this.schema }}.attendance_set_aside (
        local_authority_code, academic_year, reason, attendance_date, opening, pupil_id, seed_code,
        attendance_code, recorded_at, scn, _file_id, _row_number
    )
    select
        found.local_authority_code, '{{ scope['academic_year'] }}',
        case when found.pupil_id is null then 'held_identity' else 'out_of_scope' end, found.attendance_date,
        found.opening, found.pupil_id, found.seed_code, found.attendance_code, found.recorded_at,
        case when found.pupil_id is null then found.scn end, found._file_id, found._row_number
    from {{ relation }} as found;
{% endmacro %}

{#- Pupils with marks at more than one school: few. Where months are counted anyway, out of these. -#}
{% macro find_pupils_at_several_schools(partition, scope) %}
    drop table if exists pupil_school_months, {{ this.schema }}.pupils_at_several_schools;
    {% if scope['may_repeat'] %}
    create temporary table pupil_school_months as
    select
        openings.pupil_id,
        openings.seed_code,
        days.month,
        count(*) <> bit_count(bit_or({{ slot_on('days', 'openings.opening') }})::bit(64)) as is_repeated
    from {{ partition }} as openings
    inner join {{ ref('canonical_days') }} as days on openings.attendance_date = days.attendance_date
    group by openings.pupil_id, openings.seed_code, days.month;
    {% endif %}
    -- no temporary one: workers do not read those
    create table {{ this.schema }}.pupils_at_several_schools as
    select schools.pupil_id
    from {{ 'pupil_school_months' if scope['may_repeat'] else partition }} as schools
    group by schools.pupil_id
    having min(schools.seed_code) <> max(schools.seed_code);
    analyze {{ this.schema }}.pupils_at_several_schools;
{% endmacro %}

{#- Move marks made where the pupil is not enrolled, while marked where he is (rule 17), to the rows set aside. -#}
{% macro set_aside_elsewhere_within(partition, scope) %}
    drop table if exists marks_at_several_schools, openings_elsewhere;
    create temporary table marks_at_several_schools as
    select
        {{ openings_columns() }},
        openings.ctid as place,
        count(*) over (partition by openings.attendance_date, openings.opening, openings.pupil_id) as schools
    from {{ partition }} as openings
    inner join {{ this.schema }}.pupils_at_several_schools using (pupil_id);
    drop table {{ this.schema }}.pupils_at_several_schools;
    delete from marks_at_several_schools where schools = 1;
    analyze marks_at_several_schools;
    create temporary table openings_elsewhere as
    {{ marked_elsewhere('marks_at_several_schools', scope) }};
    analyze openings_elsewhere;

    delete from {{ partition }} as openings
    using openings_elsewhere
    where openings.ctid = openings_elsewhere.place;
    {{ set_aside_known('openings_elsewhere', 'marked_elsewhere', scope) }}
{% endmacro %}

{#- A query: the rows of `relation`, of which each is the latest of its pupil, school and half day, that were made where
    the pupil is not enrolled that day, on a half day that is marked where he is. -#}
{% macro marked_elsewhere(relation, scope) %}
    select judged.*
    from (
        select
            placed.*,
            bool_or(placed.is_enrolled) over (
                partition by placed.attendance_date, placed.opening, placed.pupil_id
            ) as is_marked_where_enrolled
        from (
            select
                marks.*,
                exists (
                    select 1
                    from ({{ openings_enrolments() }}) as enrolments
                    where enrolments.local_authority_code = '{{ scope['local_authority_code'] }}'
                        and enrolments.academic_year = '{{ scope['academic_year'] }}'
                        and enrolments.pupil_id = marks.pupil_id
                        and enrolments.seed_code = marks.seed_code
                        and marks.attendance_date between enrolments.counts_from and enrolments.counts_to
                        and not enrolments.is_out_of_scope
                ) as is_enrolled
            from {{ relation }} as marks
        ) as placed
    ) as judged
    where judged.is_marked_where_enrolled and not judged.is_enrolled
{% endmacro %}

{#- Move the losing rows of a new partition to the rows set aside. -#}
{% macro supersede_within(partition, scope) %}
    drop table if exists repeated_months;
    create temporary table repeated_months as
    select months.pupil_id, months.seed_code, months.month from pupil_school_months as months where months.is_repeated;
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
    {{ set_aside_known('losing_openings', 'superseded', scope) }}
{% endmacro %}

{% macro set_aside_known(relation, reason, scope) %}
    insert into {{ this.schema }}.attendance_set_aside (
        local_authority_code, academic_year, reason, attendance_date, opening, pupil_id, seed_code,
        attendance_code, recorded_at, _file_id, _row_number
    )
    select
        known.local_authority_code, '{{ scope['academic_year'] }}', '{{ reason }}', known.attendance_date,
        known.opening, known.pupil_id, known.seed_code, known.attendance_code, known.recorded_at,
        known._file_id, known._row_number
    from {{ relation }} as known;
{% endmacro %}
