-- Changes of figures that were shown: what pupils contributed when a figure was last shown, and which are held (44).

create table if not exists control.shown_half_days (
    local_authority_code text not null,
    academic_year text not null,
    month date not null,
    pupil bigint not null,
    seed_code text not null,
    sector text not null,
    stage text not null,
    sex text not null,
    simd_quintile text not null,
    deprivation_group text not null,
    possible_slots bigint not null,
    attended_slots bigint not null,
    not_counted_slots bigint not null,
    not_recorded_slots bigint not null,
    release_id integer not null,
    primary key (local_authority_code, academic_year, month, pupil, seed_code)
);
comment on table control.shown_half_days is
'Half days of each pupil in the weeks and months that were over at the last release, as bits, by pseudonym: releaser only. One row per pupil, school and month.';
comment on column control.shown_half_days.local_authority_code is 'GSS code of the council.';
comment on column control.shown_half_days.academic_year is 'Academic year such as 2025/26.';
comment on column control.shown_half_days.month is 'First day of the month.';
comment on column control.shown_half_days.pupil is 'Pseudonym of the pupil as a number.';
comment on column control.shown_half_days.seed_code is 'SEED code of the school, seven digits.';
comment on column control.shown_half_days.sector is 'primary, secondary or special.';
comment on column control.shown_half_days.stage is 'Stage of the year.';
comment on column control.shown_half_days.sex is 'Sex of the year.';
comment on column control.shown_half_days.simd_quintile is 'Quintile of the area of the year.';
comment on column control.shown_half_days.deprivation_group is 'The quintile in three groups.';
comment on column control.shown_half_days.possible_slots is 'Possible openings; bit 2 * (day - 1) is the morning.';
comment on column control.shown_half_days.attended_slots is 'Openings attended.';
comment on column control.shown_half_days.not_counted_slots is 'Openings that are not counted.';
comment on column control.shown_half_days.not_recorded_slots is 'Openings that are not recorded.';
comment on column control.shown_half_days.release_id is 'The release since which it is so.';

create table if not exists control.replaced_half_days (
    like control.shown_half_days including comments,
    until_release integer not null,
    primary key (local_authority_code, academic_year, month, pupil, seed_code, until_release)
);
comment on table control.replaced_half_days is
'What pupils contributed before it changed, so that a figure that is held can be told from what it would be now: releaser only. One row per pupil, school, month and release that replaced it; never changed or deleted.';
comment on column control.replaced_half_days.until_release is 'The release that replaced it.';

create table if not exists control.shown_periods (
    local_authority_code text not null,
    academic_year text not null,
    release_id integer not null,
    over_until date not null,
    closed_month integer not null,
    primary key (local_authority_code, academic_year, release_id)
);
comment on table control.shown_periods is
'How far weeks and months were over at each release of a year. One row per release and year; never changed or deleted.';
comment on column control.shown_periods.local_authority_code is 'GSS code of the council.';
comment on column control.shown_periods.academic_year is 'Academic year such as 2025/26.';
comment on column control.shown_periods.release_id is 'The release.';
comment on column control.shown_periods.over_until is 'The last day of a week or month that was over.';
comment on column control.shown_periods.closed_month is 'The last month that was over, as yyyymm.';

create table if not exists control.held_figures (
    local_authority_code text not null,
    academic_year text not null,
    mart text not null,
    cell text not null,
    release_id integer not null,
    since_release integer,
    is_hidden boolean not null default false,
    primary key (local_authority_code, academic_year, mart, cell, release_id)
);
comment on table control.held_figures is
'Rows of attendance that stand as they were shown, and the release that they are of; the last line of a row counts, and one without a release says that it was let go. One row per row and release that decided it anew; never changed or deleted.';
comment on column control.held_figures.local_authority_code is 'GSS code of the council.';
comment on column control.held_figures.academic_year is 'Academic year such as 2025/26.';
comment on column control.held_figures.mart is 'Name of the mart.';
comment on column control.held_figures.cell is 'Key of the row within its mart.';
comment on column control.held_figures.release_id is 'The release that decided it.';
comment on column control.held_figures.since_release is 'The release whose figures it shows; null: those of now.';
comment on column control.held_figures.is_hidden is 'Whether it is hidden for good: five or more changed it in a final year, and others need it.';

grant select, insert, update, delete on control.shown_half_days to releaser;
grant select, insert on control.replaced_half_days, control.shown_periods, control.held_figures to releaser;
alter table control.shown_half_days enable row level security;
drop policy if exists released_by_release on control.shown_half_days;
create policy released_by_release on control.shown_half_days to releaser using (true) with check (true);
alter table control.replaced_half_days enable row level security;
drop policy if exists released_by_release on control.replaced_half_days;
create policy released_by_release on control.replaced_half_days to releaser using (true) with check (true);
alter table control.held_figures enable row level security;
drop policy if exists released_by_release on control.held_figures;
create policy released_by_release on control.held_figures to releaser using (true) with check (true);
