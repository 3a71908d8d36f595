-- Researchers' projects: what was approved, who works in one, and the extract that its logins read. Acts are rows that
-- are added and never changed; the extracts are written by the build, under tokens of each project's own.

create table if not exists access.projects (
    project_name text primary key check (project_name ~ '^[a-z][a-z0-9_]{1,40}$'),
    purpose text not null check (purpose ~ '\S'),
    owner_name text not null check (owner_name ~ '\S'),
    local_authority_code text not null,
    subjects text [] not null,
    made_by text not null,
    made_at timestamptz not null default now()
);
comment on table access.projects is 'Researchers'' projects as approved; a name means one project for good. One row per project.';
comment on column access.projects.project_name is 'Short name; the domain of its tokens follows from it.';
comment on column access.projects.purpose is 'What the records are for.';
comment on column access.projects.owner_name is 'Who answers for the project.';
comment on column access.projects.local_authority_code is 'GSS code of the one council whose records it has.';
comment on column access.projects.subjects is 'Subjects besides the pupils'' characteristics, such as attendance.';
comment on column access.projects.made_by is 'Who declared it.';
comment on column access.projects.made_at is 'When.';

create table if not exists access.project_columns (
    project_name text not null references access.projects,
    column_name text not null,
    detail text not null,
    reason text,
    primary key (project_name, column_name)
);
comment on table access.project_columns is 'Columns that a project was approved for. One row per project and column.';
comment on column access.project_columns.project_name is 'The project.';
comment on column access.project_columns.column_name is 'Name of the column.';
comment on column access.project_columns.detail is 'How finely it is said: one of the column''s degrees of detail.';
comment on column access.project_columns.reason is 'Why it is needed, where the column or the detail takes a reason.';

create table if not exists access.project_terms (
    term_id integer generated always as identity primary key,
    project_name text not null references access.projects,
    valid_until date not null,
    given_by text not null,
    given_at timestamptz not null default now()
);
create index if not exists project_terms_by_project on access.project_terms (project_name, term_id);
comment on table access.project_terms is 'Last days that projects were given; a project''s newest counts. One row per act.';
comment on column access.project_terms.term_id is 'Number of the act.';
comment on column access.project_terms.project_name is 'The project.';
comment on column access.project_terms.valid_until is 'Last day on which it can be read.';
comment on column access.project_terms.given_by is 'Who gave it.';
comment on column access.project_terms.given_at is 'When.';

create table if not exists access.project_ends (
    project_name text primary key references access.projects,
    reason text not null,
    ended_by text not null,
    ended_at timestamptz not null default now()
);
comment on table access.project_ends is 'Projects that were ended by somebody, for good. One row per project.';
comment on column access.project_ends.project_name is 'The project.';
comment on column access.project_ends.reason is 'Why.';
comment on column access.project_ends.ended_by is 'Who ended it.';
comment on column access.project_ends.ended_at is 'When; nothing of it is read from then on.';

create table if not exists access.project_logins (
    login_name text primary key references access.logins,
    project_name text not null references access.projects,
    given_by text not null,
    given_at timestamptz not null default now()
);
comment on table access.project_logins is 'Logins of researchers, each of one project for good. One row per login.';
comment on column access.project_logins.login_name is 'The login.';
comment on column access.project_logins.project_name is 'Its project.';
comment on column access.project_logins.given_by is 'Who put it there.';
comment on column access.project_logins.given_at is 'When.';

