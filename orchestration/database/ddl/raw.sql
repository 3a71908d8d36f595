-- Raw tables, made from the contracts by `warehouse contracts`: do not edit. One file of a delivery is one _file_id.
-- A column that a contract gains is added; one that it loses stays, empty from then on.

set local role loader;

create table if not exists raw.attendance (
    scn integer,
    seed_code integer,
    attendance_date date,
    opening text,
    attendance_code text,
    recorded_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.attendance add column if not exists scn integer;
alter table raw.attendance add column if not exists seed_code integer;
alter table raw.attendance add column if not exists attendance_date date;
alter table raw.attendance add column if not exists opening text;
alter table raw.attendance add column if not exists attendance_code text;
alter table raw.attendance add column if not exists recorded_at timestamptz;
create index if not exists attendance_by_file on raw.attendance using brin (_file_id);
comment on table raw.attendance is 'One row per pupil, school, day and half day, and delivery that has it. Accepted rows as delivered, typed.';
comment on column raw.attendance.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.attendance.seed_code is 'SEED code of the school where the mark was made.';
comment on column raw.attendance.attendance_date is 'Day of the opening, in a school year and not after the extract date.';
comment on column raw.attendance.opening is 'Half of the day.';
comment on column raw.attendance.attendance_code is 'Mark as delivered, a national code or a local one of the authority. One that is neither is kept as an absence of unknown reason, unless it is malformed.';
comment on column raw.attendance.recorded_at is 'When the mark was made or last changed (UTC); not after the extract.';
comment on column raw.attendance._file_id is 'File it came in (control.files).';
comment on column raw.attendance._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.calendar (
    seed_code integer,
    opening_date date,
    opening text,
    is_open boolean,
    reason text,
    updated_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.calendar add column if not exists seed_code integer;
alter table raw.calendar add column if not exists opening_date date;
alter table raw.calendar add column if not exists opening text;
alter table raw.calendar add column if not exists is_open boolean;
alter table raw.calendar add column if not exists reason text;
alter table raw.calendar add column if not exists updated_at timestamptz;
create index if not exists calendar_by_file on raw.calendar using brin (_file_id);
comment on table raw.calendar is 'One row per establishment, day and half day. Accepted rows as delivered, typed.';
comment on column raw.calendar.seed_code is 'SEED code of the establishment.';
comment on column raw.calendar.opening_date is 'Day of the half day.';
comment on column raw.calendar.opening is 'Half of the day.';
comment on column raw.calendar.is_open is 'Whether the school opens in this half day.';
comment on column raw.calendar.reason is 'Why it is open or closed.';
comment on column raw.calendar.updated_at is 'When the school last changed the row (UTC).';
comment on column raw.calendar._file_id is 'File it came in (control.files).';
comment on column raw.calendar._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.cfe_levels (
    scn integer,
    academic_year date,
    organiser text,
    language text,
    seed_code integer,
    stage text,
    level_achieved text,
    assessed_on date,
    recorded_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.cfe_levels add column if not exists scn integer;
alter table raw.cfe_levels add column if not exists academic_year date;
alter table raw.cfe_levels add column if not exists organiser text;
alter table raw.cfe_levels add column if not exists language text;
alter table raw.cfe_levels add column if not exists seed_code integer;
alter table raw.cfe_levels add column if not exists stage text;
alter table raw.cfe_levels add column if not exists level_achieved text;
alter table raw.cfe_levels add column if not exists assessed_on date;
alter table raw.cfe_levels add column if not exists recorded_at timestamptz;
create index if not exists cfe_levels_by_file on raw.cfe_levels using brin (_file_id);
comment on table raw.cfe_levels is 'One row per pupil, academic year, organiser and language, and delivery that has it. Accepted rows as delivered, typed.';
comment on column raw.cfe_levels.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.cfe_levels.academic_year is 'Academic year of the judgement.';
comment on column raw.cfe_levels.organiser is 'What was judged.';
comment on column raw.cfe_levels.language is 'Language of the organiser. Numeracy has one field in the return and is english.';
comment on column raw.cfe_levels.seed_code is 'SEED code of the base school on the day of the return.';
comment on column raw.cfe_levels.stage is 'Stage on the day of the return; P1, P4, P7, S3 and SP are in the return, the others load and count as not in it.';
comment on column raw.cfe_levels.level_achieved is 'Level that the teacher judges to be achieved. Nobody is beyond the broad general education outside special education.';
comment on column raw.cfe_levels.assessed_on is 'Day of the judgement, inside the school year and not after the extract.';
comment on column raw.cfe_levels.recorded_at is 'When the row was made or last changed (UTC); not after the extract.';
comment on column raw.cfe_levels._file_id is 'File it came in (control.files).';
comment on column raw.cfe_levels._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.cfe_tracking (
    scn integer,
    academic_year date,
    collection integer,
    organiser text,
    language text,
    seed_code integer,
    stage text,
    predicted_level text,
    on_track text,
    progress text,
    recorded_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.cfe_tracking add column if not exists scn integer;
alter table raw.cfe_tracking add column if not exists academic_year date;
alter table raw.cfe_tracking add column if not exists collection integer;
alter table raw.cfe_tracking add column if not exists organiser text;
alter table raw.cfe_tracking add column if not exists language text;
alter table raw.cfe_tracking add column if not exists seed_code integer;
alter table raw.cfe_tracking add column if not exists stage text;
alter table raw.cfe_tracking add column if not exists predicted_level text;
alter table raw.cfe_tracking add column if not exists on_track text;
alter table raw.cfe_tracking add column if not exists progress text;
alter table raw.cfe_tracking add column if not exists recorded_at timestamptz;
create index if not exists cfe_tracking_by_file on raw.cfe_tracking using brin (_file_id);
comment on table raw.cfe_tracking is 'One row per pupil, academic year, collection, organiser and language, and delivery that has it. Accepted rows as delivered, typed.';
comment on column raw.cfe_tracking.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.cfe_tracking.academic_year is 'Academic year of the prediction.';
comment on column raw.cfe_tracking.collection is 'Which of the collections of the year, 1 to 4.';
comment on column raw.cfe_tracking.organiser is 'What was predicted.';
comment on column raw.cfe_tracking.language is 'Language of the organiser. Numeracy has one field in the return and is english.';
comment on column raw.cfe_tracking.seed_code is 'SEED code of the base school at the collection.';
comment on column raw.cfe_tracking.stage is 'Stage at the collection.';
comment on column raw.cfe_tracking.predicted_level is 'Level expected to be achieved by June, in P1, P4, P7 and S3; this or on_track has to be there.';
comment on column raw.cfe_tracking.on_track is 'Whether the pupil is on track for the level of the stage group; every stage.';
comment on column raw.cfe_tracking.progress is 'How far the pupil is within the level.';
comment on column raw.cfe_tracking.recorded_at is 'When the row was made or last changed (UTC); not after the extract.';
comment on column raw.cfe_tracking._file_id is 'File it came in (control.files).';
comment on column raw.cfe_tracking._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.enrolments (
    scn integer,
    seed_code integer,
    entry_date date,
    leaving_date date,
    stage text,
    registration_class text,
    is_base_school boolean,
    status text,
    mode_of_attendance text,
    leaving_reason text,
    updated_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.enrolments add column if not exists scn integer;
alter table raw.enrolments add column if not exists seed_code integer;
alter table raw.enrolments add column if not exists entry_date date;
alter table raw.enrolments add column if not exists leaving_date date;
alter table raw.enrolments add column if not exists stage text;
alter table raw.enrolments add column if not exists registration_class text;
alter table raw.enrolments add column if not exists is_base_school boolean;
alter table raw.enrolments add column if not exists status text;
alter table raw.enrolments add column if not exists mode_of_attendance text;
alter table raw.enrolments add column if not exists leaving_reason text;
alter table raw.enrolments add column if not exists updated_at timestamptz;
create table if not exists raw.held_enrolments (like raw.enrolments);
alter table raw.held_enrolments add column if not exists scn integer;
alter table raw.held_enrolments add column if not exists seed_code integer;
alter table raw.held_enrolments add column if not exists entry_date date;
alter table raw.held_enrolments add column if not exists leaving_date date;
alter table raw.held_enrolments add column if not exists stage text;
alter table raw.held_enrolments add column if not exists registration_class text;
alter table raw.held_enrolments add column if not exists is_base_school boolean;
alter table raw.held_enrolments add column if not exists status text;
alter table raw.held_enrolments add column if not exists mode_of_attendance text;
alter table raw.held_enrolments add column if not exists leaving_reason text;
alter table raw.held_enrolments add column if not exists updated_at timestamptz;
create index if not exists held_enrolments_by_file on raw.held_enrolments using brin (_file_id);
comment on table raw.held_enrolments is 'Rows of snapshots that a sudden change holds back, as raw would have them. One row per accepted row.';
create index if not exists enrolments_by_file on raw.enrolments using brin (_file_id);
comment on table raw.enrolments is 'One row per pupil, school and date of entry. Accepted rows as delivered, typed.';
comment on column raw.enrolments.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.enrolments.seed_code is 'SEED code of the school.';
comment on column raw.enrolments.entry_date is 'First day at the school; at most a year after the extract date.';
comment on column raw.enrolments.leaving_date is 'Last day at the school, inclusive. Before the entry date it says that the pupil never came: such a row is read as withdrawn.';
comment on column raw.enrolments.stage is 'Stage of the pupil; early learning (EL, N1 to N5) loads and counts nowhere.';
comment on column raw.enrolments.registration_class is 'Registration class.';
comment on column raw.enrolments.is_base_school is 'Whether this is the pupil''s base school.';
comment on column raw.enrolments.status is 'On roll (the default), guest of another school, or withdrawn before entry.';
comment on column raw.enrolments.mode_of_attendance is 'Full time, part time or other.';
comment on column raw.enrolments.leaving_reason is 'Why the pupil left the school.';
comment on column raw.enrolments.updated_at is 'When the school last changed the row (UTC).';
comment on column raw.enrolments._file_id is 'File it came in (control.files).';
comment on column raw.enrolments._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.establishments (
    seed_code integer,
    establishment_name text,
    local_authority_code text,
    sector text,
    denomination text,
    gaelic_medium boolean,
    half_day_openings_per_week integer,
    planning_capacity integer,
    working_capacity integer,
    capacity_as_at date,
    condition text,
    suitability text,
    medium_of_education text,
    integrated_special_unit boolean,
    opened_on date,
    closed_on date,
    mothballed_on date,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.establishments add column if not exists seed_code integer;
alter table raw.establishments add column if not exists establishment_name text;
alter table raw.establishments add column if not exists local_authority_code text;
alter table raw.establishments add column if not exists sector text;
alter table raw.establishments add column if not exists denomination text;
alter table raw.establishments add column if not exists gaelic_medium boolean;
alter table raw.establishments add column if not exists half_day_openings_per_week integer;
alter table raw.establishments add column if not exists planning_capacity integer;
alter table raw.establishments add column if not exists working_capacity integer;
alter table raw.establishments add column if not exists capacity_as_at date;
alter table raw.establishments add column if not exists condition text;
alter table raw.establishments add column if not exists suitability text;
alter table raw.establishments add column if not exists medium_of_education text;
alter table raw.establishments add column if not exists integrated_special_unit boolean;
alter table raw.establishments add column if not exists opened_on date;
alter table raw.establishments add column if not exists closed_on date;
alter table raw.establishments add column if not exists mothballed_on date;
do $$ begin if exists (select from information_schema.columns where table_schema = 'raw' and table_name = 'establishments' and column_name = 'capacity') then update raw.establishments set planning_capacity = capacity where planning_capacity is null and capacity is not null; end if; end $$;
create index if not exists establishments_by_file on raw.establishments using brin (_file_id);
comment on table raw.establishments is 'One row per establishment of the authority. Accepted rows as delivered, typed.';
comment on column raw.establishments.seed_code is 'SEED code of the establishment, seven digits, the last of them a check digit.';
comment on column raw.establishments.establishment_name is 'Name of the establishment.';
comment on column raw.establishments.local_authority_code is 'GSS code of the authority that runs it.';
comment on column raw.establishments.sector is 'Departments of the establishment, several joined by a plus sign.';
comment on column raw.establishments.denomination is 'Denomination as the authority words it.';
comment on column raw.establishments.gaelic_medium is 'Whether education in Gaelic is offered.';
comment on column raw.establishments.half_day_openings_per_week is 'Half days that it opens in a usual week; a fifth of schools open for nine.';
comment on column raw.establishments.planning_capacity is 'Places for pupils as returned to government, of primary schools; capacity in older files.';
comment on column raw.establishments.working_capacity is 'Places for pupils as the authority uses the building this year.';
comment on column raw.establishments.capacity_as_at is 'Day that the capacities are of.';
comment on column raw.establishments.condition is 'Condition of the buildings, from A (good) to D (bad).';
comment on column raw.establishments.suitability is 'How well the buildings suit teaching, from A (well) to D (badly).';
comment on column raw.establishments.medium_of_education is 'Language or languages of teaching.';
comment on column raw.establishments.integrated_special_unit is 'Whether a unit for pupils with support needs is part of it.';
comment on column raw.establishments.opened_on is 'Day on which it opened.';
comment on column raw.establishments.closed_on is 'Day on which it closed for good.';
comment on column raw.establishments.mothballed_on is 'Day from which it has stood without pupils.';
comment on column raw.establishments._file_id is 'File it came in (control.files).';
comment on column raw.establishments._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.leavers (
    scn integer,
    academic_year date,
    seed_code integer,
    leaving_stage text,
    leaving_date date,
    initial_destination text,
    initial_as_at date,
    follow_up_destination text,
    follow_up_as_at date,
    recorded_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.leavers add column if not exists scn integer;
alter table raw.leavers add column if not exists academic_year date;
alter table raw.leavers add column if not exists seed_code integer;
alter table raw.leavers add column if not exists leaving_stage text;
alter table raw.leavers add column if not exists leaving_date date;
alter table raw.leavers add column if not exists initial_destination text;
alter table raw.leavers add column if not exists initial_as_at date;
alter table raw.leavers add column if not exists follow_up_destination text;
alter table raw.leavers add column if not exists follow_up_as_at date;
alter table raw.leavers add column if not exists recorded_at timestamptz;
create index if not exists leavers_by_file on raw.leavers using brin (_file_id);
comment on table raw.leavers is 'One row per leaver and leaver year, and delivery that has it. Accepted rows as delivered, typed.';
comment on column raw.leavers.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.leavers.academic_year is 'Leaver year, from its census day to the day before the next one.';
comment on column raw.leavers.seed_code is 'SEED code of the main school at that census.';
comment on column raw.leavers.leaving_stage is 'Stage at leaving; adults (AD) load and count nowhere.';
comment on column raw.leavers.leaving_date is 'Last day at school, inside the leaver year.';
comment on column raw.leavers.initial_destination is 'Destination about three months after leaving; empty before October.';
comment on column raw.leavers.initial_as_at is 'Day that the initial destination is of.';
comment on column raw.leavers.follow_up_destination is 'Destination about nine months after leaving.';
comment on column raw.leavers.follow_up_as_at is 'Day that the follow-up destination is of.';
comment on column raw.leavers.recorded_at is 'When the row was made or last changed (UTC); not after the extract.';
comment on column raw.leavers._file_id is 'File it came in (control.files).';
comment on column raw.leavers._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.pupils (
    scn integer,
    seemis_pupil_id text,
    forename text,
    surname text,
    known_as text,
    date_of_birth date,
    sex text,
    data_zone_code text,
    ethnicity_code text,
    main_home_language text,
    english_level text,
    looked_after text,
    free_meal_registered boolean,
    gaelic_education text,
    disability text,
    national_identity text,
    updated_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.pupils add column if not exists scn integer;
alter table raw.pupils add column if not exists seemis_pupil_id text;
alter table raw.pupils add column if not exists forename text;
alter table raw.pupils add column if not exists surname text;
alter table raw.pupils add column if not exists known_as text;
alter table raw.pupils add column if not exists date_of_birth date;
alter table raw.pupils add column if not exists sex text;
alter table raw.pupils add column if not exists data_zone_code text;
alter table raw.pupils add column if not exists ethnicity_code text;
alter table raw.pupils add column if not exists main_home_language text;
alter table raw.pupils add column if not exists english_level text;
alter table raw.pupils add column if not exists looked_after text;
alter table raw.pupils add column if not exists free_meal_registered boolean;
alter table raw.pupils add column if not exists gaelic_education text;
alter table raw.pupils add column if not exists disability text;
alter table raw.pupils add column if not exists national_identity text;
alter table raw.pupils add column if not exists updated_at timestamptz;
create table if not exists raw.held_pupils (like raw.pupils);
alter table raw.held_pupils add column if not exists scn integer;
alter table raw.held_pupils add column if not exists seemis_pupil_id text;
alter table raw.held_pupils add column if not exists forename text;
alter table raw.held_pupils add column if not exists surname text;
alter table raw.held_pupils add column if not exists known_as text;
alter table raw.held_pupils add column if not exists date_of_birth date;
alter table raw.held_pupils add column if not exists sex text;
alter table raw.held_pupils add column if not exists data_zone_code text;
alter table raw.held_pupils add column if not exists ethnicity_code text;
alter table raw.held_pupils add column if not exists main_home_language text;
alter table raw.held_pupils add column if not exists english_level text;
alter table raw.held_pupils add column if not exists looked_after text;
alter table raw.held_pupils add column if not exists free_meal_registered boolean;
alter table raw.held_pupils add column if not exists gaelic_education text;
alter table raw.held_pupils add column if not exists disability text;
alter table raw.held_pupils add column if not exists national_identity text;
alter table raw.held_pupils add column if not exists updated_at timestamptz;
create index if not exists held_pupils_by_file on raw.held_pupils using brin (_file_id);
comment on table raw.held_pupils is 'Rows of snapshots that a sudden change holds back, as raw would have them. One row per accepted row.';
create index if not exists pupils_by_file on raw.pupils using brin (_file_id);
comment on table raw.pupils is 'One row per pupil, known by candidate number and SEEMiS id. Accepted rows as delivered, typed.';
comment on column raw.pupils.scn is 'Scottish Candidate Number, nine digits, the last of them a check digit.';
comment on column raw.pupils.seemis_pupil_id is 'Number of the pupil in SEEMiS, stable within an authority even when an SCN is re-issued.';
comment on column raw.pupils.forename is 'Forename, any script.';
comment on column raw.pupils.surname is 'Surname, any script.';
comment on column raw.pupils.known_as is 'Name by which the pupil is called.';
comment on column raw.pupils.date_of_birth is 'Date of birth; the pupil is 3 to 20 years old at the extract date.';
comment on column raw.pupils.sex is 'Sex as recorded in SEEMiS.';
comment on column raw.pupils.data_zone_code is 'Data zone (2011) of the home; empty where no postcode is held.';
comment on column raw.pupils.ethnicity_code is 'Ethnic background, ScotXed code.';
comment on column raw.pupils.main_home_language is 'Main language at home, ISO 639-3.';
comment on column raw.pupils.english_level is 'Level of English; ScotXed numbers are taken too and stored as these names.';
comment on column raw.pupils.looked_after is 'Whether looked after, at home or away; ScotXed numbers are taken too and stored as these names.';
comment on column raw.pupils.free_meal_registered is 'Whether registered for free school meals.';
comment on column raw.pupils.gaelic_education is 'Part that Gaelic has in the pupil''s education.';
comment on column raw.pupils.disability is 'Whether assessed or declared disabled.';
comment on column raw.pupils.national_identity is 'National identity, ScotXed code.';
comment on column raw.pupils.updated_at is 'When the school last changed the row (UTC); not after the extract.';
comment on column raw.pupils._file_id is 'File it came in (control.files).';
comment on column raw.pupils._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.qualifications (
    scn integer,
    academic_year date,
    course_code text,
    subject text,
    subject_group text,
    seed_code integer,
    presenting_seed_code integer,
    stage text,
    scqf_level integer,
    award_type text,
    provider text,
    entry_status text,
    grade text,
    result_band integer,
    scqf_credit_points integer,
    result_stage text,
    awarded_on date,
    recorded_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.qualifications add column if not exists scn integer;
alter table raw.qualifications add column if not exists academic_year date;
alter table raw.qualifications add column if not exists course_code text;
alter table raw.qualifications add column if not exists subject text;
alter table raw.qualifications add column if not exists subject_group text;
alter table raw.qualifications add column if not exists seed_code integer;
alter table raw.qualifications add column if not exists presenting_seed_code integer;
alter table raw.qualifications add column if not exists stage text;
alter table raw.qualifications add column if not exists scqf_level integer;
alter table raw.qualifications add column if not exists award_type text;
alter table raw.qualifications add column if not exists provider text;
alter table raw.qualifications add column if not exists entry_status text;
alter table raw.qualifications add column if not exists grade text;
alter table raw.qualifications add column if not exists result_band integer;
alter table raw.qualifications add column if not exists scqf_credit_points integer;
alter table raw.qualifications add column if not exists result_stage text;
alter table raw.qualifications add column if not exists awarded_on date;
alter table raw.qualifications add column if not exists recorded_at timestamptz;
create index if not exists qualifications_by_file on raw.qualifications using brin (_file_id);
comment on table raw.qualifications is 'One row per pupil, academic year and course, and delivery that has it. Accepted rows as delivered, typed.';
comment on column raw.qualifications.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.qualifications.academic_year is 'Academic year in which the course was taken, with its results of the August after.';
comment on column raw.qualifications.course_code is 'Code of the course.';
comment on column raw.qualifications.subject is 'Subject of the course.';
comment on column raw.qualifications.subject_group is 'Subjects within which the latest and best award counts; the subject where empty.';
comment on column raw.qualifications.seed_code is 'SEED code of the base school.';
comment on column raw.qualifications.presenting_seed_code is 'SEED code of the centre that presented the pupil, where it is another.';
comment on column raw.qualifications.stage is 'Stage of the pupil in that year.';
comment on column raw.qualifications.scqf_level is 'Level in the Scottish Credit and Qualifications Framework.';
comment on column raw.qualifications.award_type is 'Kind of award.';
comment on column raw.qualifications.provider is 'Who awards: the national body (the default) or another.';
comment on column raw.qualifications.entry_status is 'Entered, withdrawn or resulted (the default).';
comment on column raw.qualifications.grade is 'Grade of a resulted course.';
comment on column raw.qualifications.result_band is 'Band within the grade, 1 to 9.';
comment on column raw.qualifications.scqf_credit_points is 'Credit points of the award.';
comment on column raw.qualifications.result_stage is 'Before the reviews (August) or after them (December); after beats before.';
comment on column raw.qualifications.awarded_on is 'Day of the award; required when resulted.';
comment on column raw.qualifications.recorded_at is 'When the row was made or last changed (UTC); not after the extract.';
comment on column raw.qualifications._file_id is 'File it came in (control.files).';
comment on column raw.qualifications._row_number is 'Record in the file, from 1, the header left out.';

create table if not exists raw.support_needs (
    scn integer,
    start_date date,
    plan_type text,
    need_code text,
    nature_of_support text,
    mainstream_integration text,
    end_date date,
    updated_at timestamptz,
    _file_id integer not null,
    _row_number integer not null
);
alter table raw.support_needs add column if not exists scn integer;
alter table raw.support_needs add column if not exists start_date date;
alter table raw.support_needs add column if not exists plan_type text;
alter table raw.support_needs add column if not exists need_code text;
alter table raw.support_needs add column if not exists nature_of_support text;
alter table raw.support_needs add column if not exists mainstream_integration text;
alter table raw.support_needs add column if not exists end_date date;
alter table raw.support_needs add column if not exists updated_at timestamptz;
create index if not exists support_needs_by_file on raw.support_needs using brin (_file_id);
comment on table raw.support_needs is 'One row per pupil, start, plan and need. Accepted rows as delivered, typed.';
comment on column raw.support_needs.scn is 'Scottish Candidate Number of the pupil.';
comment on column raw.support_needs.start_date is 'Day from which the need is recorded.';
comment on column raw.support_needs.plan_type is 'Kind of plan that the need stands under.';
comment on column raw.support_needs.need_code is 'Reason for support; goes no further than canonical.';
comment on column raw.support_needs.nature_of_support is 'Kinds of support, joined by a vertical bar.';
comment on column raw.support_needs.mainstream_integration is 'How much of the time is spent in mainstream classes.';
comment on column raw.support_needs.end_date is 'Last day of the need; not before start_date.';
comment on column raw.support_needs.updated_at is 'When the row was last changed (UTC).';
comment on column raw.support_needs._file_id is 'File it came in (control.files).';
comment on column raw.support_needs._row_number is 'Record in the file, from 1, the header left out.';
