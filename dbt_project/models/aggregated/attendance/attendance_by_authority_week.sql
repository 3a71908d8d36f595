{%- set counts = ['openings_possible', 'openings_attended', 'openings_not_counted', 'openings_not_recorded'] -%}
with schools as (
    select
        schools.local_authority_code,
        schools.academic_year,
        row_of.sector,
        schools.week,
        bool_or(schools.school_week_number is not null) as is_open,
        sum(schools.behind_marked) as behind_marked,
        sum(schools.behind_pupils) as behind_pupils,
        (count(*) filter (where schools.openings_possible > 0))::integer as schools_counted,
        {% for count in counts -%}
        sum(schools.{{ count }})::bigint as {{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('attendance_by_school_week') }} as schools
    cross join lateral (values (schools.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('schools') }}
    group by schools.local_authority_code, schools.academic_year, row_of.sector, schools.week
),

-- how often the few at several schools are counted too often
counted_again as (
    select * from {{ ref('pseudonymised_school_weeks') }} as counted_again
    where {{ in_touched_scope('counted_again') }}
        and counted_again.seed_code = 0
),

authority_facts as (
    select * from {{ ref('authority_facts') }} as authority_facts
    where {{ in_touched_scope('authority_facts') }}
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'attendance_rate' and national_rates.breakdown = 'all'
),

finished as (
    select
        schools.local_authority_code,
        schools.sector,
        schools.academic_year,
        schools.week,
        case
            when schools.is_open
                then {{ weeks_until('schools.week', 'schools.academic_year', 'authority_facts.open_weeks') }}
        end as school_week_number,
        (schools.behind_marked - coalesce(counted_again.pupils, 0))::integer as behind_marked,
        {% for count in counts -%}
        schools.{{ count }},
        {% endfor -%}
        {{ week_completeness('schools') }} as completeness,
        {{ share('schools.openings_attended', 'schools.openings_possible') }} as attendance_rate,
        national_rates.national_rate,
        national_rates.national_rate_year,
        authority_facts.calendar_source,
        authority_facts.is_provisional,
        schools.schools_counted,
        authority_facts.data_as_at,
        (schools.behind_pupils - coalesce(counted_again.behind_pupils, 0))::integer as behind_pupils,
        {{ withheld(
            'authority_facts.are_totals_due and schools.week <= authority_facts.data_as_at',
            'authority_facts.has_unmapped_codes',
            week_completeness('schools')
        ) }} as withheld
    from schools
    inner join authority_facts using (local_authority_code, academic_year, sector)
    left join counted_again using (local_authority_code, academic_year, sector, week)
    left join national_rates on schools.sector = national_rates.sector
)

select * from finished