create table if not exists control.project_measures (
    measure_id integer generated always as identity primary key,
    project_name text not null,
    measured_at timestamptz not null default clock_timestamp(),
    quasi_identifiers text [] not null,
    smallest_group integer not null check (smallest_group > 1),
    pupils integer not null,
    unique_before integer not null,
    few_before integer not null,
    unique_after integer not null,
    generalised integer not null,
    withheld integer not null
);
create index if not exists project_measures_by_project on control.project_measures (project_name, measure_id);
comment on table control.project_measures is
'How many pupils of a project''s extract are alike, measured at each build. One row per project and build.';
comment on column control.project_measures.measure_id is 'Number of the measurement.';
comment on column control.project_measures.project_name is 'The project.';
comment on column control.project_measures.measured_at is 'When.';
comment on column control.project_measures.quasi_identifiers is 'Columns by which pupils were compared, all years of a pupil together.';
comment on column control.project_measures.smallest_group is 'The bar: each pupil is like at least so many, itself included.';
comment on column control.project_measures.pupils is 'Pupils before anything was said less finely.';
comment on column control.project_measures.unique_before is 'Pupils like nobody else, in the detail that was declared.';
comment on column control.project_measures.few_before is 'Pupils like fewer than the bar, these included.';
comment on column control.project_measures.unique_after is 'Pupils like nobody else in the extract; 0, or there is none.';
comment on column control.project_measures.generalised is 'Pupils with a value less fine than declared, or withheld.';
comment on column control.project_measures.withheld is 'Pupils left out: fewer than the bar are like them whatever is left of them.';

create or replace function access.keep_project_acts() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'what was done about a project is added, never changed: end it, or make another'
    using errcode = 'check_violation';
end
$$;
comment on function access.keep_project_acts() is 'Refuses to change or delete what was done about a project.';
create or replace trigger keep_project_acts before update or delete on access.projects
for each row execute function access.keep_project_acts();
create or replace trigger keep_project_acts before update or delete on access.project_columns
for each row execute function access.keep_project_acts();
create or replace trigger keep_project_acts before update or delete on access.project_terms
for each row execute function access.keep_project_acts();
create or replace trigger keep_project_acts before update or delete on access.project_ends
for each row execute function access.keep_project_acts();
create or replace trigger keep_project_acts before update or delete on access.project_logins
for each row execute function access.keep_project_acts();
create or replace trigger keep_project_acts before update or delete on control.project_measures
for each row execute function access.keep_project_acts();

create or replace view access.project_states as
select
    projects.project_name,
    projects.purpose,
    projects.owner_name,
    projects.local_authority_code,
    projects.subjects,
    projects.made_by,
    projects.made_at,
    terms.valid_until,
    ends.ended_at,
    ends.ended_by,
    ends.reason as end_reason,
    case
        when ends.ended_at is not null then 'ended'
        when terms.valid_until < access.today() then 'over'
        else 'in force'
    end as state
from access.projects
cross join lateral (
    select project_terms.valid_until from access.project_terms
    where project_terms.project_name = projects.project_name
    order by project_terms.term_id desc limit 1
) as terms
left join access.project_ends as ends on projects.project_name = ends.project_name;
comment on view access.project_states is 'Each project with its last day, and whether it is in force today. One row per project.';
comment on column access.project_states.project_name is 'The project.';
comment on column access.project_states.purpose is 'What the records are for.';
comment on column access.project_states.owner_name is 'Who answers for it.';
comment on column access.project_states.local_authority_code is 'GSS code of its council.';
comment on column access.project_states.subjects is 'Its subjects.';
comment on column access.project_states.made_by is 'Who declared it.';
comment on column access.project_states.made_at is 'When.';
comment on column access.project_states.valid_until is 'Its last day.';
comment on column access.project_states.ended_at is 'When it was ended; null: it was not.';
comment on column access.project_states.ended_by is 'Who ended it.';
comment on column access.project_states.end_reason is 'Why it was ended.';
comment on column access.project_states.state is 'in force; over (its last day has passed); ended.';

-- Asked by the functions below and by the policies of the extracts; a setting of the session plays no part.
create or replace function access.current_project() returns text
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
select states.project_name
from access.project_logins as members
inner join access.logins on members.login_name = logins.login_name
inner join access.project_states as states on members.project_name = states.project_name
where members.login_name = session_user::text
    and states.state = 'in force'
    and logins.ended_at is null
    and coalesce(logins.valid_until, 'infinity') >= access.today()
    and states.local_authority_code = any(access.reader_authorities())
$$;
comment on function access.current_project() is
'The project whose extract the login that asks may read today; null where there is none.';

