-- Held as tables, with nothing in them, by processes that run once at a time. Whoever has no right to a table cannot
-- hold it; anybody can hold an advisory lock.
create table if not exists control.lock_landing (nothing boolean);
create table if not exists control.lock_build (nothing boolean);
comment on table control.lock_landing is 'Held while a delivery lands or is withdrawn. No rows.';
comment on column control.lock_landing.nothing is 'Never filled.';
comment on table control.lock_build is 'Held while layers are built and released. No rows.';
comment on column control.lock_build.nothing is 'Never filled.';
-- the steward's withdrawal waits for a landing
grant update on control.lock_landing, control.lock_build to loader, pseudonymiser, transformer, releaser, steward;
