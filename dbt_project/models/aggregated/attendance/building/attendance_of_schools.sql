with school_facts as (
    select * from {{ ref('school_facts') }} as school_facts
    where {{ in_touched_scope('school_facts') }}
),

school_openings as (
    select * from {{ ref('school_openings') }} as school_openings
    where {{ in_touched_scope('school_openings') }}
),

totals as (
    select * from school_openings
    where school_openings.breakdown = 'all'
),

-- everyone at the school is expected on each weekday half on which anyone is
weekdays as (
    select
        weekdays.local_authority_code,
        weekdays.academic_year,
        weekdays.seed_code,
        weekdays.sector,
        'weekday' as breakdown,
        weekdays.weekday || ' ' || weekdays.opening as value,
        {% for column in behind_columns() -%}
        {{ 'totals' if column == 'behind_pupils' else 'weekdays' }}.{{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        weekdays.{{ category }},
        {% endfor -%}
        totals.behind_smallest_month,
        totals.behind_largest_month
    from {{ ref('school_weekday_openings') }} as weekdays
    inner join totals using (local_authority_code, academic_year, seed_code, sector)
    where {{ in_touched_scope('weekdays') }}
        and {{ expected_openings('weekdays') }} > 0
),

openings as (
    select * from school_openings
    union all
    select * from weekdays
),

grid as (
    select * from {{ ref('school_breakdowns') }} as grid
    where {{ in_touched_scope('grid') }}
),

-- rule 45: `pupils` are those of persistent absence, at their base school, so that no difference tells of a few
counted as (
    select
        pupils.local_authority_code,
        pupils.academic_year,
        pupils.seed_code,
        pupils.sector,
        {{ breakdown_of('pupils') }},
        count(*)::integer as pupils
    from {{ ref('persistent_absence_pupils') }} as pupils
    where {{ in_touched_scope('pupils') }}
    group by
        pupils.local_authority_code, pupils.academic_year, pupils.seed_code, pupils.sector,
        grouping sets ((), (pupils.stage), (pupils.sex), (pupils.deprivation_group))
),

dense as (
    select
        local_authority_code,
        academic_year,
        seed_code,
        sector,
        breakdown,
        value,
        case when grid.breakdown not in ('month', 'weekday') then coalesce(counted.pupils, 0) end as pupils,
        {% for column in behind_columns() -%}
        coalesce(openings.{{ column }}, 0)::integer as {{ column }},
        {% endfor -%}
        {% for category in opening_categories() -%}
        coalesce(openings.{{ category }}, 0)::bigint as {{ category }},
        {% endfor -%}
        openings.behind_smallest_month,
        openings.behind_largest_month
    from grid
    left join openings using (local_authority_code, academic_year, seed_code, sector, breakdown, value)
    left join counted using (local_authority_code, academic_year, seed_code, sector, breakdown, value)
),

national_rates as (
    select * from {{ ref('national_rates') }} as national_rates
    where national_rates.measure = 'attendance_rate'
),

finished as (
    select
        dense.*,
        {{ possible_openings('dense') }} as openings_possible,
        {{ not_authorised_openings('dense') }} as openings_not_authorised,
        {{ completeness('dense') }} as completeness,
        {{ attendance_rate('dense') }} as attendance_rate,
        national_rates.national_rate,
        national_rates.national_rate_year,
        school_facts.calendar_source,
        school_facts.is_provisional,
        school_facts.data_as_at,
        {{ withheld(
            "case when dense.breakdown in ('all', 'month') then school_facts.are_totals_due"
            ~ " else school_facts.are_breakdowns_due end",
            'school_facts.has_unmapped_codes',
            completeness('dense')
        ) }} as withheld
    from dense
    inner join school_facts using (local_authority_code, academic_year, seed_code, sector)
    left join national_rates
        on national_rates.sector = dense.sector
            and national_rates.breakdown = case when dense.breakdown in ('month', 'weekday') then 'all' else dense.breakdown end
            and national_rates.value = case when dense.breakdown in ('month', 'weekday') then 'all' else dense.value end
)

select * from finished
