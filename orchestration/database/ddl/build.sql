-- State of the build: up to which ledger event the layers go, and what is in force at that event.

create table if not exists control.build_state (
    only_row boolean primary key default true check (only_row),
    event_id bigint not null,
    code_version text not null,
    invocation text,
    started_at timestamptz not null default now()
);
comment on table control.build_state is 'The ledger cut of the build in progress, or of the last one. One row.';
comment on column control.build_state.only_row is 'Always true: there is one row.';
comment on column control.build_state.event_id is 'Ledger events up to this one are in the build.';
comment on column control.build_state.code_version is 'Version of the code that builds.';
comment on column control.build_state.invocation is 'Id of the dbt invocation.';
comment on column control.build_state.started_at is 'When the build began.';

create table if not exists control.model_builds (
    model text primary key,
    event_id bigint not null,
    code_version text not null,
    built_at timestamptz not null default now()
);
comment on table control.model_builds is 'The ledger state that each table reflects. One row per dbt model.';
comment on column control.model_builds.model is 'Name of the dbt model.';
comment on column control.model_builds.event_id is 'The last ledger event in it: the least of its parents.';
comment on column control.model_builds.code_version is 'Version of the code that built it.';
comment on column control.model_builds.built_at is 'When it was built.';

create table if not exists control.failed_tests (
    test_name text primary key,
    models text not null,
    failed_at timestamptz not null default now(),
    code_version text not null
);
alter table control.failed_tests add column if not exists subjects text[] not null default '{core}';
comment on table control.failed_tests is 'Tests of dbt that failed when they last ran, warnings left out: nothing of their subjects is released while one stands. One row per test.';
comment on column control.failed_tests.test_name is 'Name of the test.';
comment on column control.failed_tests.models is 'Models that it looks at.';
comment on column control.failed_tests.subjects is 'Subjects of these models (folders below the layer); core stands for all.';
comment on column control.failed_tests.failed_at is 'When it failed last.';
comment on column control.failed_tests.code_version is 'Version of the code that it failed with.';

create table if not exists control.project_state (
    only_row boolean primary key default true check (only_row),
    rules_hash text not null default '',
    files_hash text not null,
    built_at timestamptz not null default now()
);
alter table control.project_state alter column rules_hash set default '';
comment on table control.project_state is 'The dbt project that the last good build was made with. One row.';
comment on column control.project_state.only_row is 'Always true: there is one row.';
comment on column control.project_state.rules_hash is 'Of former versions: rules are kept by model in control.model_rules.';
comment on column control.project_state.files_hash is 'Hash of all files of the project.';
comment on column control.project_state.built_at is 'When that build ended.';

create table if not exists control.model_rules (
    unique_id text primary key,
    rules_hash text not null
);
comment on table control.model_rules is 'By which rule the rows of each model and seed stand: what differs is built anew. One row per model or seed.';
comment on column control.model_rules.unique_id is 'Name of the model or seed in dbt.';
comment on column control.model_rules.rules_hash is 'Hash of SQL, layout, macros and thresholds; "in work" while a build by another rule has not ended well.';

grant select, insert, update, delete
on control.build_state, control.model_builds, control.failed_tests, control.project_state, control.model_rules
to transformer;

-- Both views look at one small table of events at a time: milliseconds, also after years of nights.
create or replace view control.deliveries_in_force as
with cut as (
    select coalesce(max(build_state.event_id), 9223372036854775807) as event_id
    from control.build_state
),

delivery_events as (
    select
        ledger_events.delivery_id,
        max(ledger_events.event_id) filter (where ledger_events.kind = 'landed') as landed_event_id,
        max(ledger_events.event_id) filter (
            where ledger_events.kind in ('landed', 'restored') and ledger_events.file_id is null
        ) as restored_event_id,
        max(ledger_events.event_id) filter (
            where ledger_events.kind = 'withdrawn' and ledger_events.file_id is null
        ) as withdrawn_event_id
    from control.ledger_events
    where ledger_events.event_id <= (select cut.event_id from cut)
    group by ledger_events.delivery_id
),

