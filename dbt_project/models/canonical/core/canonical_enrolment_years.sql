-- Rule 9: in which days of which academic year an enrolment counts, with its latest known dates.
with enrolments as (
    select * from {{ ref('canonical_enrolments') }} as enrolments
    where {{ in_touched_scope('enrolments') }}
),

academic_years as (
    select * from {{ ref('academic_years') }}
),

delivered_years as (
    select * from {{ ref('canonical_delivered_years') }}
),

early_learning as (
    select stages.stage from {{ ref('stages') }} as stages
    where stages.sector = 'early_learning'
),

-- years of which the authority has told who was enrolled
snapshot_years as (
    select distinct -- one year of its snapshots
        file_years.local_authority_code,
        file_years.academic_year
    from {{ ref('stg_control__file_years') }} as file_years
    where file_years.feed = 'enrolments'
),

latest_known as (
    select distinct on (
        enrolments.local_authority_code, enrolments.pupil_id, enrolments.seed_code, enrolments.entry_date
    ) enrolments.*
    from enrolments
    order by
        enrolments.local_authority_code, enrolments.pupil_id, enrolments.seed_code, enrolments.entry_date,
        enrolments.valid_from desc, enrolments.academic_year desc
),

latest_in_year as (
    select distinct on (
        enrolments.local_authority_code, enrolments.academic_year, enrolments.pupil_id,
        enrolments.seed_code, enrolments.entry_date
    ) enrolments.*
    from enrolments
    order by
        enrolments.local_authority_code, enrolments.academic_year, enrolments.pupil_id,
        enrolments.seed_code, enrolments.entry_date, enrolments.valid_from desc
),

known_in_years as (
    select
        latest_known.*,
        academic_years.academic_year as counted_year,
        academic_years.starts_on,
        academic_years.ends_on,
        -- a date after the year ends none of it: 9999-12-31, or what is planned
        case when latest_known.leaving_date <= academic_years.ends_on then latest_known.leaving_date end as left_on,
        latest_in_year.pupil_id is not null as is_in_snapshot,
        snapshot_years.academic_year is not null as has_snapshot,
        case when latest_in_year.pupil_id is null then latest_known.valid_to else latest_in_year.valid_to end as missing_from,
        coalesce(latest_in_year.stage, latest_known.stage) as stage_of_year,
        coalesce(latest_in_year.is_base_school, latest_known.is_base_school) as is_base_school_of_year,
        coalesce(latest_in_year.status, latest_known.status) as status_of_year,
        coalesce(latest_in_year.mode_of_attendance, latest_known.mode_of_attendance) as mode_of_year
    from latest_known
    inner join delivered_years on latest_known.local_authority_code = delivered_years.local_authority_code
    inner join academic_years on delivered_years.academic_year = academic_years.academic_year
    left join snapshot_years
        on latest_known.local_authority_code = snapshot_years.local_authority_code
        and academic_years.academic_year = snapshot_years.academic_year
    left join latest_in_year
        on latest_known.local_authority_code = latest_in_year.local_authority_code
        and academic_years.academic_year = latest_in_year.academic_year
        and latest_known.pupil_id = latest_in_year.pupil_id
        and latest_known.seed_code = latest_in_year.seed_code
        and latest_known.entry_date = latest_in_year.entry_date
),

candidate_years as (
    select
        known_in_years.local_authority_code,
        known_in_years.counted_year as academic_year,
        known_in_years.pupil_id,
        known_in_years.seed_code,
        known_in_years.entry_date,
        known_in_years.left_on as leaving_date,
        greatest(known_in_years.entry_date, known_in_years.starts_on) as counts_from,
        -- a row that is missing from a later snapshot of its year was in force until that snapshot
        least(known_in_years.left_on, {{ day_of('known_in_years.missing_from') }}, known_in_years.ends_on) as counts_to,
        known_in_years.stage_of_year as stage,
        known_in_years.is_base_school_of_year as is_base_school,
        case
            when known_in_years.status_of_year <> 'withdrawn' and early_learning.stage is not null then 'out_of_scope'
            else known_in_years.status_of_year
        end as status,
        known_in_years.mode_of_year as mode_of_attendance,
        known_in_years.left_on is null and not known_in_years.is_in_snapshot as needs_mark
    from known_in_years
    left join early_learning on known_in_years.stage_of_year = early_learning.stage
    -- a snapshot has everybody of its year, so who is in none was not there, unless a later year tells when he left
    where known_in_years.is_in_snapshot
        or not known_in_years.has_snapshot
        or (known_in_years.left_on is not null and known_in_years.academic_year > known_in_years.counted_year)
)

select
    candidate_years.local_authority_code,
    candidate_years.academic_year,
    candidate_years.pupil_id,
    candidate_years.seed_code,
    candidate_years.entry_date,
    candidate_years.leaving_date,
    candidate_years.counts_from,
    candidate_years.counts_to,
    candidate_years.stage,
    candidate_years.is_base_school,
    candidate_years.status,
    candidate_years.mode_of_attendance,
    candidate_years.status = 'on_roll'
    and candidate_years.is_base_school
    and candidate_years.mode_of_attendance <> 'part_time' as is_expected,
    candidate_years.needs_mark
from candidate_years
where candidate_years.counts_from <= candidate_years.counts_to