create or replace function access.why_no_project() returns text
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
select coalesce(
    (
        select case states.state
            when 'ended' then format('The project %s was ended on %s: nothing of it can be read.', states.project_name, states.ended_at::date)
            when 'over' then format('The last day of the project %s was %s: nothing of it can be read.', states.project_name, states.valid_until)
            else format('This login is over, or its council was taken back: nothing of the project %s can be read.', states.project_name)
        end
        from access.project_logins as members
        inner join access.project_states as states on members.project_name = states.project_name
        where members.login_name = session_user::text
    ),
    'This login belongs to no project: records are read in a project alone.'
)
$$;
comment on function access.why_no_project() is 'Why the login that asks reads no extract, in words.';

create or replace function access.my_project()
returns table (
    project_name text, purpose text, owner_name text, local_authority_code text, subjects text [], valid_until date,
    measured_at timestamptz, pupils integer, smallest_group integer
)
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
select
    states.project_name, states.purpose, states.owner_name, states.local_authority_code, states.subjects,
    states.valid_until, measures.measured_at, measures.pupils - measures.withheld, measures.smallest_group
from access.project_states as states
left join lateral (
    select project_measures.* from control.project_measures
    where project_measures.project_name = states.project_name
    order by project_measures.measure_id desc limit 1
) as measures on true
where states.project_name = access.current_project()
$$;
comment on function access.my_project() is 'The project of the login that asks, and how large its extract is.';

create or replace function access.my_project_columns()
returns table (column_name text, detail text, reason text)
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
select columns.column_name, columns.detail, columns.reason
from access.project_columns as columns where columns.project_name = access.current_project()
order by 1
$$;
comment on function access.my_project_columns() is 'Columns that the project of the login that asks was approved for.';

create table if not exists projects.pupils (
    project_name text not null,
    pupil_token uuid not null,
    academic_year text not null,
    school text,
    sector text,
    stage text,
    sex text,
    age text,
    deprivation text,
    urban_rural text,
    ethnicity text,
    free_meals text,
    looked_after text,
    primary key (project_name, pupil_token, academic_year)
);
comment on table projects.pupils is 'Characteristics of pupils by project, in its detail. One row per project, pupil and academic year.';
create table if not exists projects.attendance_months (
    project_name text not null,
    pupil_token uuid not null,
    month date not null,
    academic_year text not null,
    openings_attended integer,
    openings_late integer,
    openings_authorised integer,
    openings_unauthorised integer,
    openings_excluded integer,
    openings_unknown_reason integer,
    openings_not_counted integer,
    openings_not_recorded integer,
    primary key (project_name, pupil_token, month)
);
comment on table projects.attendance_months is 'Openings of pupils by project. One row per project, pupil and month.';
create table if not exists projects.degrees (
    project_name text not null,
    pupil_token uuid not null,
    steps integer not null check (steps > 0),
    primary key (project_name, pupil_token)
);
comment on table projects.degrees is
'Pupils whose values are said less finely than declared, and stay so: how many steps were taken. One row per project and pupil.';
comment on column projects.degrees.project_name is 'The project.';
comment on column projects.degrees.pupil_token is 'The pupil''s token in it.';
comment on column projects.degrees.steps is 'Steps from the declared detail on, in the order of the columns that are on offer.';

-- The functions name the project already; the policies hold for whatever else may come to read these tables.
alter table projects.pupils enable row level security;
alter table projects.pupils force row level security;
drop policy if exists read_by_project on projects.pupils;
create policy read_by_project on projects.pupils for select to warehouse_owner
using (project_name = access.current_project());
drop policy if exists written_by_build on projects.pupils;
create policy written_by_build on projects.pupils for all to transformer using (true) with check (true);
alter table projects.attendance_months enable row level security;
alter table projects.attendance_months force row level security;
drop policy if exists read_by_project on projects.attendance_months;
create policy read_by_project on projects.attendance_months for select to warehouse_owner
using (project_name = access.current_project());
drop policy if exists written_by_build on projects.attendance_months;
create policy written_by_build on projects.attendance_months for all to transformer using (true) with check (true);

alter table projects.degrees enable row level security;
alter table projects.degrees force row level security;
drop policy if exists written_by_build on projects.degrees;
create policy written_by_build on projects.degrees for all to transformer using (true) with check (true);

