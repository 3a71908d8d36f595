with roll_dates as (
    select * from {{ ref('canonical_roll_dates') }} as roll_dates
    where {{ in_touched_scope('roll_dates') }}
),

enrolments as (
    select * from {{ ref('canonical_enrolments') }} as enrolments
    where enrolments.is_base_school
        and enrolments.status = 'on_roll'
        and {{ in_touched_scope('enrolments') }}
),

tokens as (
    select * from {{ ref('stg_vault__tokens') }}
),

-- two base schools at once: the later entry, then the lower SEED code
on_roll as (
    select distinct on (
        roll_dates.local_authority_code, roll_dates.academic_year, roll_dates.month, roll_dates.is_month_end,
        enrolments.pupil_id
    )
        roll_dates.local_authority_code,
        roll_dates.academic_year,
        roll_dates.month,
        roll_dates.is_month_end,
        roll_dates.as_at,
        enrolments.pupil_id,
        enrolments.seed_code
    from roll_dates
    inner join enrolments
        on roll_dates.local_authority_code = enrolments.local_authority_code
        and roll_dates.academic_year = enrolments.academic_year
        and {{ is_on_roll('enrolments', 'roll_dates') }}
    left join {{ ref('stages') }} as stages on enrolments.stage = stages.stage
    where stages.sector is distinct from 'early_learning'
    order by
        roll_dates.local_authority_code asc,
        roll_dates.academic_year asc,
        roll_dates.month asc,
        roll_dates.is_month_end asc,
        enrolments.pupil_id asc,
        enrolments.entry_date desc,
        enrolments.seed_code asc
)

select
    tokens.pupil_token,
    on_roll.seed_code,
    on_roll.academic_year,
    on_roll.local_authority_code,
    on_roll.month,
    on_roll.is_month_end,
    on_roll.as_at,
    pupil_years.sector,
    {{ stage_of_sector('pupil_years.stage', 'pupil_years.sector') }} as stage
from on_roll
inner join {{ ref('canonical_pupil_years') }} as pupil_years
    on on_roll.local_authority_code = pupil_years.local_authority_code
    and on_roll.academic_year = pupil_years.academic_year
    and on_roll.pupil_id = pupil_years.pupil_id
    and on_roll.seed_code = pupil_years.seed_code
inner join tokens on on_roll.pupil_id = tokens.pupil_id
