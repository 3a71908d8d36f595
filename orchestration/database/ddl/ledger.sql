-- Ledger of landing: which deliveries and files came, what became of each, and every event since.
-- Run at each provisioning as warehouse_owner, so idempotent: `create table if not exists`, then
-- `alter table ... add column if not exists`. Views other objects stand on may only get columns at their end.

create table if not exists control.deliveries (
    delivery_id integer generated always as identity primary key,
    delivery_key text not null unique,
    local_authority_code text not null,
    extract_date date not null,
    sequence smallint not null default 1 check (sequence >= 1),
    environment text not null check (environment in ('synthetic', 'test', 'live')),
    manifest_sha256 text not null,
    supersedes text,
    registered_at timestamptz not null default now(),
    unique (local_authority_code, extract_date, sequence)
);
comment on table control.deliveries is 'Accepted deliveries. One row per delivery.';
comment on column control.deliveries.delivery_id is 'Number of the delivery in this warehouse.';
comment on column control.deliveries.delivery_key is 'Folder of the delivery below the landing folder, such as S12000005/2025-09-01-2.';
comment on column control.deliveries.local_authority_code is 'GSS code of the council that sent it.';
comment on column control.deliveries.extract_date is 'Day of the extract, from the manifest.';
comment on column control.deliveries.sequence is 'Number of the delivery within its extract date, from 1.';
comment on column control.deliveries.environment is 'synthetic, test or live, from the manifest.';
comment on column control.deliveries.manifest_sha256 is 'SHA-256 of the manifest as delivered.';
comment on column control.deliveries.supersedes is 'delivery_key of the earlier delivery that this one replaces whole; it may arrive later, or never.';
comment on column control.deliveries.registered_at is 'When the delivery was accepted.';

create table if not exists control.attempts (
    attempt_id bigint generated always as identity primary key,
    delivery_key text not null,
    outcome text check (outcome in ('landed', 'unchanged', 'refused')),
    reason text,
    message text,
    manifest_sha256 text,
    files jsonb,
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    code_version text not null
);
alter table control.attempts add column if not exists fingerprint text;
create index if not exists attempts_by_delivery on control.attempts (delivery_key, attempt_id);
comment on table control.attempts is 'Every attempt to land a delivery, refused ones included. One row per attempt.';
comment on column control.attempts.attempt_id is 'Number of the attempt.';
comment on column control.attempts.delivery_key is 'Folder of the delivery below the landing folder.';
comment on column control.attempts.outcome is 'landed, unchanged or refused; null while it runs, or if it was cut off.';
comment on column control.attempts.reason is 'Why the delivery was refused, as in the extract layouts.';
comment on column control.attempts.message is 'What a person should know and do next. Never a value that identifies a pupil.';
comment on column control.attempts.manifest_sha256 is 'SHA-256 of the manifest as found.';
comment on column control.attempts.files is 'Name, SHA-256 and outcome of each file as found.';
comment on column control.attempts.started_at is 'When the attempt began.';
comment on column control.attempts.finished_at is 'When it ended; null while it runs, or if it was cut off.';
comment on column control.attempts.fingerprint is 'Hash of manifest, names, sizes and times of the folder as found: the same again needs no attempt.';
comment on column control.attempts.code_version is 'Version of the code that made it.';

