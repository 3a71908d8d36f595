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

candidate_years as (
    select
        latest_known.local_authority_code,
        academic_years.academic_year,
        latest_known.pupil_id,
        latest_known.seed_code,
        latest_known.entry_date,
        latest_known.leaving_date,
        greatest(latest_known.entry_date, academic_years.starts_on) as counts_from,
        -- a row that is missing from a later snapshot of its year was in force until that snapshot
        least(
            latest_known.leaving_date,
            {{ day_of('case when latest_in_year.pupil_id is null then latest_known.valid_to else latest_in_year.valid_to end') }},
            academic_years.ends_on
        ) as counts_to,
        coalesce(latest_in_year.stage, latest_known.stage) as stage,
        coalesce(latest_in_year.is_base_school, latest_known.is_base_school) as is_base_school,
        coalesce(latest_in_year.status, latest_known.status) as status,
        coalesce(latest_in_year.mode_of_attendance, latest_known.mode_of_attendance) as mode_of_attendance,
        latest_known.leaving_date is null and latest_in_year.pupil_id is null as needs_mark
    from latest_known
    inner join delivered_years on latest_known.local_authority_code = delivered_years.local_authority_code
    inner join academic_years on delivered_years.academic_year = academic_years.academic_year
    left join latest_in_year
        on latest_known.local_authority_code = latest_in_year.local_authority_code
        and academic_years.academic_year = latest_in_year.academic_year
        and latest_known.pupil_id = latest_in_year.pupil_id
        and latest_known.seed_code = latest_in_year.seed_code
        and latest_known.entry_date = latest_in_year.entry_date
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
