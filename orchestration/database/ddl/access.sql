-- Who may see which establishments. Released tables ask these functions by their policies, once per query.
-- Scopes are added and revoked, never changed or deleted; the dashboards' role reads none of these tables but sessions.

create table if not exists access.readers (
    reader_id integer generated always as identity primary key,
    reader_name text not null unique,
    kind text not null check (kind in ('person', 'login')),
    display_name text not null,
    email text,
    subject text unique,
    valid_from date not null default current_date,
    valid_until date,
    revoked_at timestamptz,
    check (valid_until >= valid_from),
    check (kind = 'person' or (email is null and subject is null))
);
-- letters of ASCII alone are folded: the Kelvin sign is no k
create unique index if not exists readers_by_address on access.readers (lower(email collate "C"));
drop index if exists access.readers_by_email;
comment on table access.readers is 'Who reads: people of the dashboards, and logins of the database. One row per reader.';
-- an earlier version read through logins of the groups' names
update access.readers set reader_name = 'shared_' || reader_name
where kind = 'login' and reader_name in ('analyst', 'researcher')
    and not exists (select from access.readers as others where others.reader_name = 'shared_' || readers.reader_name);
comment on column access.readers.reader_id is 'Number of the reader.';
comment on column access.readers.reader_name is 'Short name; of a login the name of its database role.';
comment on column access.readers.kind is 'person (signs in to the dashboards) or login (a database role of its own).';
comment on column access.readers.display_name is 'Name as pages show it.';
comment on column access.readers.email is 'Address by which a person is known until the first sign-in.';
comment on column access.readers.subject is 'Issuer and subject of the identity provider, kept at the first sign-in: issuer|subject.';
comment on column access.readers.valid_from is 'First day on which the reader sees anything.';
comment on column access.readers.valid_until is 'Last day; null: until further notice.';
comment on column access.readers.revoked_at is 'When everything was taken away; null: it was not.';

create table if not exists access.groups (
    group_id integer generated always as identity primary key,
    group_name text not null unique
);
comment on table access.groups is 'Readers who share scopes, such as a team. One row per group.';
comment on column access.groups.group_id is 'Number of the group.';
comment on column access.groups.group_name is 'Its name.';

create table if not exists access.group_members (
    member_id integer generated always as identity primary key,
    group_id integer not null references access.groups,
    reader_id integer not null references access.readers,
    valid_from date not null default current_date,
    valid_until date,
    granted_by text not null,
    granted_at timestamptz not null default now(),
    revoked_at timestamptz,
    revoked_by text,
    check (valid_until >= valid_from),
    check ((revoked_at is null) = (revoked_by is null))
);
create index if not exists group_members_by_reader on access.group_members (reader_id);
comment on table access.group_members is 'Who belongs to a group, and when. One row per reader, group and time.';
comment on column access.group_members.member_id is 'Number of the membership.';
comment on column access.group_members.group_id is 'The group.';
comment on column access.group_members.reader_id is 'The reader.';
comment on column access.group_members.valid_from is 'First day.';
comment on column access.group_members.valid_until is 'Last day; null: until further notice.';
comment on column access.group_members.granted_by is 'Who added the reader: the login, and in brackets who it said it was.';
comment on column access.group_members.granted_at is 'When.';
comment on column access.group_members.revoked_at is 'When it was taken back; null: it was not.';
comment on column access.group_members.revoked_by is 'Who took it back: the login, and in brackets who it said it was.';

create table if not exists access.clusters (
    local_authority_code text not null,
    cluster_name text not null,
    seed_code text not null check (seed_code ~ '^[0-9]{7}$'),
    sector text not null check (sector in ('primary', 'secondary', 'special')),
    source text not null check (source in ('council', 'invented')),
    primary key (local_authority_code, cluster_name, seed_code, sector)
);
comment on table access.clusters is 'Schools that work together, mostly a secondary and its primaries. One row per cluster and school.';
comment on column access.clusters.local_authority_code is 'GSS code of the council.';
comment on column access.clusters.cluster_name is 'Name of the cluster.';
comment on column access.clusters.seed_code is 'SEED code of the school, seven digits.';
comment on column access.clusters.sector is 'Sector of the school.';
comment on column access.clusters.source is 'council: its own list; invented: made for the demonstration from locations.';

