{%- set place = 'local_authority_code, academic_year, seed_code, sector' -%}
{%- set counts = ['openings_attended', 'openings_possible', 'openings_not_counted', 'openings_not_recorded'] -%}
with cells as (
    select
        cells.local_authority_code,
        cells.academic_year,
        lpad(cells.seed_code::text, 7, '0') as seed_code,
        cells.sector,
        cells.week,
        cells.is_open,
        cells.pupils as behind_marked,
        cells.behind_pupils,
        {{ 'cells.' ~ counts | join(', cells.') }}
    from {{ ref('pseudonymised_school_weeks') }} as cells
    where {{ in_touched_scope('cells') }}
        and cells.seed_code <> 0
),

-- a mark of a week in which the school is closed counts in the open week before it: alone it would be one child
placed as (
    select
        cells.*,
        coalesce(
            max(cells.week) filter (where cells.is_open) over (partition by {{ place }} order by cells.week),
            min(cells.week) filter (where cells.is_open) over (partition by {{ place }}),
            cells.week
        ) as counted_week
    from cells
),

weeks as (
    select
        {{ place }},
        placed.counted_week as week,
        bool_or(placed.is_open) as is_open,
        max(placed.behind_marked) as behind_marked,
        max(placed.behind_pupils) as behind_pupils,
        {% for count in counts -%}
        sum(placed.{{ count }})::bigint as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from placed
    group by {{ place }}, placed.counted_week
),

school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'attendance_rate' and national_rates.breakdown = 'all'
),

finished as (
    select
        weeks.local_authority_code,
        weeks.seed_code,
        weeks.sector,
        weeks.academic_year,
        weeks.week,
        case
            when weeks.is_open then {{ weeks_until('weeks.week', 'weeks.academic_year', 'school_facts.open_weeks') }}
        end as school_week_number,
        weeks.behind_marked,
        weeks.openings_possible,
        weeks.openings_attended,
        weeks.openings_not_counted,
        weeks.openings_not_recorded,
        {{ week_completeness('weeks') }} as completeness,
        {{ share('weeks.openings_attended', 'weeks.openings_possible') }} as attendance_rate,
        national_rates.national_rate,
        national_rates.national_rate_year,
        school_facts.calendar_source,
        school_facts.is_provisional,
        school_facts.data_as_at,
        weeks.behind_pupils,
        {{ withheld(
            'school_facts.are_totals_due and weeks.week <= school_facts.data_as_at',
            'school_facts.has_unmapped_codes',
            week_completeness('weeks')
        ) }} as withheld
    from weeks
    inner join school_facts using (local_authority_code, academic_year, seed_code, sector)
    left join national_rates on weeks.sector = national_rates.sector
)

select * from finished