-- As the doors of released tables: nothing from the caller, rows by the index, a bare function scan as plan; and in the
-- order of the project's own tokens, so that two extracts have no order in common.
create or replace function projects.read_pupils()
returns table (
    pupil_token uuid, academic_year text, school text, sector text, stage text, sex text, age text, deprivation text,
    urban_rural text, ethnicity text, free_meals text, looked_after text
)
language plpgsql stable security definer rows 1000
set search_path = pg_catalog, pg_temp set row_security = on set enable_seqscan = off as $$
#variable_conflict use_column
declare
    mine constant text := access.current_project();
begin
    if mine is null then
        raise exception '%', access.why_no_project() using errcode = 'insufficient_privilege';
    end if;
    perform access.note_read('research_pupils');
    return query
    select
        rows.pupil_token, rows.academic_year, rows.school, rows.sector, rows.stage, rows.sex, rows.age, rows.deprivation,
        rows.urban_rural, rows.ethnicity, rows.free_meals, rows.looked_after
    from projects.pupils as rows
    where rows.project_name = mine
    order by rows.pupil_token, rows.academic_year;
end
$$;
comment on function projects.read_pupils() is 'Rows of projects.pupils of the login''s project; each reading is noted.';

create or replace function projects.read_attendance_months()
returns table (
    pupil_token uuid, month date, academic_year text, openings_attended integer, openings_late integer,
    openings_authorised integer, openings_unauthorised integer, openings_excluded integer,
    openings_unknown_reason integer, openings_not_counted integer, openings_not_recorded integer
)
language plpgsql stable security definer rows 1000
set search_path = pg_catalog, pg_temp set row_security = on set enable_seqscan = off as $$
#variable_conflict use_column
declare
    mine constant text := access.current_project();
begin
    if mine is null then
        raise exception '%', access.why_no_project() using errcode = 'insufficient_privilege';
    end if;
    perform access.note_read('research_attendance_months');
    return query
    select
        rows.pupil_token, rows.month, rows.academic_year, rows.openings_attended, rows.openings_late,
        rows.openings_authorised, rows.openings_unauthorised, rows.openings_excluded, rows.openings_unknown_reason,
        rows.openings_not_counted, rows.openings_not_recorded
    from projects.attendance_months as rows
    where rows.project_name = mine
    order by rows.pupil_token, rows.month;
end
$$;
comment on function projects.read_attendance_months() is
'Rows of projects.attendance_months of the login''s project; each reading is noted.';

create or replace view research.project as
select
    project_name, purpose, owner_name, local_authority_code, subjects, valid_until, measured_at, pupils, smallest_group
from access.my_project();
create or replace view research.columns as
select column_name, detail, reason from access.my_project_columns();
create or replace view research.pupils as
select
    pupil_token, academic_year, school, sector, stage, sex, age, deprivation, urban_rural, ethnicity, free_meals,
    looked_after
from projects.read_pupils();
create or replace view research.attendance_months as
select
    pupil_token, month, academic_year, openings_attended, openings_late, openings_authorised, openings_unauthorised,
    openings_excluded, openings_unknown_reason, openings_not_counted, openings_not_recorded
from projects.read_attendance_months();

