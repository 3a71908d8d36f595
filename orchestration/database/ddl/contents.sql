-- Hashes of contents, for the balance sheet: what a file held, what stands now, and the seals of derived tables.
-- They are keyed by a random number of this warehouse that the loader and the transformer alone can read: whoever
-- reads schema control cannot find what a single row holds by trying.

set local role loader;
create table if not exists raw.content_salt (
    only_row boolean primary key default true check (only_row),
    salt bigint not null check (salt <> 0)
);
comment on table raw.content_salt is 'Random number that keys the hashes of contents. It never changes. One row.';
comment on column raw.content_salt.only_row is 'Always true: there is one row.';
comment on column raw.content_salt.salt is 'The number. Never shown, never copied out of the restricted zone.';
insert into raw.content_salt (salt)
select ('x' || left(md5(gen_random_uuid()::text || gen_random_uuid()::text), 16))::bit(64)::bigint
on conflict (only_row) do nothing;
set local role warehouse_owner;

-- The hash of a mark is the product of three: of row, time, day and half day; of the pupil; of the code. So two rows that
-- change a value with each other do not cancel out in the sum, as they would in a sum of linear parts. 31 bits each:
-- a product of two fits into a bigint. PostgreSQL puts these one-line functions into the query that calls them.
create or replace function control.mark_hash(
    row_number integer, recorded_at timestamptz, attendance_date date, opening text, salt bigint
) returns bigint language sql immutable parallel safe as $$
    select hashint4extended(
        (attendance_date - date '2000-01-01') # hashtext(opening),
        interval_hash_extended(
            recorded_at - timestamptz '2000-01-01 00:00:00+00', hashint4extended(row_number, salt)
        )
    ) & 2147483647
$$;
create or replace function control.number_hash(number integer, salt bigint)
returns bigint language sql immutable parallel safe as $$
    select hashint4extended(number, salt) & 2147483647
$$;
create or replace function control.code_hash(code text, salt bigint)
returns bigint language sql immutable parallel safe as $$
    select hashtextextended(code, salt) & 2147483647
$$;
grant execute on function control.mark_hash(integer, timestamptz, date, text, bigint),
control.number_hash(integer, bigint), control.code_hash(text, bigint) to loader, transformer;

create table if not exists control.sealed_tables (
    relation text primary key,
    model text not null,
    column_names text[] not null,
    content text not null,
    authority text not null,
    academic_year text not null,
    seed_code text not null,
    month text not null,
    sealed_at timestamptz not null default now(),
    subject text not null default 'core'
);
alter table control.sealed_tables add column if not exists subject text not null default 'core';
comment on table control.sealed_tables is 'Tables with seals, and how their rows are put into groups. One row per table.';
comment on column control.sealed_tables.relation is 'Schema and name of the table.';
comment on column control.sealed_tables.model is 'The dbt model that makes it.';
comment on column control.sealed_tables.column_names is 'Columns of the table, in the order of its contract.';
comment on column control.sealed_tables.content is 'Expressions for the values of a row that are in the seal.';
comment on column control.sealed_tables.authority is 'Expression for the authority of a row.';
comment on column control.sealed_tables.academic_year is 'Expression for its academic year.';
comment on column control.sealed_tables.seed_code is 'Expression for its establishment.';
comment on column control.sealed_tables.month is 'Expression for its month.';
comment on column control.sealed_tables.sealed_at is 'When the table was last made whole.';
comment on column control.sealed_tables.subject is 'Whose figures rest on it alone: the folder of its model; core where something that readers get stands on it.';

create table if not exists control.seals (
    relation text not null,
    local_authority_code text not null,
    academic_year text not null,
    seed_code text not null,
    month date not null,
    row_count bigint not null,
    content numeric not null,
    primary key (relation, local_authority_code, academic_year, seed_code, month)
);
comment on table control.seals is 'What stands in derived tables, written by the model that wrote the rows, in its transaction. One row per table, authority, year, establishment and month.';
comment on column control.seals.relation is 'Schema and name of the table.';
comment on column control.seals.local_authority_code is 'GSS code of the authority; empty where the table has none.';
comment on column control.seals.academic_year is 'Academic year; empty where the table has none.';
comment on column control.seals.seed_code is 'SEED code; empty where the table has none.';
comment on column control.seals.month is 'First day of the month; 0001-01-01 where the table has none.';
comment on column control.seals.row_count is 'Rows of the group.';
comment on column control.seals.content is 'Sum of keyed hashes of the rows with all their columns.';

create table if not exists control.seal_checks (
    local_authority_code text not null,
    academic_year text not null,
    checked_at timestamptz not null,
    primary key (local_authority_code, academic_year)
);
comment on table control.seal_checks is 'When the seals of an authority and year were last compared with the rows. One row per authority and year.';
comment on column control.seal_checks.local_authority_code is 'GSS code of the authority.';
comment on column control.seal_checks.academic_year is 'Academic year.';
comment on column control.seal_checks.checked_at is 'When.';

create table if not exists control.broken_seals (
    relation text not null,
    local_authority_code text not null,
    academic_year text not null,
    seed_code text not null,
    month date not null,
    hop text not null,
    rows_sealed bigint not null,
    rows_found bigint not null,
    rows_different bigint,
    found_at timestamptz not null default now(),
    primary key (relation, local_authority_code, academic_year, seed_code, month)
);
comment on table control.broken_seals is 'Groups of rows that are not what their model wrote: nothing of the authority is released while one stands. One row per table, authority, year, establishment and month.';
comment on column control.broken_seals.relation is 'Schema and name of the table.';
comment on column control.broken_seals.local_authority_code is 'GSS code of the authority; empty: of all.';
comment on column control.broken_seals.academic_year is 'Academic year; empty where the table has none.';
comment on column control.broken_seals.seed_code is 'SEED code; empty where the table has none.';
comment on column control.broken_seals.month is 'First day of the month; 0001-01-01 where the table has none.';
comment on column control.broken_seals.hop is 'Step of the balance sheet that the table is the end of.';
comment on column control.broken_seals.rows_sealed is 'Rows when they were written.';
comment on column control.broken_seals.rows_found is 'Rows found.';
comment on column control.broken_seals.rows_different is 'Rows that are other than when the model is built again beside; null where that was not possible.';
comment on column control.broken_seals.found_at is 'When it was found.';

grant select, insert, update, delete
on control.sealed_tables, control.seals, control.seal_checks, control.broken_seals to transformer;
