-- How many pupils of a stage have a mark, for the questions of rule 8 that rest on it: is a school open on a day that no
-- calendar covers, is a stage S4 to S6 on study leave, and does P1 begin with mornings? Nothing else is counted here.
with enrolment_years as (
    select * from {{ ref('canonical_enrolment_years') }} as enrolment_years
    where {{ in_touched_month('enrolment_years') }}
        and enrolment_years.is_base_school
        and enrolment_years.status = 'on_roll'
),

marked_months as (
    select marked_months.* from {{ ref('canonical_marked_months') }} as marked_months
    where {{ in_touched_month('marked_months', 'marked_months.month') }}
),

coverage as (
    {{ calendar_coverage() }}
),

-- after the last row of a calendar that stops
school_months as (
    select
        school_months.local_authority_code,
        school_months.seed_code,
        school_months.month
    from {{ ref('canonical_school_months') }} as school_months
    inner join coverage
        on school_months.local_authority_code = coverage.local_authority_code
        and school_months.academic_year = coverage.academic_year
        and school_months.seed_code = coverage.seed_code
    where {{ in_touched_month('school_months', 'school_months.month') }}
        and school_months.marked_slots
        & ~{{ slots_between('school_months.month', 'coverage.covered_to', 'school_months.month') }} <> 0
),

months as (
    select distinct -- one month of its days
        academic_years.academic_year,
        days.month,
        days.month <= academic_years.exam_window_to
        and days.month + interval '1 month' > academic_years.exam_window_from as is_in_exam_window
    from {{ ref('canonical_days') }} as days
    inner join {{ ref('academic_years') }} as academic_years on days.academic_year = academic_years.academic_year
),

wanted as (
    select
        enrolment_years.*,
        coverage.seed_code is null as is_inferred,
        case
            when enrolment_years.stage = 'P1' then date_trunc('month', coverage.first_open_on::timestamp)::date
        end as starts_in,
        -- a week more than the weeks of the start, for a holiday among them
        coverage.first_open_on + 7 * {{ var('part_time_start_weeks') + 1 }} as started_by
    from enrolment_years
    left join coverage
        on enrolment_years.local_authority_code = coverage.local_authority_code
        and enrolment_years.academic_year = coverage.academic_year
        and enrolment_years.seed_code = coverage.seed_code
    left join {{ ref('canonical_marked_schools') }} as marked_schools
        on enrolment_years.local_authority_code = marked_schools.local_authority_code
        and enrolment_years.academic_year = marked_schools.academic_year
        and enrolment_years.pupil_id = marked_schools.pupil_id
        and enrolment_years.seed_code = marked_schools.seed_code
    where {{ is_confirmed('enrolment_years', 'marked_schools') }}
),

pupil_months as (
    select
        wanted.local_authority_code,
        wanted.academic_year,
        wanted.seed_code,
        wanted.stage,
        wanted.pupil_id,
        months.month,
        bit_or({{ slots_between('wanted.counts_from', 'wanted.counts_to', 'months.month') }}) as on_roll_slots
    from wanted
    inner join months on wanted.academic_year = months.academic_year
    left join school_months
        on wanted.local_authority_code = school_months.local_authority_code
        and wanted.seed_code = school_months.seed_code
        and months.month = school_months.month
    where months.month <= wanted.counts_to
        and months.month + interval '1 month' > wanted.counts_from
        and (
            wanted.is_inferred
            or (wanted.stage in ('S4', 'S5', 'S6') and months.is_in_exam_window)
            or months.month between wanted.starts_in and wanted.started_by
            or school_months.month is not null
        )
        and {{ in_touched_month('wanted', 'months.month') }}
    group by
        wanted.local_authority_code, wanted.academic_year, wanted.seed_code, wanted.stage, wanted.pupil_id,
        months.month
),

stage_months as (
    select
        pupil_months.local_authority_code,
        pupil_months.academic_year,
        pupil_months.seed_code,
        pupil_months.stage,
        pupil_months.month,
        {{ pupils_per_slot('pupil_months.on_roll_slots') }} as on_roll_by_slot,
        {{ pupils_per_slot('pupil_months.on_roll_slots & coalesce(marked_months.marked_slots, 0)') }} as marked_by_slot
    from pupil_months
    left join marked_months
        on pupil_months.local_authority_code = marked_months.local_authority_code
        and pupil_months.pupil_id = marked_months.pupil_id
        and pupil_months.seed_code = marked_months.seed_code
        and pupil_months.month = marked_months.month
    group by
        pupil_months.local_authority_code, pupil_months.academic_year, pupil_months.seed_code,
        pupil_months.stage, pupil_months.month
)

select
    stage_months.local_authority_code,
    stage_months.academic_year,
    stage_months.seed_code,
    stage_months.stage,
    stage_months.month + ((slots.position - 1) / 2)::integer as opening_date,
    case when slots.position % 2 = 1 then 'AM' else 'PM' end as opening,
    slots.pupils_on_roll::integer as pupils_on_roll,
    slots.pupils_marked::integer as pupils_marked
from stage_months
cross join
    lateral unnest(stage_months.on_roll_by_slot, stage_months.marked_by_slot)
    with ordinality as slots (pupils_on_roll, pupils_marked, position)
where slots.pupils_on_roll > 0
