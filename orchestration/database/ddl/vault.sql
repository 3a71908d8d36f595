-- Who is who. Outside every rebuild: rows are added by the pseudonymiser and go only when a pupil is erased.

create table if not exists vault.identity_map (
    local_authority_code text not null,
    seemis_pupil_id text not null,
    pupil_id integer not null,
    first_known_at timestamptz not null,
    primary key (local_authority_code, seemis_pupil_id)
);
create index if not exists identity_map_by_pupil on vault.identity_map (pupil_id);
comment on table vault.identity_map is 'The person behind an id of the source, append-only. One row per authority and SEEMiS id.';
comment on column vault.identity_map.local_authority_code is 'GSS code of the council.';
comment on column vault.identity_map.seemis_pupil_id is 'Id of the pupil in that council''s SEEMiS.';
comment on column vault.identity_map.pupil_id is 'The person, given once. Two rows with the same one are one person who moved council.';
comment on column vault.identity_map.first_known_at is 'When the extract that first had the id was made.';

create table if not exists vault.tokens (
    pupil_id integer not null,
    domain text not null,
    token uuid not null,
    primary key (pupil_id, domain),
    unique (domain, token)
);
comment on table vault.tokens is 'Pseudonyms, assigned once. One row per person and domain.';
comment on column vault.tokens.pupil_id is 'The person (vault.identity_map).';
comment on column vault.tokens.domain is 'Purpose, with a key of its own: tokens of two domains cannot be joined. analytics is the pseudonymised layer.';
comment on column vault.tokens.token is 'Keyed hash of the id under which the person was first known, cut to 128 bits.';

grant select, insert, delete on vault.identity_map, vault.tokens to pseudonymiser;

create table if not exists vault.assigned_files (
    file_id integer primary key,
    assigned_at timestamptz not null default now()
);
comment on table vault.assigned_files is 'Pupils'' files whose persons are all in the identity map. One row per file.';
comment on column vault.assigned_files.file_id is 'The file.';
comment on column vault.assigned_files.assigned_at is 'When its persons were given their numbers.';

grant select, insert, delete on vault.assigned_files to pseudonymiser;