create table if not exists access.scopes (
    scope_id integer generated always as identity primary key,
    reader_id integer references access.readers,
    group_id integer references access.groups,
    kind text not null check (kind in ('authority', 'cluster', 'establishment')),
    local_authority_code text not null,
    cluster_name text,
    seed_code text check (seed_code ~ '^[0-9]{7}$'),
    sector text check (sector in ('primary', 'secondary', 'special')),
    valid_from date not null default current_date,
    valid_until date,
    granted_by text not null,
    granted_at timestamptz not null default now(),
    revoked_at timestamptz,
    revoked_by text,
    check (num_nonnulls(reader_id, group_id) = 1),
    check ((kind = 'cluster') = (cluster_name is not null)),
    check ((kind = 'establishment') = (seed_code is not null)),
    check ((seed_code is null) = (sector is null)),
    check (valid_until >= valid_from),
    check ((revoked_at is null) = (revoked_by is null))
);
create index if not exists scopes_by_reader on access.scopes (reader_id);
create index if not exists scopes_by_group on access.scopes (group_id);
comment on table access.scopes is
'What a reader or group may see: an authority, a cluster or one school. Added and revoked, never changed. One row per grant.';
comment on column access.scopes.scope_id is 'Number of the grant.';
comment on column access.scopes.reader_id is 'The reader; null where a group has it.';
comment on column access.scopes.group_id is 'The group; null where a reader has it.';
comment on column access.scopes.kind is 'authority, cluster or establishment.';
comment on column access.scopes.local_authority_code is 'GSS code of the council.';
comment on column access.scopes.cluster_name is 'The cluster (access.clusters).';
comment on column access.scopes.seed_code is 'SEED code of the one school, seven digits.';
comment on column access.scopes.sector is 'Its sector: a SEED code may have two.';
comment on column access.scopes.valid_from is 'First day.';
comment on column access.scopes.valid_until is 'Last day; null: until further notice.';
comment on column access.scopes.granted_by is 'Who gave it: the login, and in brackets who it said it was.';
comment on column access.scopes.granted_at is 'When.';
comment on column access.scopes.revoked_at is 'When it was taken back; null: it was not.';
comment on column access.scopes.revoked_by is 'Who took it back: the login, and in brackets who it said it was.';

create table if not exists access.school_counts (
    local_authority_code text not null,
    sector text not null,
    schools integer not null,
    primary key (local_authority_code, sector)
);
comment on table access.school_counts is 'Schools behind a sector''s total, as released. One row per council and sector.';
comment on column access.school_counts.local_authority_code is 'GSS code of the council.';
comment on column access.school_counts.sector is 'primary, secondary or special.';
comment on column access.school_counts.schools is 'The smallest number of any academic year.';

create table if not exists access.sessions (
    session_hash bytea primary key check (octet_length(session_hash) = 32),
    reader_id integer not null references access.readers,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    user_agent_hash bytea
);
create index if not exists sessions_by_expiry on access.sessions (expires_at);
comment on table access.sessions is 'Who is signed in to the dashboards. One row per session.';
comment on column access.sessions.session_hash is 'SHA-256 of the opaque id in the cookie: whoever reads this table cannot use it.';
comment on column access.sessions.reader_id is 'The reader.';
comment on column access.sessions.created_at is 'When the reader signed in.';
comment on column access.sessions.last_seen_at is 'When the last page was asked for.';
comment on column access.sessions.expires_at is 'When it ends at the latest.';
comment on column access.sessions.user_agent_hash is 'SHA-256 of what the browser calls itself.';

create table if not exists control.page_reads (
    read_id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    reader_id integer,
    page text not null,
    local_authority_code text,
    seed_code text,
    sector text,
    format text not null default 'html',
    status smallint not null,
    milliseconds integer
);
create index if not exists page_reads_by_reader on control.page_reads (reader_id, at);
create index if not exists page_reads_by_time on control.page_reads using brin (at);
comment on table control.page_reads is 'Which reader asked for which page, and what came of it. One row per request.';
comment on column control.page_reads.read_id is 'Number of the line.';
comment on column control.page_reads.at is 'When.';
comment on column control.page_reads.reader_id is 'The reader; null: nobody was signed in.';
comment on column control.page_reads.page is 'Name of the page.';
comment on column control.page_reads.local_authority_code is 'GSS code of the council asked for.';
comment on column control.page_reads.seed_code is 'SEED code of the school asked for.';
comment on column control.page_reads.sector is 'Its sector.';
comment on column control.page_reads.format is 'html, csv, xlsx or docx.';
comment on column control.page_reads.status is 'HTTP status of the answer; 404 also for what the reader may not see.';
comment on column control.page_reads.milliseconds is 'Time to the answer.';

