-- Whether the data are real is said once, here; every process and every sign-in compares its own setting with it.
create table if not exists control.environment (
    only_row boolean primary key default true check (only_row),
    environment text not null check (environment in ('synthetic', 'test', 'live')),
    set_at timestamptz not null default now()
);
comment on table control.environment is 'Whether this warehouse holds real data, written once when it is made. One row.';
comment on column control.environment.only_row is 'Always true: there is one row.';
comment on column control.environment.environment is 'synthetic, test or live (WAREHOUSE_ENVIRONMENT of whoever made it).';
comment on column control.environment.set_at is 'When.';
grant select on control.environment to pseudonymiser, dashboard;

create or replace function control.keep_environment() returns trigger language plpgsql
set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'whether the data are real is said once: make another warehouse' using errcode = 'check_violation';
end
$$;
comment on function control.keep_environment() is 'Refuses every change of control.environment.';
create or replace trigger keep_environment before update or delete on control.environment
for each row execute function control.keep_environment();
revoke all on function control.keep_environment() from public;
