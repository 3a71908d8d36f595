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

drop table if exists control.held_rows; -- what was held before counts of pupils were declared

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

create table if not exists control.released_months (
    local_authority_code text not null,
    mart text not null,
    cell text not null,
    released jsonb not null,
    release_id integer not null,
    primary key (local_authority_code, mart, cell)
);
comment on table control.released_months is
'Released rows as they stood at each month''s last release, so that the table of aggregated can be made anew. One row per row of it.';
comment on column control.released_months.local_authority_code is 'GSS code of the council.';
comment on column control.released_months.mart is 'Name of the released table.';
comment on column control.released_months.cell is 'Key of the row, month included.';
comment on column control.released_months.released is 'The row as it was shown.';
comment on column control.released_months.release_id is 'The release that wrote it last.';
grant select, insert, update, delete on control.released_months to releaser;

create table if not exists control.released_before (
    mart text not null,
    local_authority_code text not null,
    cell text not null,
    release_id integer not null,
    until_release_id integer not null,
    released jsonb not null,
    primary key (mart, local_authority_code, cell, release_id)
);
create index if not exists released_before_by_release on control.released_before (local_authority_code, release_id);
comment on table control.released_before is
'Released rows that gave way to others, as readers saw them: at ends of months for good, others for some days. What rests on a delivery that was taken back goes. One row per row of a mart and release that wrote it.';
comment on column control.released_before.mart is 'Name of the released table.';
comment on column control.released_before.local_authority_code is 'GSS code of the council.';
comment on column control.released_before.cell is 'Key of the row.';
comment on column control.released_before.release_id is 'The release that wrote it.';
comment on column control.released_before.until_release_id is 'The release that wrote another in its place, or took it away.';
comment on column control.released_before.released is 'The row as it was shown.';
grant select, insert, update, delete on control.released_before to releaser;
grant select on control.released_before, control.releases to aggregated_owner;
alter table control.released_before enable row level security;
drop policy if exists released_by_release on control.released_before;
create policy released_by_release on control.released_before to releaser using (true) with check (true);
drop policy if exists read_by_doors on control.released_before;
create policy read_by_doors on control.released_before for select to aggregated_owner using (true);

create table if not exists control.released_years (
    local_authority_code text not null,
    academic_year text not null,
    fingerprint text not null,
    last_closed integer not null,
    primary key (local_authority_code, academic_year)
);
comment on table control.released_years is
'How each year stood after the last release: a past year that stands the same is not released anew. One row per council and year.';
comment on column control.released_years.local_authority_code is 'GSS code of the council.';
comment on column control.released_years.academic_year is 'Academic year such as 2025/26.';
comment on column control.released_years.fingerprint is 'Hash of what its release rests on and left behind.';
comment on column control.released_years.last_closed is 'The last month that was over, as yyyymm.';
grant select, insert, update on control.released_years to releaser;

create table if not exists control.attacked_patterns (
    local_authority_code text not null,
    academic_year text not null,
    digest text not null,
    attacked_at timestamptz not null default now(),
    primary key (local_authority_code, academic_year, digest)
);
comment on table control.attacked_patterns is
'Parts of the pattern of hidden cells from which the attacker inside a release found nothing. One row per part that stands.';
comment on column control.attacked_patterns.local_authority_code is 'GSS code of the council.';
comment on column control.attacked_patterns.academic_year is 'Academic year such as 2025/26.';
comment on column control.attacked_patterns.digest is 'Hash of which cells are hidden, how they add up, and the contracts.';
comment on column control.attacked_patterns.attacked_at is 'When it was tried.';
grant select, insert, delete on control.attacked_patterns to releaser;

create table if not exists control.release_contracts (
    mart text primary key,
    contract jsonb not null,
    fingerprint text not null,
    applied_at timestamptz not null default now()
);
alter table control.release_contracts add column if not exists read_condition text;
-- tables that an earlier version made have their policy, and nothing that it is compared with
update control.release_contracts set read_condition = (
    select pg_get_expr(policies.polqual, policies.polrelid)
    from pg_catalog.pg_policy as policies
    inner join pg_catalog.pg_class as tables on tables.oid = policies.polrelid
    inner join pg_catalog.pg_namespace as schemas on schemas.oid = tables.relnamespace
    where schemas.nspname = 'released' and tables.relname = release_contracts.mart
        and policies.polname = 'read_by_readers'
)
where read_condition is null;
comment on column control.release_contracts.read_condition is
'Condition of the policy for readers as the database writes it: drift is told by it.';
comment on table control.release_contracts is
'The contracts that the tables of released were last made from. One row per released table.';

