with calendar as (
    select * from {{ ref('canonical_calendar') }} as calendar
    where {{ in_touched_scope('calendar') }}
),

schools as (
    select distinct -- a school of its enrolments
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code
    from {{ ref('canonical_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
    union
    select calendar.local_authority_code, calendar.academic_year, calendar.seed_code
    from calendar
),

delivered_years as (
    select * from {{ ref('canonical_delivered_years') }}
)

select
    schools.local_authority_code,
    schools.seed_code,
    schools.academic_year,
    case
        when min(calendar.calendar_source) <> max(calendar.calendar_source) then 'mixed'
        else coalesce(min(calendar.calendar_source), 'inferred')
    end as calendar_source,
    (count(distinct calendar.opening_date) filter (
        where calendar.is_open and calendar.opening_date <= data_as_at.data_as_at
    ))::integer as open_days,
    min(calendar.opening_date) filter (
        where calendar.is_open and calendar.opening_date <= data_as_at.data_as_at
    ) as first_open_on,
    max(calendar.opening_date) filter (
        where calendar.is_open and calendar.opening_date <= data_as_at.data_as_at
    ) as last_open_on,
    coalesce(
        bit_or({{ week_of('calendar.opening_date', 'schools.academic_year') }}) filter (where calendar.is_open), 0
    ) as open_weeks,
    data_as_at.data_as_at,
    coalesce(delivered_years.is_provisional, true) as is_provisional,
    coalesce(delivered_years.is_after_census, false) as is_after_census,
    academic_years.census_on
from schools
inner join {{ ref('academic_years') }} as academic_years on schools.academic_year = academic_years.academic_year
left join calendar
    on schools.local_authority_code = calendar.local_authority_code
    and schools.academic_year = calendar.academic_year
    and schools.seed_code = calendar.seed_code
left join {{ ref('canonical_data_as_at') }} as data_as_at
    on schools.local_authority_code = data_as_at.local_authority_code
    and schools.academic_year = data_as_at.academic_year
left join delivered_years
    on schools.local_authority_code = delivered_years.local_authority_code
    and schools.academic_year = delivered_years.academic_year
group by
    schools.local_authority_code, schools.seed_code, schools.academic_year, data_as_at.data_as_at,
    delivered_years.is_provisional, delivered_years.is_after_census, academic_years.census_on
