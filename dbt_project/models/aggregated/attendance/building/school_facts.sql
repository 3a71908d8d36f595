with pupil_years as (
    select distinct -- a department is there when a pupil of the year is
        pupil_years.local_authority_code,
        pupil_years.academic_year,
        pupil_years.seed_code,
        pupil_years.sector
    from {{ ref('pseudonymised_pupil_years') }} as pupil_years
    where {{ in_touched_scope('pupil_years') }}
),

school_years as (
    select
        school_years.local_authority_code,
        school_years.academic_year,
        school_years.seed_code,
        school_years.calendar_source,
        school_years.open_days,
        school_years.open_weeks,
        school_years.first_open_on,
        school_years.last_open_on,
        school_years.data_as_at,
        school_years.is_provisional,
        school_years.is_after_census
    from {{ ref('pseudonymised_school_years') }} as school_years
    where {{ in_touched_scope('school_years') }}
),

authority_years as (
    select
        school_years.local_authority_code,
        school_years.academic_year,
        date_trunc('month', min(school_years.first_open_on)::timestamp)::date as first_month,
        date_trunc('month', least(max(school_years.last_open_on), max(school_years.data_as_at))::timestamp)::date
            as last_month,
        max(school_years.data_as_at) as data_as_at,
        bool_and(school_years.is_provisional) as is_provisional,
        bool_or(school_years.is_after_census) as is_after_census
    from school_years
    group by school_years.local_authority_code, school_years.academic_year
),

totals as (
    select
        totals.local_authority_code,
        totals.academic_year,
        totals.seed_code,
        totals.sector,
        {% for category in opening_categories() -%}
        sum(totals.{{ category }}) as {{ category }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref('pupil_year_attendance') }} as totals
    where {{ in_touched_scope('totals') }}
        and {{ counts_in_school_rows('totals') }}
    group by totals.local_authority_code, totals.academic_year, totals.seed_code, totals.sector
),

facts as (
    select
        pupil_years.local_authority_code,
        lpad(pupil_years.seed_code::text, 7, '0') as seed_code,
        pupil_years.sector,
        pupil_years.academic_year,
        coalesce(school_years.calendar_source, 'inferred') as calendar_source,
        coalesce(school_years.open_days, 0) as open_days,
        coalesce(school_years.open_weeks, 0) as open_weeks,
        authority_years.first_month,
        authority_years.last_month,
        authority_years.data_as_at,
        coalesce(authority_years.is_provisional, true) as is_provisional,
        coalesce(school_years.open_days, 0) >= {{ var('first_release_open_days') }} as are_totals_due,
        coalesce(school_years.open_days, 0) >= {{ var('first_release_open_days') }}
            and coalesce(authority_years.is_after_census, false) as are_breakdowns_due,
        coalesce({{ has_unmapped_codes('totals') }}, false) as has_unmapped_codes
    from pupil_years
    left join school_years using (local_authority_code, academic_year, seed_code)
    left join authority_years using (local_authority_code, academic_year)
    left join totals
        on totals.local_authority_code = pupil_years.local_authority_code
            and totals.academic_year = pupil_years.academic_year
            and totals.seed_code = lpad(pupil_years.seed_code::text, 7, '0')
            and totals.sector = pupil_years.sector
)

select * from facts