comment on column control.releases.release_id is 'Number of the release; rows of aggregated carry it.';
comment on column control.releases.local_authority_code is 'GSS code of the council.';
comment on column control.releases.event_id is 'Ledger state that the exact marts reflected.';
comment on column control.releases.data_as_at is 'Last half day that most of the council''s schools had marked.';
comment on column control.releases.code_version is 'Version of the code that built and released.';
comment on column control.releases.deliveries is 'Numbers of the deliveries in force.';
comment on column control.releases.rows_changed is 'Rows written or deleted, by mart.';
comment on column control.releases.released_at is 'When it was made.';
comment on column control.release_checks.check_id is 'Number of the line.';
comment on column control.release_checks.local_authority_code is 'GSS code of the council.';
comment on column control.release_checks.outcome is 'released, unchanged or refused.';
comment on column control.release_checks.release_id is 'The release that was made.';
comment on column control.release_checks.hop is 'Step of the balance sheet that does not close.';
comment on column control.release_checks.seed_code is 'Establishment at which it does not close.';
comment on column control.release_checks.amount is 'Rows that are not explained.';
comment on column control.release_checks.message is 'Why it was refused, in words.';
comment on column control.release_checks.event_id is 'Ledger state that was to be released.';
comment on column control.release_checks.checked_at is 'When it was tried.';
comment on column control.hidden_cells.local_authority_code is 'GSS code of the council.';
comment on column control.hidden_cells.academic_year is 'Year for which the cell stays hidden.';
comment on column control.hidden_cells.mart is 'Mart of the cell; totals stands for all marts that show totals.';
comment on column control.hidden_cells.cell is 'Key of the cell, without the month.';
comment on column control.hidden_cells.reason is 'primary, complementary or withheld.';
comment on column control.hidden_cells.release_id is 'The release that hid it.';
comment on column control.hidden_cells.hidden_at is 'When it was hidden.';
comment on column control.shown_cells.local_authority_code is 'GSS code of the council.';
comment on column control.shown_cells.academic_year is 'Year of the cell.';
comment on column control.shown_cells.mart is 'Mart of the cell; totals stands for all marts that show totals.';
comment on column control.shown_cells.cell is 'Key of the cell, without the month.';
comment on column control.shown_cells.release_id is 'The release that first showed it.';
comment on column control.released_pupil_states.local_authority_code is 'GSS code of the council.';
comment on column control.released_pupil_states.academic_year is 'Year of the row.';
comment on column control.released_pupil_states.mart is 'Mart or group of measures.';
comment on column control.released_pupil_states.cell is 'Key of the row.';
comment on column control.released_pupil_states.release_id is 'The release that showed it.';
comment on column control.released_pupil_states.shown is 'What was shown, in sums.';
comment on column control.released_pupil_states.states is 'Packed pseudonyms and states.';
comment on column control.release_contracts.mart is 'Released table.';
comment on column control.release_contracts.contract is 'Contract it was made from.';
comment on column control.release_contracts.fingerprint is 'Hash of the contract.';
comment on column control.release_contracts.applied_at is 'When the table was made or changed.';

-- Hidden, shown and held cells are only ever added; the last states and the contracts are replaced.
grant select, insert on control.releases, control.release_checks, control.hidden_cells, control.shown_cells to releaser;
grant select, insert, update on control.release_contracts to releaser;
grant select, insert, update, delete on control.released_pupil_states to releaser;

-- Everyone who reads control may read its tables by default; the pupils' states are for the releaser alone.
alter table control.released_pupil_states enable row level security;
drop policy if exists released_by_release on control.released_pupil_states;
create policy released_by_release on control.released_pupil_states to releaser using (true) with check (true);

create index if not exists releases_by_authority on control.releases (local_authority_code, release_id);