comment on view research.project is 'Your project: purpose, council, last day, and how many pupils are in its extract. One row.';
comment on column research.project.project_name is 'Name of the project.';
comment on column research.project.purpose is 'What the records are for.';
comment on column research.project.owner_name is 'Who answers for it.';
comment on column research.project.local_authority_code is 'GSS code of the council.';
comment on column research.project.subjects is 'Subjects of the extract besides the pupils'' characteristics.';
comment on column research.project.valid_until is 'Last day on which it can be read.';
comment on column research.project.measured_at is 'When the extract was last made; null: not yet.';
comment on column research.project.pupils is 'Pupils in the extract.';
comment on column research.project.smallest_group is 'Each pupil is like at least so many in what identifies, itself included.';
comment on view research.columns is 'Columns that your project has, and in which detail; the others are null. One row per column.';
comment on column research.columns.column_name is 'Name of the column.';
comment on column research.columns.detail is 'How finely it is said.';
comment on column research.columns.reason is 'Why the project has it in that detail, where that takes a reason.';
comment on view research.pupils is
'Characteristics of the pupils of your project, at the base school of the year. A column that the project has not declared is null (research.columns). One row per pupil and academic year.';
comment on column research.pupils.pupil_token is 'Pseudonym in this project; in another one the same pupil has another.';
comment on column research.pupils.academic_year is 'August to July, written 2025/26.';
comment on column research.pupils.school is 'SEED code of the base school, or withheld.';
comment on column research.pupils.sector is 'primary, secondary, special, or withheld.';
comment on column research.pupils.stage is 'Stage or group of stages, unknown, or withheld.';
comment on column research.pupils.sex is 'F, M, unknown, or withheld.';
comment on column research.pupils.age is 'Age on 30 September, in bands or years, unknown, or withheld.';
comment on column research.pupils.deprivation is 'SIMD 2020v2 decile, quintile or group of the home''s data zone, unknown, or withheld. Of an area, not of a child.';
comment on column research.pupils.urban_rural is 'Six-fold urban-rural class of the home''s data zone or urban, town, rural; unknown, or withheld.';
comment on column research.pupils.ethnicity is 'Group, unknown, or withheld.';
comment on column research.pupils.free_meals is 'Registered for free school meals: yes, no, unknown.';
comment on column research.pupils.looked_after is 'Looked after: yes, no or in more detail, unknown.';
comment on view research.attendance_months is
'Openings (half days) of the pupils of your project, over all schools of the council. A column that the project has not declared is null. One row per pupil and month.';
comment on column research.attendance_months.pupil_token is 'Pseudonym in this project, as in research.pupils.';
comment on column research.attendance_months.month is 'First day of the month.';
comment on column research.attendance_months.academic_year is 'August to July, written 2025/26.';
comment on column research.attendance_months.openings_attended is 'Present, late and work experience included.';
comment on column research.attendance_months.openings_late is 'Of these, late.';
comment on column research.attendance_months.openings_authorised is 'Absent, authorised.';
comment on column research.attendance_months.openings_unauthorised is 'Absent, not authorised.';
comment on column research.attendance_months.openings_excluded is 'Absent, excluded.';
comment on column research.attendance_months.openings_unknown_reason is 'Absent, of unknown reason.';
comment on column research.attendance_months.openings_not_counted is 'Recorded and not counted as possible (extended leave).';
comment on column research.attendance_months.openings_not_recorded is 'Expected and delivered by nobody; neither presence nor absence.';

-- the tables say what their views say
do $$
declare
    one record;
begin
    for one in
        select tables.relname, columns.attname, coalesce(col_description(shown.attrelid, shown.attnum), 'The project.') as said
        from pg_catalog.pg_class as tables
        inner join pg_catalog.pg_attribute as columns on columns.attrelid = tables.oid and columns.attnum > 0
        left join pg_catalog.pg_attribute as shown
            on shown.attrelid = to_regclass('research.' || tables.relname) and shown.attname = columns.attname
        where tables.relnamespace = 'projects'::regnamespace and tables.relname in ('pupils', 'attendance_months')
            and tables.relkind = 'r' and not columns.attisdropped
    loop
        execute format('comment on column projects.%I.%I is %L', one.relname, one.attname, one.said);
    end loop;
end
$$;

revoke all on function access.keep_project_acts(), access.current_project(), access.why_no_project(), access.my_project(),
access.my_project_columns(), projects.read_pupils(), projects.read_attendance_months() from public;
grant execute on function access.my_project(), access.my_project_columns(), projects.read_pupils(),
projects.read_attendance_months() to researcher;
grant execute on function access.today() to pseudonymiser, transformer;
grant select on research.project, research.columns, research.pupils, research.attendance_months to researcher;
grant select, insert, delete on projects.pupils, projects.attendance_months to transformer;
grant select, insert, update, delete on projects.degrees to transformer;
grant select on access.projects, access.project_columns, access.project_terms, access.project_ends, access.project_logins,
access.project_states to steward, auditor;
grant select on access.project_states to pseudonymiser, transformer;
grant select on access.project_columns to transformer;
grant insert on access.projects, access.project_columns, access.project_terms, access.project_ends to steward;
grant insert on control.project_measures to transformer;
