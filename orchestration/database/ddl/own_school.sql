-- Own school: exact figures of a school for its head, by name and until a day. A council turns it on, on the ledger.
-- The tables are release's (schema own_school); here is who may read them, and the line that every reading leaves.

create table if not exists access.heads (
    head_id integer generated always as identity primary key,
    reader_id integer not null references access.readers,
    local_authority_code text not null,
    seed_code text not null check (seed_code ~ '^[0-9]{7}$'),
    sector text not null check (sector in ('primary', 'secondary', 'special')),
    valid_from date not null default current_date,
    valid_until date not null,
    granted_by text not null,
    granted_at timestamptz not null default now(),
    revoked_at timestamptz,
    revoked_by text,
    check (valid_until >= valid_from),
    check ((revoked_at is null) = (revoked_by is null))
);
create index if not exists heads_by_reader on access.heads (reader_id);
comment on table access.heads is
'Who is head of which school, and so sees its own figures exactly. Added and revoked, never changed. One row per grant.';
comment on column access.heads.head_id is 'Number of the grant.';
comment on column access.heads.reader_id is 'The person; groups and logins are heads of nothing.';
comment on column access.heads.local_authority_code is 'GSS code of the council.';
comment on column access.heads.seed_code is 'SEED code of the school, seven digits.';
comment on column access.heads.sector is 'Its sector: a SEED code may have two.';
comment on column access.heads.valid_from is 'First day.';
comment on column access.heads.valid_until is 'Last day; there always is one.';
comment on column access.heads.granted_by is 'Who gave it: the login, and in brackets who it said it was.';
comment on column access.heads.granted_at is 'When.';
comment on column access.heads.revoked_at is 'When it was taken back; null: it was not.';
comment on column access.heads.revoked_by is 'Who took it back: the login, and in brackets who it said it was.';

create or replace trigger keep_revocation before update on access.heads
for each row execute function access.keep_revocation();
create or replace trigger stamp_grant before insert or update on access.heads
for each row execute function access.stamp_grant();

-- What is protected holds against who knows one school, or the two of a shared headship; so nobody knows three.
create or replace function access.keep_heads_few() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    perform pg_advisory_xact_lock(47, new.reader_id);
    if not exists (select from access.readers where readers.reader_id = new.reader_id and readers.kind = 'person') then
        raise exception 'heads are people who sign in to the pages' using errcode = 'check_violation';
    end if;
    if (
        select count(distinct (heads.seed_code, heads.sector)) from access.heads
        where heads.reader_id = new.reader_id and heads.revoked_at is null
            and (heads.seed_code, heads.sector) is distinct from (new.seed_code, new.sector)
            and heads.valid_from <= new.valid_until and heads.valid_until >= new.valid_from
    ) > 1 then
        raise exception 'one person is head of two schools at most' using errcode = 'check_violation';
    end if;
    return new;
end
$$;
comment on function access.keep_heads_few() is 'Refuses a head who is no person, and a third school of one head at a time.';
revoke all on function access.keep_heads_few() from public;
create or replace trigger keep_heads_few before insert on access.heads
for each row execute function access.keep_heads_few();