comment on column control.releases.release_id is 'Number of the release; released rows carry the one that last changed them.';
comment on column control.releases.local_authority_code is 'GSS code of the council.';
comment on column control.releases.event_id is 'The last ledger event in it.';
comment on column control.releases.data_as_at is 'Last day that the figures include.';
comment on column control.releases.code_version is 'Version of the code that made it.';
comment on column control.releases.deliveries is 'delivery_id of the deliveries it rests on.';
comment on column control.releases.rows_changed is 'Rows changed by mart.';
comment on column control.releases.released_at is 'When.';
comment on column control.release_checks.check_id is 'Number of the entry.';
comment on column control.release_checks.local_authority_code is 'GSS code of the council.';
comment on column control.release_checks.outcome is 'released, unchanged or refused.';
comment on column control.release_checks.release_id is 'The release made, or the one that stands.';
comment on column control.release_checks.hop is 'Hop of the balance sheet that does not close; null for another reason.';
comment on column control.release_checks.seed_code is 'Establishment concerned, where there is one.';
comment on column control.release_checks.amount is 'Rows or openings that are not explained.';
comment on column control.release_checks.message is 'What a person should know and do next. Never a value that identifies a pupil.';
comment on column control.release_checks.event_id is 'The last ledger event of the exact marts that were looked at.';
comment on column control.release_checks.checked_at is 'When.';
comment on column control.hidden_cells.local_authority_code is 'GSS code of the council.';
comment on column control.hidden_cells.academic_year is 'Academic year such as 2025/26.';
comment on column control.hidden_cells.mart is 'Name of the mart.';
comment on column control.hidden_cells.cell is 'Key of the row within its mart, authority and year.';
comment on column control.hidden_cells.reason is 'primary (few pupils behind it), complementary (so that no other can be worked out) or withheld.';
comment on column control.hidden_cells.release_id is 'The release that hid it first.';
comment on column control.hidden_cells.hidden_at is 'When.';
comment on column control.shown_cells.local_authority_code is 'GSS code of the council.';
comment on column control.shown_cells.academic_year is 'Academic year such as 2025/26.';
comment on column control.shown_cells.mart is 'Name of the mart.';
comment on column control.shown_cells.cell is 'Key of the row within its mart, authority and year.';
comment on column control.shown_cells.release_id is 'The release that showed it first.';
comment on column control.released_pupil_states.local_authority_code is 'GSS code of the council.';
comment on column control.released_pupil_states.academic_year is 'Academic year such as 2025/26.';
comment on column control.released_pupil_states.mart is 'Name of the mart.';
comment on column control.released_pupil_states.cell is 'Key of the row within its mart, authority and year.';
comment on column control.released_pupil_states.release_id is 'The release that showed it last.';
comment on column control.released_pupil_states.shown is 'The row as it was shown.';
comment on column control.released_pupil_states.states is 'Pseudonyms and their states, packed.';
comment on column control.release_contracts.mart is 'Name of the released table.';
comment on column control.release_contracts.contract is 'Columns, types and symbols, as in the dbt contract.';
comment on column control.release_contracts.fingerprint is 'Hash of the contract.';
comment on column control.release_contracts.applied_at is 'When the table was made or changed by it.';

alter table control.releases add column if not exists subject text not null default 'attendance';
comment on column control.releases.subject is 'Subject whose tables it changed: one transaction takes a subject of a council from state to state.';

create table if not exists control.protected_persons (
    local_authority_code text not null,
    subject text not null,
    population text not null,
    period text not null,
    release_id integer not null,
    persons bytea not null,
    primary key (local_authority_code, subject, population, period, release_id)
);
comment on table control.protected_persons is
'Rows of persons that came or went between two releases of a declared subject, packed, by pseudonym: releaser only. A row noted twice is gone. One row per release, population and period in which anything changed.';
comment on column control.protected_persons.local_authority_code is 'GSS code of the council.';
comment on column control.protected_persons.subject is 'Subject, as its folder is named.';
comment on column control.protected_persons.population is 'Population of the subject''s declaration.';
comment on column control.protected_persons.period is 'Year or date of the figures.';
comment on column control.protected_persons.release_id is 'The release that noted them.';
comment on column control.protected_persons.persons is 'Pseudonyms and groups, packed.';

create table if not exists control.protected_cells (
    local_authority_code text not null,
    subject text not null,
    population text not null,
    period text not null,
    cell text not null,
    release_id integer not null,
    status text not null check (status in ('shown', 'hidden', 'derived')),
    figure bigint,
    shown_on date,
    primary key (local_authority_code, subject, population, period, cell, release_id)
);
comment on table control.protected_cells is
'What became of each figure of a declared subject whenever that changed: shown (from other persons than before), hidden for good, or to be had by subtraction. The last line of a figure counts; never changed or deleted: releaser only. One row per figure and release that decided it anew.';
comment on column control.protected_cells.local_authority_code is 'GSS code of the council.';
comment on column control.protected_cells.subject is 'Subject, as its folder is named.';
comment on column control.protected_cells.population is 'Population of the subject''s declaration.';
comment on column control.protected_cells.period is 'Year or date of the figures.';
comment on column control.protected_cells.cell is 'Table, place and groups of the figure.';
comment on column control.protected_cells.release_id is 'The release that decided it.';
comment on column control.protected_cells.status is 'shown, hidden or derived (by subtraction from shown ones).';
comment on column control.protected_cells.figure is 'The figure that was shown.';
comment on column control.protected_cells.shown_on is 'Date of the data that it was shown from.';
-- Whether an organiser is achieved was the finest there was of it, and follows from levels now: what was decided before
-- keeps its name.
update control.protected_cells
set cell = regexp_replace(
    cell,
    '^([^|]*/)((?:gaelic_)?(?:reading|writing|listening_and_talking)|numeracy)(/[^|]*)?=achieved[|]',
    '\1\2.\2\3=achieved|'
)
where subject = 'attainment' and population = 'returned'
    and cell ~ '^[^|]*/((gaelic_)?(reading|writing|listening_and_talking)|numeracy)(/[^|]*)?=achieved[|]';
grant select, insert on control.protected_persons, control.protected_cells to releaser;
alter table control.protected_persons enable row level security;
drop policy if exists released_by_release on control.protected_persons;
create policy released_by_release on control.protected_persons to releaser using (true) with check (true);
alter table control.protected_cells enable row level security;
drop policy if exists released_by_release on control.protected_cells;
create policy released_by_release on control.protected_cells to releaser using (true) with check (true);
