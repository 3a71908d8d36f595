-- Logins of people who read SQL: what was declared, which `warehouse up` and `warehouse access review` compare with
-- what the database has. A login belongs to a group and holds no right by itself; its scope is one authority.
do $$
begin
    if to_regclass('access.logins') is not null then
        return;
    end if;
    create table access.logins (
        login_name text primary key check (login_name ~ '^[a-z][a-z0-9_]{1,62}$'),
        group_name text not null check (group_name in ('analyst', 'researcher')),
        valid_until date,
        made_by text not null,
        made_at timestamptz not null default now(),
        ended_at timestamptz,
        ended_by text,
        check ((ended_at is null) = (ended_by is null))
    );
    -- an earlier version had logins made by hand: those that are readers are taken over
    insert into access.logins (login_name, group_name, made_by)
    select roles.rolname, min(groups.rolname), 'taken over'
    from pg_catalog.pg_roles as roles
    inner join pg_catalog.pg_auth_members as members on members.member = roles.oid
    inner join pg_catalog.pg_roles as groups on groups.oid = members.roleid and groups.rolname in ('analyst', 'researcher')
    inner join access.readers on readers.reader_name = roles.rolname and readers.kind = 'login'
    where roles.rolcanlogin and not roles.rolsuper and roles.rolname ~ '^[a-z][a-z0-9_]{1,62}$'
        and roles.rolname not in ('shared_analyst', 'shared_researcher')
    group by roles.rolname;
end
$$;
comment on table access.logins is 'Logins of people who read SQL, as declared. One row per login; none is deleted.';
comment on column access.logins.login_name is 'Name of the database role, and of its reader in access.readers.';
comment on column access.logins.group_name is 'Whose rights it has: analyst or researcher.';
comment on column access.logins.valid_until is 'Last day on which it can log in; null: taken over from before logins had an end.';
comment on column access.logins.made_by is 'Who made it.';
comment on column access.logins.made_at is 'When.';
comment on column access.logins.ended_at is 'When it was ended; null: it was not.';
comment on column access.logins.ended_by is 'Who ended it.';
grant select on access.logins to steward, auditor;

create table if not exists control.sql_reads (
    read_key uuid primary key default gen_random_uuid(),
    at timestamptz not null default clock_timestamp(),
    login_name text not null,
    mart text not null,
    authorities text [] not null,
    backend integer,
    noted_by text not null default 'query' check (noted_by in ('query', 'log'))
);
create index if not exists sql_reads_by_login on control.sql_reads (login_name, at);
create index if not exists sql_reads_by_time on control.sql_reads using brin (at);
comment on table control.sql_reads is
'Which login read which mart by SQL. One row per session, mart and minute; in read-only transactions per reading.';
comment on column control.sql_reads.read_key is 'Key of the line, the same in the server''s log.';
comment on column control.sql_reads.at is 'When.';
comment on column control.sql_reads.login_name is 'The login, as it connected.';
comment on column control.sql_reads.mart is 'Name of the mart.';
comment on column control.sql_reads.authorities is 'GSS codes of the authorities whose rows it saw.';
comment on column control.sql_reads.backend is 'Process of the session.';
comment on column control.sql_reads.noted_by is
'query: written with the query; log: taken from the server''s log, because the transaction was read-only or rolled back.';

create or replace function control.keep_sql_reads() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'lines of control.sql_reads are added and forgotten, never changed' using errcode = 'check_violation';
end
$$;
comment on function control.keep_sql_reads() is 'Refuses to change a line of control.sql_reads.';
revoke all on function control.keep_sql_reads() from public;
create or replace trigger keep_sql_reads before update on control.sql_reads
for each row execute function control.keep_sql_reads();
alter table control.sql_reads enable row level security;
drop policy if exists read_by_auditor on control.sql_reads;
create policy read_by_auditor on control.sql_reads for select to auditor, steward using (true);

-- The log first: a reader may roll the line back, or read in a transaction that writes nothing, never the log.
create or replace function access.note_read(mart_name text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    key uuid;
    codes text [];
begin
    if session_user = 'dashboard' then
        return; -- pages are on record in control.page_reads
    end if;
    if exists (
        select from control.sql_reads
        where sql_reads.login_name = session_user::text and sql_reads.at > clock_timestamp() - interval '1 minute'
            and sql_reads.mart = mart_name and sql_reads.backend = pg_backend_pid()
    ) then
        return;
    end if;
    key := gen_random_uuid();
    codes := access.reader_authorities();
    raise log 'warehouse read % % % %', key, session_user, mart_name, coalesce(nullif(array_to_string(codes, ','), ''), '-');
    if current_setting('transaction_read_only') = 'off' then
        insert into control.sql_reads (read_key, login_name, mart, authorities, backend)
        values (key, session_user, mart_name, codes, pg_backend_pid());
    end if;
end
$$;
comment on function access.note_read(text) is
'Notes that the login which asks reads a mart: in the server''s log, and where the transaction may write in control.sql_reads.';

-- Called every night with what the server's log has: lines of readings that left no row.
create or replace function access.take_in_reads(lines jsonb) returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
with added as (
    insert into control.sql_reads (read_key, at, login_name, mart, authorities, backend, noted_by)
    select found.read_key, found.at, found.login_name, found.mart, string_to_array(found.authorities, ','), found.backend, 'log'
    from jsonb_to_recordset(lines) as found
        (read_key uuid, at timestamptz, login_name text, mart text, authorities text, backend integer)
    on conflict do nothing
    returning 1
)
select count(*) from added
$$;
comment on function access.take_in_reads(jsonb) is 'Adds readings from the server''s log that control.sql_reads does not have.';

create or replace function access.forget_sql_reads() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
with forgotten as (
    delete from control.sql_reads using access.retention
    where retention.table_name = 'control.sql_reads'
        and sql_reads.at < now() - make_interval(days => retention.keep_days)
    returning 1
)
select count(*) from forgotten
$$;
comment on function access.forget_sql_reads() is
'Deletes lines of control.sql_reads that are older than access.retention says, and answers how many.';
revoke all on function access.note_read(text), access.take_in_reads(jsonb), access.forget_sql_reads() from public;
grant execute on function access.note_read(text) to aggregated_owner;
grant execute on function access.take_in_reads(jsonb), access.forget_sql_reads() to releaser;