create or replace function access.own_school_is_on(code text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
select coalesce((
    select ledger_events.kind = 'own_school_on'
    from control.ledger_events
    where ledger_events.local_authority_code = code and ledger_events.kind in ('own_school_on', 'own_school_off')
    order by ledger_events.event_id desc
    limit 1
), false)
$$;
comment on function access.own_school_is_on(text) is
'Whether a council has turned own school on: its last word on the ledger. Off where it has said nothing.';

-- Who sees more than the own schools could work out others' hidden figures with the exact ones, so sees none of them.
create or replace view access.heads_in_force as
select distinct
    heads.reader_id,
    heads.local_authority_code,
    heads.seed_code,
    heads.sector
from access.heads
inner join access.readers on heads.reader_id = readers.reader_id
where heads.revoked_at is null
    and access.today() between heads.valid_from and heads.valid_until
    and readers.kind = 'person'
    and readers.revoked_at is null
    and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity')
    and access.own_school_is_on(heads.local_authority_code)
    and exists (
        select
        from access.scopes_in_force as scopes
        where scopes.reader_id = heads.reader_id
            and scopes.kind = 'establishment'
            and scopes.local_authority_code = heads.local_authority_code
            and scopes.seed_code = heads.seed_code
            and scopes.sector = heads.sector
    )
    and not exists (
        select
        from access.scopes_in_force as scopes
        where scopes.reader_id = heads.reader_id
            and (
                scopes.kind <> 'establishment'
                or not exists (
                    select
                    from access.heads as others
                    where others.reader_id = heads.reader_id
                        and others.seed_code = scopes.seed_code
                        and others.sector = scopes.sector
                        and others.revoked_at is null
                        and access.today() between others.valid_from and others.valid_until
                )
            )
    );
comment on view access.heads_in_force is
'Whose own figures each head may see today: with the scope of that school, and not where the head sees an authority, a cluster or another school as well. One row per reader and school.';
comment on column access.heads_in_force.reader_id is 'The head.';
comment on column access.heads_in_force.local_authority_code is 'GSS code of the council.';
comment on column access.heads_in_force.seed_code is 'SEED code of the school.';
comment on column access.heads_in_force.sector is 'Its sector.';

create table if not exists control.own_school_tables (
    mart text primary key,
    columns text [] not null,
    fingerprint text not null,
    read_condition text,
    applied_at timestamptz not null default now()
);
comment on table control.own_school_tables is 'What the tables of own_school were last made from. One row per table.';
comment on column control.own_school_tables.mart is 'Name of the table.';
comment on column control.own_school_tables.columns is 'Its columns.';
comment on column control.own_school_tables.fingerprint is 'Hash of what it was made from.';
comment on column control.own_school_tables.read_condition is
'Condition of the policy for heads as the database writes it: drift is told by it.';
comment on column control.own_school_tables.applied_at is 'When the table was made.';
grant select, insert, update, delete on control.own_school_tables to releaser;

create table if not exists control.own_school_reads (
    read_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    reader_id integer not null,
    local_authority_code text not null,
    seed_code text not null,
    sector text not null,
    mart text not null,
    noted_in xid8 not null default pg_current_xact_id()
);
create index if not exists own_school_reads_by_reader on control.own_school_reads (reader_id, at);
create index if not exists own_school_reads_by_time on control.own_school_reads using brin (at);
comment on table control.own_school_reads is
'Which head read which exact mart of which school. Written before anything can be read. One row per reading and mart.';
comment on column control.own_school_reads.read_id is 'Number of the line.';
comment on column control.own_school_reads.at is 'When.';
comment on column control.own_school_reads.reader_id is 'The reader.';
comment on column control.own_school_reads.local_authority_code is 'GSS code of the council.';
comment on column control.own_school_reads.seed_code is 'SEED code of the school.';
comment on column control.own_school_reads.sector is 'Its sector.';
comment on column control.own_school_reads.mart is 'The mart.';
comment on column control.own_school_reads.noted_in is 'Transaction that wrote the line: it opens nothing before that is over.';

create or replace function control.keep_own_school_reads() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'lines of control.own_school_reads are added and forgotten, never changed' using errcode = 'check_violation';
end
$$;
comment on function control.keep_own_school_reads() is 'Refuses to change a line of control.own_school_reads.';
revoke all on function control.keep_own_school_reads() from public;
create or replace trigger keep_own_school_reads before update on control.own_school_reads
for each row execute function control.keep_own_school_reads();
alter table control.own_school_reads enable row level security;
drop policy if exists read_by_auditor on control.own_school_reads;
create policy read_by_auditor on control.own_school_reads for select to auditor, steward using (true);

create or replace function access.own_schools()
returns table (local_authority_code text, seed_code text, sector text)
language sql stable security definer set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
select heads.local_authority_code, heads.seed_code, heads.sector
from access.heads_in_force as heads
where session_user = 'dashboard' and heads.reader_id = access.current_reader()
order by 1, 2, 3
$$;
comment on function access.own_schools() is 'Schools whose exact figures the reader of the pages who asks may see now.';

-- For the attacker, which has to know which two schools one person knows.
create or replace function access.shared_headships(code text) returns table (schools text [])
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
select distinct array_agg(distinct heads.seed_code || '|' || heads.sector order by heads.seed_code || '|' || heads.sector)
from access.heads
where heads.local_authority_code = code and heads.revoked_at is null
    and access.today() between heads.valid_from and heads.valid_until
group by heads.reader_id
having count(distinct (heads.seed_code, heads.sector)) > 1
$$;
comment on function access.shared_headships(text) is 'Schools of a council that one person is head of today, as "seed code, stroke, sector"; who it is, is not said.';

-- The line first, and committed: a transaction that is rolled back has read nothing.
create or replace function access.open_own_school(code text, school text, of_sector text, marts text []) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
begin
    if not exists (
        select from access.own_schools() as own
        where own.local_authority_code = code and own.seed_code = school and own.sector = of_sector
    ) then
        return false;
    end if;
    insert into control.own_school_reads (reader_id, local_authority_code, seed_code, sector, mart)
    select access.current_reader(), code, school, of_sector, tables.mart
    from control.own_school_tables as tables where tables.mart = any(marts);
    return true;
end
$$;
comment on function access.open_own_school(text, text, text, text []) is
'Notes that a head is about to read exact marts of the own school, and opens them for a minute; false, and no line, where nothing is open.';

-- A minute is more than a page takes, and less than anybody would keep a connection for.
create or replace function access.own_schools_open(of_mart text) returns text []
language sql stable security definer set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
select coalesce(array_agg(distinct own.local_authority_code || ' ' || own.seed_code || ' ' || own.sector), '{}')
from access.own_schools() as own
inner join control.own_school_reads as reads using (local_authority_code, seed_code, sector)
where reads.reader_id = access.current_reader() and reads.mart = of_mart
    and reads.at > clock_timestamp() - interval '1 minute'
    and reads.noted_in is distinct from pg_current_xact_id_if_assigned()
$$;
comment on function access.own_schools_open(text) is
'Schools whose rows of an exact mart the reader who asks may read now, as "council seed sector": noted within the last minute.';

create or replace function access.forget_own_school_reads() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
with forgotten as (
    delete from control.own_school_reads using access.retention
    where retention.table_name = 'control.own_school_reads'
        and own_school_reads.at < now() - make_interval(days => retention.keep_days)
    returning 1
)
select count(*) from forgotten
$$;
comment on function access.forget_own_school_reads() is
'Deletes lines of control.own_school_reads that are older than access.retention says, and answers how many.';

revoke all on function access.own_school_is_on(text), access.own_schools(), access.shared_headships(text), access.open_own_school(text, text, text, text []),
access.own_schools_open(text), access.forget_own_school_reads() from public;
grant execute on function access.own_schools(), access.open_own_school(text, text, text, text []),
access.own_schools_open(text) to dashboard;
grant execute on function access.own_school_is_on(text), access.forget_own_school_reads(),
access.shared_headships(text) to releaser;
grant execute on function access.own_school_is_on(text) to steward, auditor;
grant select on access.heads, access.heads_in_force to steward, auditor;
grant insert on access.heads to steward;
grant update (revoked_at, revoked_by) on access.heads to steward;