create table if not exists control.files (
    file_id integer generated always as identity primary key,
    delivery_id integer not null references control.deliveries,
    feed text not null,
    file_name text not null,
    kind text not null check (kind in ('snapshot', 'delta')),
    sha256 text,
    bytes bigint,
    rows_manifest bigint,
    rows_file bigint,
    rows_accepted bigint,
    rows_rejected bigint,
    rows_duplicate bigint,
    status text not null check (status in ('landed', 'quarantined', 'refused', 'set_aside')),
    reason text,
    message text,
    extracted_at timestamptz,
    contract_version text,
    landed_at timestamptz
);
alter table control.files add column if not exists sha256_manifest text;
alter table control.files add column if not exists rows_blank bigint;
create unique index if not exists files_by_delivery on control.files (delivery_id, feed);
comment on table control.files is 'Files of accepted deliveries and what became of each. One row per file.';
comment on column control.files.file_id is 'Number of the file; _file_id of its rows in raw.';
comment on column control.files.delivery_id is 'The delivery it came with.';
comment on column control.files.feed is 'Name of the feed.';
comment on column control.files.file_name is 'Name of the file in its folder.';
comment on column control.files.kind is 'snapshot (everything in force that year) or delta (new and changed rows).';
comment on column control.files.sha256 is 'SHA-256 of the file as found; null where there was none.';
comment on column control.files.sha256_manifest is 'SHA-256 that the manifest announces.';
comment on column control.files.bytes is 'Size of the file as found, in bytes.';
comment on column control.files.rows_manifest is 'Records the manifest announces.';
comment on column control.files.rows_file is 'Records in the file, the header left out.';
comment on column control.files.rows_accepted is 'Records that went into raw.';
comment on column control.files.rows_rejected is 'Records rejected for another reason than duplicate_key.';
comment on column control.files.rows_duplicate is 'Valid records that lost against another with the same key in the file.';
comment on column control.files.rows_blank is 'Records of empty fields alone, skipped and in none of the other counts; the manifest may count them or not.';
comment on column control.files.status is 'landed, quarantined, refused or set_aside.';
comment on column control.files.reason is 'Why the file was not landed, as in the extract layouts.';
comment on column control.files.message is 'What a person should know and do next. Never a value that identifies a pupil.';
comment on column control.files.extracted_at is 'When the file was extracted, from the manifest.';
comment on column control.files.contract_version is 'Version of the contract it was judged by.';
comment on column control.files.landed_at is 'When its rows went into raw.';

create table if not exists control.ledger_events (
    event_id bigint generated always as identity primary key,
    delivery_id integer not null references control.deliveries,
    file_id integer references control.files,
    kind text not null check (kind in ('landed', 'withdrawn', 'restored', 'retried', 'replayed', 'erased')),
    reason text,
    actor text not null,
    occurred_at timestamptz not null default now()
);
-- A day that an authority closes, or opens again, belongs to no delivery.
alter table control.ledger_events alter column delivery_id drop not null;
alter table control.ledger_events add column if not exists local_authority_code text;
alter table control.ledger_events drop constraint if exists ledger_events_kind_check;
alter table control.ledger_events add constraint ledger_events_kind_check check (
    kind in (
        'landed', 'withdrawn', 'restored', 'retried', 'replayed', 'erased', 'accepted', 'unaccepted', 'quarantined',
        'days_closed', 'days_opened', 'published_imported', 'published_taken_back', 'own_school_on', 'own_school_off'
    )
);
alter table control.ledger_events drop constraint if exists ledger_events_of_something;
alter table control.ledger_events add constraint ledger_events_of_something check (
    delivery_id is not null or local_authority_code is not null
);
create index if not exists ledger_events_by_delivery on control.ledger_events (delivery_id, event_id);
create index if not exists ledger_events_by_file on control.ledger_events (file_id) where file_id is not null;
comment on table control.ledger_events is 'What happened to deliveries and files, append-only: the layers follow from it. One row per event.';
comment on column control.ledger_events.event_id is 'Number of the event, growing; a build reflects all events up to one.';
comment on column control.ledger_events.delivery_id is 'The delivery concerned; null where it is an authority''s list of closed days, published figures, or whether heads see their own school exactly.';
comment on column control.ledger_events.file_id is 'The one file concerned; null for the whole delivery.';
comment on column control.ledger_events.kind is 'landed, withdrawn, restored, retried, replayed or erased; accepted or unaccepted where a person decided on a sudden change; quarantined where a file was held back after it had landed; days_closed, days_opened, published_imported, published_taken_back, own_school_on or own_school_off without a delivery.';
comment on column control.ledger_events.reason is 'Why, in the words of whoever did it. Never a value that identifies a pupil.';
comment on column control.ledger_events.actor is 'Who or what did it.';
comment on column control.ledger_events.occurred_at is 'When.';
comment on column control.ledger_events.local_authority_code is 'GSS code of the authority, where it is no delivery''s event; that of Scotland for published figures of more than one area.';

create table if not exists control.snapshot_comparisons (
    comparison text primary key,
    facts jsonb not null,
    compared_at timestamptz not null default now()
);
comment on table control.snapshot_comparisons is 'Snapshots of pupils and enrolments against those before them, so that each pair is compared once. One row per pair and what it was judged by.';
comment on column control.snapshot_comparisons.comparison is 'The files compared, and a hash of what else counted.';
comment on column control.snapshot_comparisons.facts is 'Candidate numbers known on both sides and renumbered, pupils before and after, schools past the threshold. Counts alone.';
comment on column control.snapshot_comparisons.compared_at is 'When they were compared.';