-- The log's clock is the database's: the pages' login may say what was read, not when.
create or replace function control.stamp_page_read() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if session_user = 'dashboard' then
        new.at := clock_timestamp();
    end if;
    return new;
end
$$;
comment on function control.stamp_page_read() is 'Gives a line of the pages'' login the time at which it is written.';
create or replace trigger stamp_page_read before insert on control.page_reads
for each row execute function control.stamp_page_read();

-- Who read what is itself about people, so it is kept for a year's review and no longer. A council's own number stays.
create table if not exists access.retention (
    table_name text primary key,
    keep_days integer not null check (keep_days between 30 and 3650)
);
comment on table access.retention is 'For how many days lines about readers are kept; older ones go every night. One row per table.';
comment on column access.retention.table_name is 'The table.';
comment on column access.retention.keep_days is 'Days that a line is kept: 400 unless the steward has changed it.';
alter table access.retention drop constraint if exists retention_table_name_check;
alter table access.retention
add constraint retention_table_name_check check (table_name in ('control.page_reads', 'control.sql_reads', 'control.own_school_reads'));
insert into access.retention (table_name, keep_days)
values ('control.page_reads', 400), ('control.sql_reads', 400), ('control.own_school_reads', 400)
on conflict do nothing;

-- What was taken back stays so: a grant is given anew, so that the table tells what held when.
create or replace function access.keep_revocation() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if old.revoked_at is not null and (new.revoked_at, new.revoked_by) is distinct from (old.revoked_at, old.revoked_by) then
        raise exception 'a revocation cannot be taken back: grant anew' using errcode = 'check_violation';
    end if;
    return new;
end
$$;
comment on function access.keep_revocation() is 'Refuses to change who revoked and when.';
create or replace trigger keep_revocation before update on access.scopes
for each row execute function access.keep_revocation();
create or replace trigger keep_revocation before update on access.group_members
for each row execute function access.keep_revocation();

-- Who gave and who took back is for the database to say: the login it knows, the name that this login gives of itself in
-- brackets, and its own clock. Release writes through give_shared_logins alone.
create or replace function access.stamp_grant() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    if tg_op = 'INSERT' then
        new.granted_at := now();
        if session_user <> 'releaser' then
            new.granted_by := session_user || coalesce(' (' || nullif(new.granted_by, session_user) || ')', '');
        end if;
        new.revoked_at := null;
        new.revoked_by := null;
    elsif old.revoked_at is null and new.revoked_at is not null then
        new.revoked_at := now();
        new.revoked_by := session_user || coalesce(' (' || nullif(new.revoked_by, session_user) || ')', '');
    end if;
    return new;
end
$$;
comment on function access.stamp_grant() is
'Writes who gives or takes back, and when, as the database knows it; what a statement says of itself stands in brackets.';
create or replace trigger stamp_grant before insert or update on access.scopes
for each row execute function access.stamp_grant();
create or replace trigger stamp_grant before insert or update on access.group_members
for each row execute function access.stamp_grant();

-- The day in Scotland, whatever time zone a session has set: a reader must not move it. By the clock: the time at which
-- a transaction began would stand still for as long as a reader keeps it open.
create or replace function access.today() returns date language sql stable
set search_path = pg_catalog, pg_temp as $$
select (clock_timestamp() at time zone 'Europe/London')::date
$$;
comment on function access.today() is
'The day in Scotland now, whatever time zone the session has set and however long its transaction has been open.';

create or replace view access.scopes_in_force as
select
    readers.reader_id,
    readers.reader_name,
    scopes.scope_id,
    held.group_id,
    scopes.kind,
    scopes.local_authority_code,
    scopes.cluster_name,
    scopes.seed_code,
    scopes.sector
from access.readers
cross join lateral (
    select null::integer as group_id
    union all
    select distinct group_members.group_id
    from access.group_members
    where group_members.reader_id = readers.reader_id
        and group_members.revoked_at is null
        and access.today() between group_members.valid_from and coalesce(group_members.valid_until, 'infinity')
) as held
inner join access.scopes
    on (held.group_id is null and scopes.reader_id = readers.reader_id) or scopes.group_id = held.group_id
