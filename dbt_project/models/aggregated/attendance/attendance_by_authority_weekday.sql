{%- set openings = [
    'openings_possible', 'openings_attended', 'openings_authorised', 'openings_not_authorised', 'openings_not_counted',
    'openings_not_recorded', 'openings_late',
] -%}
{%- set not_authorised = ['openings_unauthorised', 'openings_excluded', 'openings_unknown_reason'] -%}
{%- set persons = {
    'behind_marked': ['openings_attended', 'openings_authorised'] + not_authorised, 'behind_authorised': ['openings_authorised'],
    'behind_not_authorised': not_authorised, 'behind_late': ['openings_late'],
} -%}
{%- set place = 'once.local_authority_code, once.academic_year, once.sector' -%}
{%- set is_open = 'once.behind_marked >= ' ~ var('closed_half_day_pupils') -%}
with schools as (
    select
        schools.local_authority_code, schools.academic_year, row_of.sector,
        {{ half_day_position('schools.value') }} as position,
        count(*) filter (where schools.openings_possible > 0) as schools_counted,
        {% for column in persons -%}
        sum(schools.{{ column }}) as {{ column }},
        {% endfor -%}
        {% for category in openings -%}
        sum(schools.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('attendance_of_schools') }} as schools
    cross join lateral (values (schools.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('schools') }} and schools.breakdown = 'weekday'
    group by schools.local_authority_code, schools.academic_year, row_of.sector, schools.value
),

marks as (
    select marks.*
    from {{ ref('pupil_marks') }} as marks
    inner join {{ ref('pupil_year_attendance') }} as persons using (local_authority_code, academic_year, pupil_token)
    where {{ in_touched_scope('marks') }} and {{ in_touched_scope('persons') }}
        and persons.counts_in = 'authority'
),

counted_again as (
    {{ persons_counted_again('marks', persons) }}
),

once as (
    select
        local_authority_code, academic_year, sector, position, schools.schools_counted, {{ openings | join(', ') }},
        {% for column in persons -%}
        schools.{{ column }} - coalesce(counted_again.{{ column }}, 0) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from schools
    left join counted_again using (local_authority_code, academic_year, sector, position)
),

-- a half day of the week on which fewer than eight have marks is closed but for them: they count in the one before
placed as (
    select
        once.*,
        coalesce(
            max(once.position) filter (where {{ is_open }}) over (partition by {{ place }} order by once.position),
            min(once.position) filter (where {{ is_open }}) over (partition by {{ place }}),
            once.position
        ) as counted_position
    from once
),

counted as (
    select
        placed.local_authority_code, placed.academic_year, placed.sector, placed.counted_position as position,
        max(placed.schools_counted)::integer as schools_counted,
        {% for column in persons -%}
        max(placed.{{ column }})::integer as {{ column }},
        {% endfor -%}
        {% for category in openings -%}
        sum(placed.{{ category }})::bigint as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from placed
    group by placed.local_authority_code, placed.academic_year, placed.sector, placed.counted_position
),

totals as (
    select totals.*, facts.are_breakdowns_due, facts.has_unmapped_codes
    from {{ ref('attendance_of_authorities') }} as totals
    inner join {{ ref('authority_facts') }} as facts using (local_authority_code, academic_year, sector)
    where {{ in_touched_scope('totals') }}
        and totals.month = 'all' and totals.stage = 'all' and totals.simd_quintile = 'all'
),

-- union and not union all: a half day that is both wanted and found is one row
grid as (
    select totals.local_authority_code, totals.academic_year, totals.sector, half_days.position
    from totals
    cross join generate_series(2, 11) as half_days (position)
    union
    select counted.local_authority_code, counted.academic_year, counted.sector, counted.position
    from counted
),

-- everyone of the sector is expected on each weekday half on which anyone is
finished as (
    select
        local_authority_code, sector, academic_year, grid.position / 2 as weekday,
        case grid.position % 2 when 0 then 'AM' else 'PM' end as opening,
        {% for column in persons -%}
        coalesce(counted.{{ column }}, 0) as {{ column }},
        {% endfor -%}
        {% for category in openings -%}
        coalesce(counted.{{ category }}, 0) as {{ category }},
        {% endfor -%}
        {{ week_completeness('counted') }} as completeness,
        {{ share('counted.openings_attended', 'counted.openings_possible') }} as attendance_rate,
        totals.national_rate, totals.national_rate_year, totals.calendar_source, totals.is_provisional,
        coalesce(counted.schools_counted, 0) as schools_counted, totals.data_as_at,
        totals.behind_smallest_month, totals.behind_largest_month,
        case when {{ week_completeness('counted') }} is null then 0 else totals.behind_pupils end as behind_pupils,
        {{ withheld(
            'totals.are_breakdowns_due', 'totals.has_unmapped_codes', week_completeness('counted')
        ) }} as withheld
    from grid
    inner join totals using (local_authority_code, academic_year, sector)
    left join counted using (local_authority_code, academic_year, sector, position)
)

select * from finished