create table if not exists control.file_years (
    file_id integer not null references control.files on delete cascade,
    academic_year text not null,
    row_count bigint not null,
    first_date date,
    last_date date,
    primary key (file_id, academic_year)
);
comment on table control.file_years is 'Academic years that the accepted rows of a file touch. One row per file and year.';
comment on column control.file_years.file_id is 'The file.';
comment on column control.file_years.academic_year is 'Academic year such as 2025/26.';
comment on column control.file_years.row_count is 'Accepted rows of that year.';
comment on column control.file_years.first_date is 'First date among them; null where the feed has none.';
comment on column control.file_years.last_date is 'Last date among them; null where the feed has none.';

create table if not exists control.file_establishments (
    file_id integer not null references control.files on delete cascade,
    seed_code integer not null,
    rows_manifest bigint,
    rows_file bigint not null,
    rows_accepted bigint not null,
    rows_rejected bigint not null,
    rows_duplicate bigint not null,
    key_checksum bigint not null,
    primary key (file_id, seed_code)
);
alter table control.file_establishments add column if not exists natural_key_checksum bigint;
alter table control.file_establishments add column if not exists content numeric;
comment on table control.file_establishments is 'Rows of a file by establishment, for the balance sheet. One row per file and SEED code.';
comment on column control.file_establishments.file_id is 'The file.';
comment on column control.file_establishments.seed_code is 'SEED code; 0 for rows that name none or none that can be read.';
comment on column control.file_establishments.rows_manifest is 'Records the manifest announces; null where it does not say.';
comment on column control.file_establishments.rows_file is 'Records in the file.';
comment on column control.file_establishments.rows_accepted is 'Records that went into raw.';
comment on column control.file_establishments.rows_rejected is 'Records rejected for another reason than duplicate_key.';
comment on column control.file_establishments.rows_duplicate is 'Records that lost against another with the same key.';
comment on column control.file_establishments.key_checksum is 'Order-free checksum of the accepted rows (xor of row hashes), beside their count.';
comment on column control.file_establishments.natural_key_checksum is 'Of older versions; no longer written.';
comment on column control.file_establishments.content is 'Keyed, order-free hash of the accepted rows with all their values, made when the file was read; of files that landed before there was one, made of what stood in raw then.';

create table if not exists control.announced_rows (
    file_id integer not null references control.files on delete cascade,
    seed_code integer not null,
    row_count bigint not null,
    primary key (file_id, seed_code)
);
comment on table control.announced_rows is 'Rows that a manifest announces, by establishment, of a file that has not landed: what is missing is known by it. One row per file and SEED code.';
comment on column control.announced_rows.file_id is 'The file.';
comment on column control.announced_rows.seed_code is 'SEED code as announced.';
comment on column control.announced_rows.row_count is 'Records the manifest announces.';

create table if not exists control.closed_days (
    entry_id bigint generated always as identity primary key,
    event_id bigint not null references control.ledger_events,
    local_authority_code text not null,
    seed_code integer,
    first_day date not null,
    last_day date not null,
    is_closed boolean not null,
    reason text not null,
    check (first_day <= last_day)
);
comment on table control.closed_days is 'What an authority says of days without school, append-only: of a school and day the last entry counts. One row per entry.';
comment on column control.closed_days.entry_id is 'Number of the entry, growing.';
comment on column control.closed_days.event_id is 'Its event on the ledger, which knows who and when.';
comment on column control.closed_days.local_authority_code is 'GSS code of the authority.';
comment on column control.closed_days.seed_code is 'The one school concerned; null for all schools of the authority.';
comment on column control.closed_days.first_day is 'First day, inclusive.';
comment on column control.closed_days.last_day is 'Last day, inclusive.';
comment on column control.closed_days.is_closed is 'True: closed. False: what was closed before is judged by calendar and marks again.';
comment on column control.closed_days.reason is 'Why, in the words of whoever said it. Never a value that identifies a pupil.';