where readers.revoked_at is null
    and (readers.kind = 'person' or scopes.kind = 'authority') -- schools and clusters are scopes of pages
    and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity')
    and scopes.revoked_at is null
    and access.today() between scopes.valid_from and coalesce(scopes.valid_until, 'infinity');
comment on view access.scopes_in_force is
'What each reader may see today, by own scope or by a group''s. One row per reader and scope.';
comment on column access.scopes_in_force.reader_id is 'The reader.';
comment on column access.scopes_in_force.reader_name is 'Short name of the reader.';
comment on column access.scopes_in_force.scope_id is 'The grant.';
comment on column access.scopes_in_force.group_id is 'The group by which the reader has it; null: the reader''s own.';
comment on column access.scopes_in_force.kind is 'authority, cluster or establishment.';
comment on column access.scopes_in_force.local_authority_code is 'GSS code of the council.';
comment on column access.scopes_in_force.cluster_name is 'The cluster.';
comment on column access.scopes_in_force.seed_code is 'SEED code of the one school.';
comment on column access.scopes_in_force.sector is 'Its sector.';

create or replace view access.schools_in_force as
select
    scopes_in_force.reader_id,
    scopes_in_force.local_authority_code,
    scopes_in_force.seed_code,
    scopes_in_force.sector
from access.scopes_in_force
where scopes_in_force.kind = 'establishment'
union
select
    scopes_in_force.reader_id,
    clusters.local_authority_code,
    clusters.seed_code,
    clusters.sector
from access.scopes_in_force
inner join access.clusters
    on clusters.local_authority_code = scopes_in_force.local_authority_code
        and clusters.cluster_name = scopes_in_force.cluster_name
where scopes_in_force.kind = 'cluster';
comment on view access.schools_in_force is
'Schools that each reader may see today by name or by cluster; authorities are not expanded. One row per reader and school.';
comment on column access.schools_in_force.reader_id is 'The reader.';
comment on column access.schools_in_force.local_authority_code is 'GSS code of the council.';
comment on column access.schools_in_force.seed_code is 'SEED code of the school.';
comment on column access.schools_in_force.sector is 'Its sector.';

-- Anyone can make a setting, so it counts for the dashboards' own login alone, and names people only. And anyone can ask
-- for plans to be printed, so what logins may call says nothing below a warning: estimates follow from others' rows.
create or replace function access.current_reader() returns integer
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    named text := current_setting('warehouse.reader', true);
begin
    if session_user = 'dashboard' then
        if named is null or named !~ '^[1-9][0-9]{0,8}$' then
            return null;
        end if;
        return (
            select readers.reader_id from access.readers
            where readers.reader_id = named::integer and readers.kind = 'person' and readers.revoked_at is null
                and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity')
        );
    end if;
    return (
        select readers.reader_id from access.readers
        where readers.reader_name = session_user::text and readers.kind = 'login' and readers.revoked_at is null
            and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity')
    );
end
$$;
comment on function access.current_reader() is
'Number of the reader who asks; null where there is none: the dashboards name one per transaction, others are their login.';

create or replace function access.reader_authorities() returns text []
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    reader constant integer := access.current_reader();
begin
    return coalesce((
        select array_agg(distinct scopes.local_authority_code order by scopes.local_authority_code)
        from access.scopes_in_force as scopes where scopes.reader_id = reader and scopes.kind = 'authority'
    ), '{}');
end
$$;
comment on function access.reader_authorities() is 'GSS codes of the authorities that the reader sees whole.';

create or replace function access.reader_councils() returns text []
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    reader constant integer := access.current_reader();
begin
    return coalesce((
        select array_agg(distinct scopes.local_authority_code order by scopes.local_authority_code)
        from access.scopes_in_force as scopes where scopes.reader_id = reader
    ), '{}');
end
$$;
comment on function access.reader_councils() is 'GSS codes of the authorities in which the reader has a scope of any kind.';

create or replace function access.reader_schools() returns text []
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    reader constant integer := access.current_reader();
begin
    return coalesce((
        select array_agg(distinct schools.seed_code || ' ' || schools.sector order by schools.seed_code || ' ' || schools.sector)
        from access.schools_in_force as schools where schools.reader_id = reader
    ), '{}');
end
$$;
comment on function access.reader_schools() is
'Schools that the reader sees by name or by cluster, as "seed code, space, sector"; those of whole authorities are not listed.';

