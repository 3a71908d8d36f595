with school_facts as (
    select
        school_facts.local_authority_code,
        row_of.sector,
        school_facts.academic_year,
        school_facts.calendar_source,
        school_facts.open_days,
        school_facts.open_weeks,
        school_facts.first_month,
        school_facts.last_month,
        school_facts.data_as_at,
        school_facts.is_provisional,
        school_facts.are_breakdowns_due
    from {{ ref('school_facts') }} as school_facts
    cross join lateral (values (school_facts.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('school_facts') }}
),

totals as (
    select
        totals.local_authority_code,
        totals.academic_year,
        row_of.sector,
        {% for category in opening_categories() -%}
        sum(totals.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('pupil_year_attendance') }} as totals
    cross join lateral (values (totals.sector), ('all')) as row_of (sector)
    where {{ in_touched_scope('totals') }}
        and {{ counts_in_school_rows('totals') }}
    group by totals.local_authority_code, totals.academic_year, row_of.sector
),

facts as (
    select
        school_facts.local_authority_code,
        school_facts.sector,
        school_facts.academic_year,
        case
            when min(school_facts.calendar_source) = max(school_facts.calendar_source)
                then min(school_facts.calendar_source)
            else 'mixed'
        end as calendar_source,
        bit_or(school_facts.open_weeks) as open_weeks,
        min(school_facts.first_month) as first_month,
        min(school_facts.last_month) as last_month,
        min(school_facts.data_as_at) as data_as_at,
        bool_or(school_facts.is_provisional) as is_provisional,
        max(school_facts.open_days) >= {{ var('first_release_open_days') }} as are_totals_due,
        bool_or(school_facts.are_breakdowns_due) as are_breakdowns_due
    from school_facts
    group by school_facts.local_authority_code, school_facts.sector, school_facts.academic_year
),

tested as (
    select
        facts.*,
        coalesce({{ has_unmapped_codes('totals') }}, false) as has_unmapped_codes
    from facts
    left join totals using (local_authority_code, academic_year, sector)
)

select * from tested