standing as (
    select deliveries.*
    from control.deliveries
    inner join delivery_events on deliveries.delivery_id = delivery_events.delivery_id
    where
        delivery_events.landed_event_id is not null
        and (
            delivery_events.withdrawn_event_id is null
            or delivery_events.restored_event_id > delivery_events.withdrawn_event_id
        )
)

-- A delivery that is superseded itself still supersedes: with C over B over A, A is out as well.
select
    standing.delivery_id,
    standing.delivery_key,
    standing.local_authority_code,
    standing.extract_date,
    standing.sequence,
    standing.supersedes
from standing
where not exists (
    select 1
    from standing as successor
    where
        successor.supersedes = standing.delivery_key
        and successor.delivery_id <> standing.delivery_id
        and successor.local_authority_code = standing.local_authority_code
        and not exists (
            select 1
            from control.files
            where files.delivery_id = successor.delivery_id and files.status = 'quarantined'
        )
);
comment on view control.deliveries_in_force is 'Deliveries that count at the ledger cut of the build: landed, not withdrawn, not superseded. One row per delivery.';
comment on column control.deliveries_in_force.delivery_id is 'Number of the delivery.';
comment on column control.deliveries_in_force.delivery_key is 'Folder of the delivery below the landing folder.';
comment on column control.deliveries_in_force.local_authority_code is 'GSS code of the council that sent it.';
comment on column control.deliveries_in_force.extract_date is 'Day of the extract.';
comment on column control.deliveries_in_force.sequence is 'Number of the delivery within its extract date.';
comment on column control.deliveries_in_force.supersedes is 'delivery_key of the delivery that it replaces.';

create or replace view control.files_in_force as
with cut as (
    select coalesce(max(build_state.event_id), 9223372036854775807) as event_id
    from control.build_state
),

-- Files that were set aside or quarantined at first and landed by a later event of their own.
landed_by_themselves as (
    select
        ledger_events.file_id,
        min(ledger_events.event_id) as first_event_id
    from control.ledger_events
    where ledger_events.file_id is not null and ledger_events.kind in ('landed', 'replayed')
    group by ledger_events.file_id
)

select
    files.file_id,
    files.delivery_id,
    deliveries_in_force.local_authority_code,
    files.feed,
    files.kind,
    files.extracted_at,
    deliveries_in_force.extract_date,
    deliveries_in_force.sequence,
    case
        when extract(month from spoken_of.day) >= 8
            then to_char(spoken_of.day, 'YYYY') || '/' || to_char(spoken_of.day + interval '1 year', 'YY')
        else to_char(spoken_of.day - interval '1 year', 'YYYY') || '/' || to_char(spoken_of.day, 'YY')
    end as academic_year
from control.files
inner join control.deliveries_in_force on files.delivery_id = deliveries_in_force.delivery_id
left join landed_by_themselves on files.file_id = landed_by_themselves.file_id
cross join lateral (
    select
        case
            when files.kind = 'snapshot' and files.extracted_at is not null
                then (files.extracted_at at time zone 'Europe/London')::date
            else deliveries_in_force.extract_date
        end as day
) as spoken_of
where
    files.status = 'landed'
    and (
        landed_by_themselves.first_event_id is null
        or landed_by_themselves.first_event_id <= (select cut.event_id from cut)
    );
comment on view control.files_in_force is 'Landed files of deliveries in force at the ledger cut of the build. One row per file.';
comment on column control.files_in_force.file_id is 'Number of the file; _file_id of its rows in raw.';
comment on column control.files_in_force.delivery_id is 'The delivery it came with.';
comment on column control.files_in_force.local_authority_code is 'GSS code of the council.';
comment on column control.files_in_force.feed is 'Name of the feed.';
comment on column control.files_in_force.kind is 'snapshot or delta.';
comment on column control.files_in_force.extracted_at is 'When the file was extracted.';
comment on column control.files_in_force.extract_date is 'Day of the extract.';
comment on column control.files_in_force.sequence is 'Number of the delivery within its extract date.';
comment on column control.files_in_force.academic_year is 'The year a snapshot speaks of, from when it was extracted; of other files that of the extract date.';

grant select on control.build_state, control.deliveries_in_force, control.files_in_force to pseudonymiser;