create or replace function access.reader_seed_codes() returns text []
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    reader constant integer := access.current_reader();
begin
    return coalesce((
        select array_agg(distinct schools.seed_code order by schools.seed_code)
        from access.schools_in_force as schools where schools.reader_id = reader
    ), '{}');
end
$$;
comment on function access.reader_seed_codes() is 'SEED codes of reader_schools().';

-- From two schools' sum and one's own the other's follows; with k own ones, the sum must have two more. The sum of all
-- sectors gives a sector away by the other sectors' sums: it is not seen where one's own sector has one other school.
create or replace function access.reader_floors() returns jsonb
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
declare
    reader constant integer := access.current_reader();
begin
    return coalesce((
        with own as (
            select schools.local_authority_code, schools.sector, count(*) as schools
            from access.schools_in_force as schools
            where schools.reader_id = reader
            group by schools.local_authority_code, schools.sector
        ),

        floors as (
            select own.local_authority_code || ' ' || own.sector as place, own.schools + 2 as needed
            from own
            union all
            select
                own.local_authority_code || ' all' as place,
                case when bool_or(counts.schools - own.schools = 1) then 1000000 else sum(own.schools) + 2 end as needed
            from own
            left join access.school_counts as counts
                on counts.local_authority_code = own.local_authority_code and counts.sector = own.sector
            group by own.local_authority_code
        )

        select jsonb_object_agg(floors.place, floors.needed) from floors
    ), '{}');
end
$$;
comment on function access.reader_floors() is
'By "authority, space, sector" (or all): how many schools a row must rest on, the reader''s own and two more, to be seen.';

create or replace function access.reader_has_authority(code text) returns boolean
language sql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
select code = any(access.reader_authorities())
$$;
comment on function access.reader_has_authority(text) is 'Whether the reader sees all of an authority.';

create or replace function access.my_scopes()
returns table (kind text, local_authority_code text, cluster_name text, seed_code text, sector text)
language sql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
select distinct scopes.kind, scopes.local_authority_code, scopes.cluster_name, scopes.seed_code, scopes.sector
from access.scopes_in_force as scopes
where scopes.reader_id = access.current_reader()
order by 1, 2, 3, 4, 5
$$;
comment on function access.my_scopes() is 'What the reader who asks may see today, as granted; clusters are not expanded.';

create or replace function access.whoami()
returns table (reader_id integer, reader_name text, display_name text)
language sql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp set client_min_messages = warning as $$
select readers.reader_id, readers.reader_name, readers.display_name
from access.readers where readers.reader_id = access.current_reader()
$$;
comment on function access.whoami() is 'The reader who asks; no row where there is none.';