create table if not exists control.published_imports (
    entry_id bigint generated always as identity primary key,
    event_id bigint not null references control.ledger_events,
    dataset text not null,
    content_hash text,
    row_count integer not null,
    takes_back bigint references control.published_imports,
    check ((takes_back is null) = (content_hash is not null))
);
comment on table control.published_imports is 'Editions of published figures added to those of the seeds, append-only. One row per edition, or edition taken back.';
comment on column control.published_imports.entry_id is 'Number of the edition, growing: of a key the last one in force counts.';
comment on column control.published_imports.event_id is 'Its event on the ledger, which knows who and when, and where it is published.';
comment on column control.published_imports.dataset is 'The seed whose figures it adds to.';
comment on column control.published_imports.content_hash is 'SHA-256 of its rows; null where it takes an edition back.';
comment on column control.published_imports.row_count is 'How many rows it has.';
comment on column control.published_imports.takes_back is 'The edition that counts no more; null for an edition.';

create table if not exists control.published_rows (
    entry_id bigint not null references control.published_imports,
    row_number integer not null,
    fields jsonb not null,
    primary key (entry_id, row_number)
);
comment on table control.published_rows is 'Rows of imported editions of published figures, the same for everybody. One row per row of the file.';
comment on column control.published_rows.entry_id is 'The edition.';
comment on column control.published_rows.row_number is 'Row of the file, from 1, the header left out.';
comment on column control.published_rows.fields is 'Values as text by column of the seed; null where the file has nothing.';

create table if not exists control.rejects (
    file_id integer not null references control.files on delete cascade,
    row_number integer not null,
    column_name text not null,
    reason text not null,
    seed_code integer
);
create index if not exists rejects_by_file on control.rejects (file_id, row_number);
comment on table control.rejects is 'Why rows were rejected, without their values. One row per row, column and broken rule.';
comment on column control.rejects.file_id is 'The file.';
comment on column control.rejects.row_number is 'Record in the file, from 1, the header left out.';
comment on column control.rejects.column_name is 'Column that broke the rule; empty where it is the whole row.';
comment on column control.rejects.reason is 'The rule, as in the extract layouts.';
comment on column control.rejects.seed_code is 'Establishment of the row, where it can be read.';

create table if not exists control.warnings (
    delivery_id integer not null references control.deliveries,
    file_id integer references control.files on delete cascade,
    column_name text,
    kind text not null,
    row_count bigint not null,
    example_row integer,
    detail text
);
create index if not exists warnings_by_delivery on control.warnings (delivery_id, file_id);
comment on table control.warnings is 'What loaded but a person should look at. One row per delivery, file, column and kind.';
comment on column control.warnings.delivery_id is 'The delivery.';
comment on column control.warnings.file_id is 'The file; null for the whole delivery.';
comment on column control.warnings.column_name is 'The column; null for the whole file.';
comment on column control.warnings.kind is 'What is odd, as in the extract layouts.';
comment on column control.warnings.row_count is 'How many rows.';
comment on column control.warnings.example_row is 'One of them.';
comment on column control.warnings.detail is 'More, such as an attendance code without a mapping. Never a value that identifies a pupil.';

grant select, insert, update, delete on
    control.files, control.file_years, control.file_establishments, control.announced_rows, control.rejects,
    control.warnings, control.snapshot_comparisons
    to loader;
grant select, insert, update on control.deliveries, control.attempts to loader;
grant select, insert on control.ledger_events to loader, steward;
grant select, insert on control.closed_days, control.published_imports, control.published_rows to steward;
grant select on
    control.deliveries, control.files, control.ledger_events, control.file_years, control.file_establishments
    to pseudonymiser;

-- Values of rejected rows stay in the restricted zone, with the loader as owner like all of raw.
set local role loader;
create table if not exists raw.rejected_rows (
    _file_id integer not null,
    _row_number integer not null,
    fields jsonb not null
);
create index if not exists rejected_rows_by_file on raw.rejected_rows using brin (_file_id);
comment on table raw.rejected_rows is 'Rejected rows as delivered, for the steward. One row per rejected record.';
comment on column raw.rejected_rows._file_id is 'File it came in (control.files).';
comment on column raw.rejected_rows._row_number is 'Record in the file, from 1, the header left out.';
comment on column raw.rejected_rows.fields is 'Collected columns only, as text by column name.';
grant select on raw.rejected_rows to steward;
