-- What release remembers, and what it did. Append-only but for the last states of held rows and the contracts.

create table if not exists control.releases (
    release_id integer generated always as identity primary key,
    local_authority_code text not null,
    event_id bigint not null,
    data_as_at date,
    code_version text not null,
    deliveries integer [] not null,
    rows_changed jsonb not null,
    released_at timestamptz not null default now()
);
comment on table control.releases is
'Each release that changed what readers see, with the ledger state and code version it rests on. One row per release.';

create table if not exists control.release_checks (
    check_id bigint generated always as identity primary key,
    local_authority_code text not null,
    outcome text not null check (outcome in ('released', 'unchanged', 'refused')),
    release_id integer,
    hop text,
    seed_code integer,
    amount bigint,
    message text,
    event_id bigint,
    checked_at timestamptz not null default clock_timestamp()
);
comment on table control.release_checks is
'Each attempt to release an authority, and why it was refused: hop, establishment, amount. One row per reason, or one per attempt.';

create table if not exists control.hidden_cells (
    local_authority_code text not null,
    academic_year text not null,
    mart text not null,
    cell text not null,
    reason text not null check (reason in ('primary', 'complementary', 'withheld')),
    release_id integer not null,
    hidden_at timestamptz not null default now(),
    primary key (local_authority_code, academic_year, mart, cell)
);
comment on table control.hidden_cells is
'Cells that stay hidden for the year; kept outside every rebuild, never changed or deleted. One row per cell.';

create table if not exists control.shown_cells (
    local_authority_code text not null,
    academic_year text not null,
    mart text not null,
    cell text not null,
    release_id integer not null,
    primary key (local_authority_code, academic_year, mart, cell)
);
comment on table control.shown_cells is
'Cells with pupils that have been shown, and in which release first: the buffer of first release is for the others. One row per cell.';

create table if not exists control.held_rows (
    local_authority_code text not null,
    academic_year text not null,
    mart text not null,
    cell text not null,
    release_id integer not null,
    held_at timestamptz not null default now(),
    primary key (local_authority_code, academic_year, mart, cell, release_id)
);
comment on table control.held_rows is
'Rows held back because fewer than five pupils had changed, and the release they stand at since. One row per row and that release.';

create table if not exists control.released_pupil_states (
    local_authority_code text not null,
    academic_year text not null,
    mart text not null,
    cell text not null,
    release_id integer not null,
    shown jsonb not null,
    states bytea not null,
    primary key (local_authority_code, academic_year, mart, cell)
);
comment on table control.released_pupil_states is
'The pupils'' states behind a row as last shown, packed, by pseudonym: releaser only. One row per row of a mart.';

create table if not exists control.release_contracts (
    mart text primary key,
    contract jsonb not null,
    fingerprint text not null,
    applied_at timestamptz not null default now()
);
comment on table control.release_contracts is
'The contracts that the tables of aggregated were last made from. One row per released table.';

-- Hidden, shown and held cells are only ever added; the last states and the contracts are replaced.
grant select, insert on control.releases, control.release_checks, control.hidden_cells, control.shown_cells, control.held_rows to releaser;
grant select, insert, update on control.release_contracts to releaser;
grant select, insert, update, delete on control.released_pupil_states to releaser;

-- Everyone who reads control may read its tables by default; the pupils' states are for the releaser alone.
alter table control.released_pupil_states enable row level security;
drop policy if exists released_by_release on control.released_pupil_states;
create policy released_by_release on control.released_pupil_states to releaser using (true) with check (true);