-- The caller vouches for both: the subject is the provider's, and the provider has verified the address.
create or replace function access.reader_for(for_subject text, for_email text)
returns table (reader_id integer, reader_name text, display_name text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
begin
    if coalesce(for_subject, '') = '' then
        return;
    end if;
    if not exists (select from access.readers where readers.subject = for_subject) then
        update access.readers set subject = for_subject
        where lower(readers.email collate "C") = lower(for_email collate "C") and readers.subject is null and readers.kind = 'person'
            and readers.revoked_at is null
            and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity');
    end if;
    return query
    select readers.reader_id, readers.reader_name, readers.display_name from access.readers
    where readers.subject = for_subject and readers.kind = 'person' and readers.revoked_at is null
        and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity');
end
$$;
comment on function access.reader_for(text, text) is
'The person behind a sign-in: by subject (issuer|subject), or at the first sign-in by verified e-mail, which binds the subject.';

-- Made-up people of the demonstration are known by a subject that no provider gives.
create or replace function access.example_readers()
returns table (reader_id integer, reader_name text, display_name text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
select readers.reader_id, readers.reader_name, readers.display_name
from access.readers
where readers.subject = 'example|' || readers.reader_name and readers.revoked_at is null
    and not exists (select from control.environment where environment.environment = 'live')
    and access.today() between readers.valid_from and coalesce(readers.valid_until, 'infinity')
order by readers.reader_id
$$;
comment on function access.example_readers() is 'The made-up people of the demonstration, for its local sign-in.';

-- Called by release, with {"primary": 18, "secondary": 3}.
create or replace function access.count_schools(code text, counted jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
insert into access.school_counts (local_authority_code, sector, schools)
select code, counts.key, counts.value::integer from jsonb_each_text(counted) as counts (key, value)
on conflict (local_authority_code, sector) do update set schools = excluded.schools
$$;
comment on function access.count_schools(text, jsonb) is 'Says on how many schools each sector''s total of a council rests.';

-- Called by release, and never on a live warehouse. A scope that was ever given or taken back is left as it is.
create or replace function access.give_shared_logins(code text) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
insert into access.readers (reader_name, kind, display_name)
select shared.reader_name, 'login', shared.display_name
from (values ('shared_analyst', 'Analysts'), ('shared_researcher', 'Researchers')) as shared (reader_name, display_name)
where not exists (select from control.environment where environment.environment = 'live')
on conflict (reader_name) do nothing;
insert into access.scopes (reader_id, kind, local_authority_code, granted_by)
select readers.reader_id, 'authority', code, 'first release'
from access.readers
where readers.reader_name in ('shared_analyst', 'shared_researcher') and readers.kind = 'login'
    and readers.revoked_at is null
    and not exists (select from control.environment where environment.environment = 'live')
    and not exists (
        select from access.scopes
        where scopes.reader_id = readers.reader_id and scopes.kind = 'authority'
            and scopes.local_authority_code = code
    );
$$;
comment on function access.give_shared_logins(text) is
'Gives the shared logins an authority when it is first released, on a warehouse that is not live.';

-- Called every night, whether or not anything is released.
create or replace function access.forget_page_reads() returns bigint
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
with forgotten as (
    delete from control.page_reads using access.retention
    where retention.table_name = 'control.page_reads'
        and page_reads.at < now() - make_interval(days => retention.keep_days)
    returning 1
)
select count(*) from forgotten
$$;
comment on function access.forget_page_reads() is
'Deletes lines of control.page_reads that are older than access.retention says, and answers how many.';

-- Clusters decide what their leads see, so release may add invented ones alone, and none where a council has its own.
create or replace function access.invent_clusters(code text, schools jsonb) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
insert into access.clusters (local_authority_code, cluster_name, seed_code, sector, source)
select code, invented.cluster_name, invented.seed_code, invented.sector, 'invented'
from jsonb_to_recordset(schools) as invented (cluster_name text, seed_code text, sector text)
where not exists (
    select from access.clusters
    where clusters.local_authority_code = code
        and (
            clusters.source <> 'invented'
            or (clusters.seed_code = invented.seed_code and clusters.sector = invented.sector)
        )
)
$$;
comment on function access.invent_clusters(text, jsonb) is
'Puts schools into invented clusters, each once, where the council has brought none; for warehouses that are not live.';

-- Nothing is executable by everybody; what policies ask, whoever reads released tables may.
revoke all on all functions in schema access from public;
grant execute on function access.current_reader(), access.reader_authorities(), access.reader_councils(),
access.reader_schools(), access.reader_seed_codes(), access.reader_floors(), access.reader_has_authority(text),
access.my_scopes(), access.whoami() to dashboard, analyst, researcher, aggregated_owner;
grant execute on function access.reader_for(text, text), access.example_readers() to dashboard;
grant execute on function access.give_shared_logins(text), access.count_schools(text, jsonb),
access.invent_clusters(text, jsonb), access.forget_page_reads() to releaser;
grant execute on function access.today() to steward, auditor;

grant select, insert, update, delete on access.sessions to dashboard;
grant insert on control.page_reads to dashboard;
grant select on access.readers, access.groups, access.group_members, access.clusters, access.scopes, access.school_counts,
access.scopes_in_force, access.schools_in_force, access.retention to steward, auditor;
grant update (keep_days) on access.retention to steward;
grant insert on access.readers, access.groups, access.group_members, access.scopes to steward;
grant update (display_name, email, subject, valid_from, valid_until, revoked_at) on access.readers to steward;
grant update (revoked_at, revoked_by) on access.group_members, access.scopes to steward;
grant insert, delete on access.clusters to steward;
grant select on access.clusters to releaser;

-- Everyone who reads control may read its tables by default; who read what is for the auditor and the steward.
alter table control.page_reads enable row level security;
drop policy if exists written_by_dashboard on control.page_reads;
create policy written_by_dashboard on control.page_reads for insert to dashboard with check (true);
drop policy if exists read_by_auditor on control.page_reads;
create policy read_by_auditor on control.page_reads for select to auditor, steward using (true);
